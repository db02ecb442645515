import type { Clock } from '../app/ports.ts';

export type ManualClock = Clock & {
  /** Let time pass; sleepers whose time has come wake up. */
  advance(ms: number): void;
  /** Set the wall clock forward or, with a negative number, back. No time passes. */
  set(byMs: number): void;
  /** How many wait for time to pass. */
  sleepers(): number;
  /** How often somebody began to wait. */
  sleeps(): number;
};

/** A clock that stands still until it is moved. Starts at a fixed moment. */
export function createManualClock(start = Date.UTC(2026, 10, 23, 8)): ManualClock {
  let elapsed = 0;
  let offset = start;
  let sleeps = 0;
  const waiting = new Set<{ until: number; wake: () => void }>();
  return {
    now: () => offset + elapsed,
    elapsed: () => elapsed,
    sleepers: () => waiting.size,
    sleeps: () => sleeps,
    set: (byMs) => {
      offset += byMs;
    },
    advance: (ms) => {
      elapsed += ms;
      for (const sleeper of [...waiting]) if (sleeper.until <= elapsed) sleeper.wake();
    },
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        sleeps += 1;
        const sleeper = {
          until: elapsed + ms,
          wake: () => {
            waiting.delete(sleeper);
            signal?.removeEventListener('abort', sleeper.wake);
            resolve();
          },
        };
        if (signal?.aborted) return resolve();
        waiting.add(sleeper);
        signal?.addEventListener('abort', sleeper.wake, { once: true });
      }),
  };
}
