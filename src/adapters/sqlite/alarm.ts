/** One timer for the earliest time that somebody asked for. It does not keep the program running. */
export type Alarm = {
  ringWithin(ms: number): void;
  /** Not for so long, whoever asks, and then for certain. */
  snooze(ms: number): void;
  /** Nothing is in the way any more. */
  wake(): void;
  stop(): void;
};

/** @param ring Called once for all who asked until then. */
export function createAlarm(ring: () => void): Alarm {
  let timer: { readonly handle: NodeJS.Timeout; readonly at: number } | undefined;
  let notBefore = 0;
  let isStopped = false;
  const ringAt = (at: number, now: number) => {
    if (isStopped || (timer !== undefined && timer.at <= at)) return;
    clearTimeout(timer?.handle);
    timer = { handle: setTimeout(rings, at - now).unref(), at };
  };
  const rings = () => {
    timer = undefined;
    ring();
  };
  const cancel = () => {
    clearTimeout(timer?.handle);
    timer = undefined;
  };
  return {
    ringWithin: (ms) => {
      const now = performance.now();
      ringAt(Math.max(now + ms, notBefore), now);
    },
    snooze: (ms) => {
      const now = performance.now();
      notBefore = now + ms;
      cancel();
      ringAt(notBefore, now);
    },
    wake: () => {
      notBefore = 0;
    },
    stop: () => {
      isStopped = true;
      cancel();
    },
  };
}
