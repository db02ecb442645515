import { endOf } from './bars.ts';
import { type DroneLanes, firstAfter } from './lanes.ts';
import type { Range } from './view-range.ts';

/** How busy a drone was in a time. Seconds. */
export type Usage = {
  /** Busy share of its slots, 0 to 1. */
  readonly utilisation: number;
  /** Seconds in which it had no build at all. */
  readonly idleS: number;
  /** Those times, by when they begin. */
  readonly gaps: readonly Range[];
};

/** Of a drone between two times, as far as they are past; what is only foreseen does not count. */
export function usageOf(drone: DroneLanes, { from, to }: Range, now: number): Usage {
  const end = Math.min(to, now);
  if (end <= from) return { utilisation: 0, idleS: 0, gaps: [] };
  let busyS = 0;
  const spans: Range[] = [];
  for (const lane of drone.lanes) {
    for (let at = firstAfter(lane, from, now); at < lane.length; at += 1) {
      const bar = lane[at];
      if (bar === undefined || bar.from >= end) break;
      if (bar.state === 'planned') continue;
      const span = { from: Math.max(from, bar.from), to: Math.min(end, endOf(bar, now)) };
      busyS += Math.max(0, span.to - span.from);
      spans.push(span);
    }
  }
  const gaps = gapsBetween(spans, { from, to: end });
  return {
    utilisation: Math.min(1, busyS / (Math.max(1, drone.lanes.length) * (end - from))),
    idleS: gaps.reduce((sum, gap) => sum + gap.to - gap.from, 0),
    gaps,
  };
}

function gapsBetween(spans: readonly Range[], { from, to }: Range): Range[] {
  const gaps: Range[] = [];
  let until = from;
  for (const span of spans.toSorted((one, other) => one.from - other.from)) {
    if (span.from > until) gaps.push({ from: until, to: span.from });
    until = Math.max(until, span.to);
  }
  if (to > until) gaps.push({ from: until, to });
  return gaps;
}
