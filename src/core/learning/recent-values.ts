import { MAD_TO_SD } from './robust.ts';

/**
 * The last values of something with what they say on the whole, which is worked out anew each time an eighth of them
 * has changed: adding a value costs the same however many came before.
 */
export type RecentValues = {
  readonly capacity: number;
  /** A ring; the oldest is at `next` once it is full. */
  readonly values: number[];
  next: number;
  unread: number;
  summary: Summary;
};

export type Summary = {
  readonly count: number;
  readonly median: number;
  /** Standard deviation, from the median absolute deviation. */
  readonly spread: number;
  /** 90 % of the values are below. */
  readonly upper: number;
};

/** No values yet, and never more than `capacity`. */
export function recentValues(capacity: number): RecentValues {
  return { capacity, values: [], next: 0, unread: 0, summary: { count: 0, median: 0, spread: 0, upper: 0 } };
}

/** Add one; the oldest makes room. Changes `recent`. */
export function addValue(recent: RecentValues, value: number): void {
  recent.values[recent.next] = value;
  recent.next = (recent.next + 1) % recent.capacity;
  recent.unread += 1;
  if (recent.unread * 8 < recent.values.length) return;
  recent.unread = 0;
  recent.summary = summarise(recent.values);
}

function summarise(values: readonly number[]): Summary {
  // Numbers in an array of their own kind are sorted several times faster, and this is done often.
  const sorted = Float64Array.from(values).sort();
  const median = quantile(sorted, 0.5);
  const distances = sorted.map((value) => Math.abs(value - median)).sort();
  return { count: values.length, median, spread: MAD_TO_SD * quantile(distances, 0.5), upper: quantile(sorted, 0.9) };
}

/** Between the two nearest values. */
function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(place)] ?? 0, sorted[Math.ceil(place)] ?? 0];
  return below + (place - Math.floor(place)) * (above - below);
}
