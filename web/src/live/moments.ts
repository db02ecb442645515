import type { Moment } from './past-state.ts';

/** Moments that were read, the newest used last; so many of them, with so many packages in all. */
const MOST_MOMENTS = 120;
const MOST_ROWS = 150_000;

export type Moments = {
  /** What is known of a moment (Unix seconds); with its queue where that is asked for. */
  readonly get: (at: number, isWithQueue: boolean) => Moment | undefined;
  readonly keep: (at: number, moment: Moment) => void;
};

/** Keeps moments, and forgets those that were not looked at for the longest time. */
export function createMoments(): Moments {
  const kept = new Map<number, Moment>();
  let rows = 0;
  const forget = (key: number) => {
    rows -= kept.get(key)?.queue?.length ?? 0;
    kept.delete(key);
  };
  return {
    get: (at, isWithQueue) => {
      const key = keyOf(at);
      const moment = kept.get(key);
      if (moment === undefined || (isWithQueue && moment.queue === undefined)) return undefined;
      kept.delete(key);
      kept.set(key, moment);
      return moment;
    },
    keep: (at, moment) => {
      forget(keyOf(at));
      kept.set(keyOf(at), moment);
      rows += moment.queue?.length ?? 0;
      for (const key of kept.keys()) {
        if (kept.size <= MOST_MOMENTS && (rows <= MOST_ROWS || kept.size === 1)) break;
        forget(key);
      }
    },
  };
}

function keyOf(at: number): number {
  return Math.round(at * 1000);
}
