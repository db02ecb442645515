/** What was seen of a build since the last look. */
export type Sighting = {
  readonly elapsedMs: number;
  /** How long that should have been. */
  readonly dueMs: number;
  /** It printed something that it had not printed lately. */
  readonly saidNew: boolean;
  /** Lines since its last new one. */
  readonly repeatedLines: number;
  readonly cpuMs: number;
  /** Its build directory has grown. */
  readonly hasGrown: boolean;
};

/** Work is at least this share of one processor; what waits and looks again every now and then uses less. */
const WORKING_SHARE = 0.03;
const WORKING_MS = 100;
/** Who says the same so often is in a loop, and the processor it uses is no work. */
const LOOPING_LINES = 1_000;

/**
 * Measures for how long a build has made no progress. Progress is something new printed, a larger build
 * directory, or processor time, unless it is used for printing the same over and over. A pause that was much
 * longer than it should have been (the machine slept) counts as twice that, so that nobody is blamed for it.
 */
export function createStillness(): (sighting: Sighting) => number {
  let stillMs = 0;
  let cpuMs = 0;
  return (sighting) => {
    stillMs += Math.min(sighting.elapsedMs, 2 * sighting.dueMs);
    cpuMs += Math.max(0, sighting.cpuMs);
    const isWorking = cpuMs >= WORKING_MS && cpuMs >= WORKING_SHARE * stillMs && sighting.repeatedLines < LOOPING_LINES;
    if (sighting.saidNew || sighting.hasGrown || isWorking) {
      stillMs = 0;
      cpuMs = 0;
    }
    return stillMs;
  };
}
