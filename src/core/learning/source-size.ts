import type { SizeTrend } from './knowledge.ts';
import { robustSpread, weightedMedian } from './robust.ts';

const POINTS = 128;
/** Fewer do not make a line. */
const POINTS_NEEDED = 8;

/** Remember that a package with sources of so many bytes took e^`logS` reference seconds. Changes `trend`. */
export function addSize(trend: SizeTrend, sourceBytes: number, logS: number): void {
  trend.points[trend.next] = { x: Math.log(sourceBytes), y: logS };
  trend.next = (trend.next + 1) % POINTS;
  trend.unread += 1;
  if (trend.unread * 8 < trend.points.length) return;
  trend.unread = 0;
  trend.line = fitLine(trend.points);
}

/**
 * The line through the points by Theil's incomplete method (1950): sorted by size each is paired with the one half the
 * list away, and the median of these slopes is taken. It stands a quarter of the points being wrong, and costs no more
 * than sorting. More source is never taken to be less work.
 */
function fitLine(points: SizeTrend['points']): SizeTrend['line'] {
  if (points.length < POINTS_NEEDED) return null;
  const slope = Math.max(0, medianSlope(points.toSorted((a, b) => a.x - b.x || a.y - b.y)));
  const rests = points.map(({ x, y }) => ({ value: y - slope * x, weight: 1 }));
  const intercept = weightedMedian(rests);
  return { slope, intercept, spread: robustSpread(rests, intercept), count: points.length };
}

function medianSlope(sorted: SizeTrend['points']): number {
  const half = Math.floor(sorted.length / 2);
  const slopes = sorted.slice(0, half).flatMap((left, index) => {
    const right = sorted[index + half];
    return right && right.x > left.x ? [{ value: (right.y - left.y) / (right.x - left.x), weight: 1 }] : [];
  });
  return slopes.length === 0 ? 0 : weightedMedian(slopes);
}
