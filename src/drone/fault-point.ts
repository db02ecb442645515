import { closeSync, fsyncSync, openSync } from 'node:fs';
import { join } from 'node:path';

/** Moments at which a test can have the drone die as by `kill -9`. */
export type FaultPoint = 'mid-build' | 'after-build' | 'after-upload';

/** Dies here if that was asked for and has not happened in this state directory yet. */
export type FaultPoints = (point: FaultPoint) => void;

/**
 * The fault points of a drone: `BUILD_SWARM_FAULT` names the one to die at, once. A file in the state
 * directory keeps the drone that is started after it from doing so again.
 */
export function faultPoints(stateDir: string, wanted = process.env['BUILD_SWARM_FAULT']): FaultPoints {
  return (point) => {
    if (point === wanted && isFirstTime(join(stateDir, `fault-${point}`))) process.kill(process.pid, 'SIGKILL');
  };
}

function isFirstTime(marker: string): boolean {
  try {
    const file = openSync(marker, 'wx');
    fsyncSync(file);
    closeSync(file);
    return true;
  } catch {
    return false;
  }
}
