import type { DroneConfig } from '../drone/config.ts';
import { startDrone } from '../drone/drone.ts';
import { messageOf } from '../drone/log.ts';

/**
 * A drone as a program of its own, for tests that kill it: the configuration is its one argument, as
 * JSON, and SIGTERM stops it.
 */
const config = JSON.parse(process.argv[2] ?? '') as DroneConfig; // Written by the test itself.
const drone = startDrone(config);
process.once('SIGTERM', () => void drone.stop().catch(() => undefined));
drone.done.catch((error: unknown) => {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
});
