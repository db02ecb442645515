/** How sure a drone is of the class of a failure: seen by itself or said by Portage, a telling line in the right place, or a guess. */
export const CONFIDENCES = ['certain', 'likely', 'guess'] as const;
export type Confidence = (typeof CONFIDENCES)[number];

/** What a drone measured of a build, and read in its log; null where it did not or could not. */
export type BuildFacts = {
  /** The first line of the log that says why it failed. */
  readonly firstError: string | null;
  /** Its number in the log of the attempt; the first line is 1. */
  readonly firstErrorLine: number | null;
  /** The lines that prove it. */
  readonly excerpt: string | null;
  readonly confidence: Confidence | null;
  /** What the class was concluded from. */
  readonly conclusion: string | null;
  /** Most memory that its processes had together, looked at every few seconds. */
  readonly peakMemoryMb: number | null;
  /** Most room that its build directory took. */
  readonly diskMb: number | null;
  /** Processor time that it used. */
  readonly cpuS: number | null;
};
