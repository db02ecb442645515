import { type Bar, endOf } from './bars.ts';

/** One builder of a drone, as far as that can be told: builds that did not run at the same time. By their beginning. */
export type Lane = readonly Bar[];

/** A drone with its slots. */
export type DroneLanes = { readonly name: string; readonly lanes: readonly Lane[] };

/** A slot is free a moment before its build is noted as ended: both happen in one request of the drone. */
const TOLERANCE_S = 1;

/**
 * Puts builds that overlap into different slots, each into the first that is free (interval colouring); the control
 * plane knows how many a drone builds, but not in which slot. What is only foreseen adds no slots: where none is free
 * it goes to the one that is free first.
 */
export function lanesOf(bars: readonly Bar[], slots: number, now: number): readonly Lane[] {
  const lanes: Bar[][] = Array.from({ length: slots }, () => []);
  const freeAt: number[] = Array.from({ length: slots }, () => Number.NEGATIVE_INFINITY);
  for (const bar of bars.toSorted((one, other) => one.from - other.from)) {
    const free = freeAt.findIndex((at) => at <= bar.from + TOLERANCE_S);
    const lane = free >= 0 ? free : bar.state === 'planned' && lanes.length > 0 ? soonest(freeAt) : lanes.length;
    const mine = lanes[lane] ?? [];
    lanes[lane] = mine;
    mine.push(bar);
    freeAt[lane] = Math.max(freeAt[lane] ?? bar.from, bar.expectedTo ?? 0, endOf(bar, now));
  }
  return lanes;
}

/** Drones by name as people count, each with its slots; those of which nothing is known but builds come along. */
export function dronesWithLanes(
  bars: readonly Bar[],
  slotsOf: ReadonlyMap<string, number>,
  now: number,
): readonly DroneLanes[] {
  const byDrone = new Map<string, Bar[]>([...slotsOf.keys()].map((name) => [name, []]));
  for (const bar of bars) {
    const mine = byDrone.get(bar.drone);
    if (mine === undefined) byDrone.set(bar.drone, [bar]);
    else mine.push(bar);
  }
  return [...byDrone]
    .map(([name, mine]) => ({ name, lanes: lanesOf(mine, slotsOf.get(name) ?? 1, now) }))
    .sort((one, other) => COUNTING.compare(one.name, other.name));
}

const COUNTING = new Intl.Collator(undefined, { numeric: true });

function soonest(freeAt: readonly number[]): number {
  return freeAt.reduce((best, at, index) => (at < (freeAt[best] ?? Number.POSITIVE_INFINITY) ? index : best), 0);
}

/** The first bar of a lane that ends after `at`: where to begin to draw. */
export function firstAfter(lane: Lane, at: number, now: number): number {
  let [low, high] = [0, lane.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const bar = lane[middle];
    if (bar !== undefined && Math.max(endOf(bar, now), bar.expectedTo ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}
