import type { DroneId, QueueId, SessionId } from '../ids.ts';
import { type DurationEstimate, expectedS, residualS, scaled } from './duration.ts';
import { type BuildNeeds, type ReadyPackage, tailOf } from './ready-package.ts';

/** A drone as placement sees it. Null is unknown, and what is unknown is no hindrance. */
export type DroneFacts = {
  readonly id: DroneId;
  readonly name: string;
  readonly isSweeper: boolean;
  /** Why it gets nothing: offline, paused, grounded. Null when it may take work. */
  readonly closedBecause: string | null;
  /** Seconds on this drone for one second on the reference drone, learned with its usual neighbours. */
  readonly slowness: number;
  readonly slots: number;
  readonly memoryMb: number | null;
  readonly diskFreeBytes: number | null;
  readonly arch: string | null;
  readonly labels: readonly string[];
};

/** A build that holds a slot. */
export type RunningBuild = BuildNeeds & {
  readonly queueId: QueueId;
  readonly package: string;
  readonly sessionId: SessionId | null;
  /** On a drone of slowness 1. */
  readonly estimate: DurationEstimate;
  /** The longest chain behind it, on drones of slowness 1. */
  readonly tailS: number;
  readonly startedAt: number;
};

/** What becomes of a ready package when it is handed out. */
export function startedBuild(ready: ReadyPackage, now: number): RunningBuild {
  const { queueId, sessionId, estimate, memoryMb, diskBytes, group } = ready;
  const tailS = tailOf(ready);
  return { queueId, package: ready.package, sessionId, estimate, memoryMb, diskBytes, group, tailS, startedAt: now };
}

/** When a build is expected to end, as seen now: never before now, and later again once it is overdue. */
export function expectedEnd(build: RunningBuild, drone: DroneFacts, now: number): number {
  const elapsedS = Math.max(0, now - build.startedAt) / 1000;
  return now + residualS(scaled(build.estimate, drone.slowness), elapsedS) * 1000;
}

/** How long a drone is expected to take for a package, in milliseconds. */
export function expectedMs(ready: ReadyPackage, drone: DroneFacts): number {
  return expectedS(ready.estimate) * drone.slowness * 1000;
}

/** How long it takes there if it takes long, in milliseconds: so many standard deviations, and never less than expected. */
export function lateMs(ready: ReadyPackage, drone: DroneFacts, sigmas: number): number {
  const { p50S, logSigma } = ready.estimate;
  return Math.max(expectedMs(ready, drone), p50S * Math.exp(sigmas * logSigma) * drone.slowness * 1000);
}
