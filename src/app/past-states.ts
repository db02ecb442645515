import type { ListedPackage } from './list-queue.ts';
import type { StatusReport } from './report-ports.ts';

/** What the swarm was like at one time, or why nobody can say. */
export type PastState =
  | {
      readonly status: StatusReport;
      /** The packages of the session that was active, or all of them when none was; null unless asked for. */
      readonly queue: readonly ListedPackage[] | null;
    }
  /** The history begins later; Unix milliseconds, null when there is none at all. */
  | { readonly unknownBefore: number | null }
  | { readonly problem: 'busy' | 'failed'; readonly said: string };

export type PastWish = {
  /** Unix milliseconds. */
  readonly time: number;
  readonly isWithQueue: boolean;
};

/** The history of the swarm's state. */
export type PastStates = {
  /** The state at a time, worked out beside the program; ended when `signal` is aborted. */
  at(wish: PastWish, signal: AbortSignal): Promise<PastState>;
  close(): Promise<void>;
};
