import { type Bar, endOf } from './bars.ts';
import { firstAfter } from './lanes.ts';
import { droneAt, type Layout, laneAt, laneTop } from './layout.ts';
import { AXIS_PX } from './scene.ts';
import type { Range } from './view-range.ts';

/** A bar with its place: which row and slot, and where on the chart (pixels from its corner). */
export type Hit = { readonly bar: Bar; readonly row: number; readonly lane: number; readonly y: number };

type Look = {
  readonly layout: Layout;
  readonly range: Range;
  readonly width: number;
  readonly scrollTop: number;
  readonly now: number;
};

/** So far beside a bar it is still meant: some are a pixel wide. */
const NEAR_PX = 4;

/** The bar at a place of the chart; of those near it the nearest one. */
export function barAt(look: Look, x: number, y: number): Hit | undefined {
  const { layout, range, width, scrollTop, now } = look;
  if (y < AXIS_PX) return undefined;
  const down = y - AXIS_PX + scrollTop;
  const placed = droneAt(layout, down);
  if (placed === undefined) return undefined;
  const lane = laneAt(placed, down, layout.lanePx);
  const bars = placed.drone.lanes[lane] ?? [];
  const perPx = (range.to - range.from) / width;
  const at = range.from + x * perPx;
  const near = NEAR_PX * perPx;
  let best: Bar | undefined;
  let bestS = Number.POSITIVE_INFINITY;
  for (let index = firstAfter(bars, at - near, now); index < bars.length; index += 1) {
    const bar = bars[index];
    if (bar === undefined || bar.from > at + near) break;
    const awayS = Math.max(0, bar.from - at, at - Math.max(endOf(bar, now), bar.expectedTo ?? 0));
    if (awayS < bestS) [best, bestS] = [bar, awayS];
  }
  return best === undefined ? undefined : hitOf(look, { bar: best, row: layout.drones.indexOf(placed), lane });
}

export function hitOf({ layout, scrollTop }: Look, { bar, row, lane }: Omit<Hit, 'y'>): Hit {
  const placed = layout.drones[row];
  const y = placed === undefined ? 0 : placed.top + laneTop(placed, lane, layout.lanePx) - scrollTop + AXIS_PX;
  return { bar, row, lane, y };
}

export type Step = 'left' | 'right' | 'up' | 'down';

/** The next bar in a direction: along its slot, or in the slot above or below the one nearest in time. */
export function neighbour(look: Look, from: Hit | undefined, step: Step): Hit | undefined {
  const { layout, range } = look;
  if (from === undefined) return nearest(look, { row: 0, lane: 0, by: 1 }, (range.from + range.to) / 2);
  const bars = layout.drones[from.row]?.drone.lanes[from.lane] ?? [];
  if (step === 'left' || step === 'right') {
    const at = bars.findIndex((bar) => bar.key === from.bar.key);
    const bar = bars[at + (step === 'left' ? -1 : 1)];
    return bar === undefined ? undefined : hitOf(look, { bar, row: from.row, lane: from.lane });
  }
  const by = step === 'up' ? -1 : 1;
  return nearest(look, { row: from.row, lane: from.lane + by, by }, Math.max(from.bar.from, range.from));
}

type Search = { readonly row: number; readonly lane: number; readonly by: 1 | -1 };

/** In the first slot from there on that has any bar. */
function nearest(look: Look, { row, lane, by }: Search, at: number): Hit | undefined {
  const { drones } = look.layout;
  for (let [r, l] = [row, lane]; r >= 0 && r < drones.length; ) {
    const lanes = drones[r]?.drone.lanes ?? [];
    const bars = lanes[l];
    if (bars === undefined) {
      r += by;
      l = by > 0 ? 0 : (drones[r]?.drone.lanes.length ?? 0) - 1;
      continue;
    }
    const index = Math.min(bars.length - 1, firstAfter(bars, at, look.now));
    const bar = bars[index];
    if (bar !== undefined) return hitOf(look, { bar, row: r, lane: l });
    l += by;
  }
  return undefined;
}
