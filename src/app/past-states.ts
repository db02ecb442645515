import type { StatusReport } from './report-ports.ts';

/** What the swarm was like at one time, or why nobody can say. */
export type PastState =
  | { readonly status: StatusReport }
  /** The history begins later; Unix milliseconds, null when there is none at all. */
  | { readonly unknownBefore: number | null }
  | { readonly problem: 'busy' | 'failed'; readonly said: string };

/** The history of the swarm's state. */
export type PastStates = {
  /** The state at a time (Unix milliseconds), worked out beside the program; ended when `signal` is aborted. */
  at(time: number, signal: AbortSignal): Promise<PastState>;
  close(): Promise<void>;
};
