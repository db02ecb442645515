/** A build that ran out of memory. Memory in MB. */
export type OutOfMemory = {
  /** Compilers that it could run at once: what it was told, else the cores of its drone; null where nobody knows. */
  readonly jobs: number | null;
  /** What the drone has; null where it does not say. */
  readonly memoryMb: number | null;
  /** The most it was seen to have, before it was killed. */
  readonly peakMb: number | null;
  /** Builds that ran beside it. */
  readonly neighbours: number;
  /** What an earlier decision demanded for it; null at first. */
  readonly neededMb: number | null;
};

/** Every number is a setting. */
export type MemoryPolicy = {
  /** The next try needs so many times the memory that was not enough. */
  readonly growth: number;
  /** What a build can be thought to need where nobody measured it. */
  readonly unknownMb: number;
  /** Below this share of its drone's memory it was the neighbours who took the rest. */
  readonly ownShare: number;
};

export const DEFAULT_MEMORY_POLICY: MemoryPolicy = { growth: 1.5, unknownMb: 2_048, ownShare: 0.5 };

/** What the next try needs; null for `maxJobs` leaves it to the drone. */
export type NextTry =
  | {
      readonly kind: 'beside-fewer' | 'smaller' | 'elsewhere';
      readonly maxJobs: number | null;
      readonly needsMemoryMb: number;
      readonly reason: string;
    }
  /** No drone has so much. */
  | { readonly kind: 'hopeless'; readonly needsMemoryMb: number; readonly reason: string };

/**
 * How a build that ran out of memory is tried again. If neighbours had most of the memory, the same again
 * where more is free; if a drone of the fleet has enough more, there; else with half the jobs, which takes
 * half the memory unless it is a single process that takes it; and with one job only where there is more.
 * `fleetMb` is the memory of each drone that may take it, null where one does not say.
 *
 * Each decision either halves the jobs or demands more memory, so that a fleet is through with it after
 * log2(jobs) + log_growth(largest memory) tries at most.
 */
export function afterOutOfMemory(
  build: OutOfMemory,
  fleetMb: readonly (number | null)[],
  policy: MemoryPolicy,
): NextTry {
  const sufficed = Math.max(build.peakMb ?? policy.unknownMb, build.neededMb ?? 0);
  const { memoryMb, neighbours, jobs } = build;
  const moreMb = Math.ceil(sufficed * policy.growth);
  if (neighbours > 0 && memoryMb !== null && moreMb <= memoryMb && sufficed < policy.ownShare * memoryMb) {
    return { kind: 'beside-fewer', maxJobs: jobs, needsMemoryMb: moreMb, reason: `needs ${moreMb} MB for itself` };
  }
  const aboveMb = Math.max(moreMb, memoryMb === null ? 0 : Math.floor(memoryMb) + 1);
  const largestMb = Math.max(0, ...fleetMb.map((each) => each ?? 0));
  const isElsewhere = memoryMb !== null && largestMb >= Math.max(aboveMb, policy.growth * memoryMb);
  if (isElsewhere) return elsewhere(jobs, aboveMb);
  const fewer = Math.floor((jobs ?? UNKNOWN_JOBS) / 2);
  if (fewer >= 1) {
    const needsMemoryMb = Math.ceil(Math.max(build.neededMb ?? 0, sufficed / 2));
    return { kind: 'smaller', maxJobs: fewer, needsMemoryMb, reason: `ran out of memory; ${fewer} jobs at once` };
  }
  // Who does not say what it has may have it.
  if (largestMb >= aboveMb || fleetMb.includes(null)) return elsewhere(jobs, aboveMb);
  const reason = `needs more than ${aboveMb - 1} MB with a single job, and the largest drone has ${largestMb} MB`;
  return { kind: 'hopeless', needsMemoryMb: aboveMb, reason };
}

/** A drone whose cores nobody knows is taken for one of a common size. */
const UNKNOWN_JOBS = 4;

function elsewhere(jobs: number | null, needsMemoryMb: number): NextTry {
  return { kind: 'elsewhere', maxJobs: jobs, needsMemoryMb, reason: `needs a drone with ${needsMemoryMb} MB` };
}
