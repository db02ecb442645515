import type { Clock } from '../app/ports.ts';

export type ManualClock = Clock & {
  /** Let time pass; sleepers whose time has come wake up. */
  advance(ms: number): void;
  /** How many wait for time to pass. */
  sleepers(): number;
};

/** A clock that stands still until it is moved. Starts at a fixed moment. */
export function createManualClock(start = Date.UTC(2026, 10, 23, 8)): ManualClock {
  let now = start;
  const waiting = new Set<{ until: number; wake: () => void }>();
  return {
    now: () => now,
    sleepers: () => waiting.size,
    advance: (ms) => {
      now += ms;
      for (const sleeper of [...waiting]) if (sleeper.until <= now) sleeper.wake();
    },
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        const sleeper = {
          until: now + ms,
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
