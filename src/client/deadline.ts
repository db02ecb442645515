/** How one call may end early: by its caller's signal, or by running out of time. */
export type Deadline = {
  readonly signal: AbortSignal;
  /** Who ended it, if anybody did. */
  readonly ended: () => { readonly by: 'caller'; readonly reason: unknown } | { readonly by: 'timeout' } | undefined;
  /** Forget timer and listener; the call is over. */
  readonly disarm: () => void;
};

/**
 * One signal out of a caller's and a time limit. Written out because `AbortSignal.any` of Node 20
 * may be collected while a timer still holds it, and keeps a listener on a long-lived signal for ever.
 */
export function startDeadline(timeoutMs: number, outer?: AbortSignal): Deadline {
  const controller = new AbortController();
  let isTimedOut = false;
  const abort = () => controller.abort(outer?.reason);
  const timer = Number.isFinite(timeoutMs)
    ? setTimeout(() => {
        isTimedOut = !controller.signal.aborted;
        controller.abort();
      }, timeoutMs)
    : undefined;
  if (outer?.aborted) abort();
  else outer?.addEventListener('abort', abort, { once: true });
  return {
    signal: controller.signal,
    ended: () => {
      if (isTimedOut) return { by: 'timeout' };
      return outer?.aborted ? { by: 'caller', reason: outer.reason } : undefined;
    },
    disarm: () => {
      clearTimeout(timer);
      outer?.removeEventListener('abort', abort);
    },
  };
}
