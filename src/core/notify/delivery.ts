/** How often a message is tried, and how many there may be. */
export type DeliveryPolicy = {
  /** Messages in an hour by one way. */
  readonly perHour: number;
  readonly tries: number;
  readonly backoffMs: number;
  /** A drone must be offline for so long. */
  readonly downAfterMs: number;
};

/** The window of the rate limit. */
export const HOUR_MS = 3_600_000;
const LONGEST_PAUSE_MS = HOUR_MS;
/** Together they must still be readable, and fit what servers take. */
const TOGETHER_AT_MOST = 100;

/** Those of the due ones that go out in one message now; none while there were too many messages in the last hour. */
export function toSend<Due>(due: readonly Due[], sentInLastHour: number, { perHour }: DeliveryPolicy): readonly Due[] {
  return sentInLastHour >= perHour ? [] : due.slice(0, TOGETHER_AT_MOST);
}

/**
 * When something that could not be delivered is tried again, in milliseconds from now; null when that is over.
 * `tries` are those so far, the last one among them.
 */
export function pauseBefore(
  tries: number,
  { isFinal, retryAfterMs }: { readonly isFinal: boolean; readonly retryAfterMs: number },
  policy: DeliveryPolicy,
): number | null {
  if (isFinal || tries >= policy.tries) return null;
  const pauseMs = Math.min(LONGEST_PAUSE_MS, policy.backoffMs * 2 ** (tries - 1));
  return Math.max(pauseMs, Math.min(retryAfterMs, LONGEST_PAUSE_MS));
}
