/** From `fromS` to less than `toS` seconds; null has no end. */
export type HistogramBin = { readonly fromS: number; readonly toS: number | null; readonly count: number };

/** Seconds between bins: fine where people tell times apart, coarse where they do not. */
const EDGES = [0, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600, 7_200, 14_400, 28_800] as const;

/** Seconds in any order, counted by bin; empty bins at both ends are left out. */
export function histogram(seconds: readonly number[]): readonly HistogramBin[] {
  const counts = EDGES.map(() => 0);
  for (const each of seconds) {
    const index = EDGES.findLastIndex((edge) => each >= edge);
    if (index >= 0) counts[index] = (counts[index] ?? 0) + 1;
  }
  const first = counts.findIndex((count) => count > 0);
  const last = counts.findLastIndex((count) => count > 0);
  return counts
    .map((count, index) => ({ fromS: EDGES[index] ?? 0, toS: EDGES[index + 1] ?? null, count }))
    .slice(first < 0 ? 0 : first, last + 1);
}

/** The value that a share of all is not above; `sorted` rising. Null of nothing. */
export function quantile(sorted: ArrayLike<number>, share: number): number | null {
  if (sorted.length === 0) return null;
  const place = share * (sorted.length - 1);
  const low = sorted[Math.floor(place)] ?? 0;
  const high = sorted[Math.ceil(place)] ?? low;
  return low + (high - low) * (place - Math.floor(place));
}
