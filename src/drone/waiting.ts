import { setTimeout as timer } from 'node:timers/promises';

/** Resolves after `ms`, or at once when `signal` is aborted. Never rejects. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await timer(ms, undefined, { signal }).catch(() => undefined);
}

/** Pauses between tries: the first, and the longest one. */
export type RetryPolicy = {
  readonly firstMs: number;
  readonly capMs: number;
  /** A number from 0 up to 1, so that a fleet that lost its control plane does not come back in step. */
  readonly random: () => number;
};

/** How long to wait after `failures` (1, 2, …) failed tries: doubled each time, up to half of it left to chance. */
export function retryPauseMs(failures: number, { firstMs, capMs, random }: RetryPolicy): number {
  const fullMs = Math.min(capMs, firstMs * 2 ** Math.min(failures - 1, 30));
  return fullMs * (0.5 + random() / 2);
}

/** Wakes whoever waits for a change of the drone's own state. */
export type Bell = {
  ring(): void;
  /** Resolves at the next ring, or when `signal` is aborted. */
  next(signal: AbortSignal): Promise<void>;
};

export function createBell(): Bell {
  const waiting = new Set<() => void>();
  return {
    ring: () => {
      for (const wake of waiting) wake();
    },
    next: (signal) =>
      new Promise<void>((resolve) => {
        const wake = () => {
          waiting.delete(wake);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        waiting.add(wake);
        signal.addEventListener('abort', wake, { once: true });
        if (signal.aborted) wake();
      }),
  };
}

/** Lets one task at a time through, in the order they came. */
export type Turnstile = <T>(task: () => Promise<T>) => Promise<T>;

export function createTurnstile(): Turnstile {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const turn = last.then(task);
    last = turn.catch(() => undefined);
    return turn;
  };
}
