import type { DroneLanes } from './lanes.ts';

/** A part of the chart: the real run, or a simulated one. */
export type Section = {
  readonly id: 'real' | 'simulated';
  /** Null where there is only one. */
  readonly title: string | null;
  readonly drones: readonly DroneLanes[];
};

/** A drone and where it is drawn. Pixels from the top of the first one. */
export type PlacedDrone = {
  readonly section: Section['id'];
  readonly drone: DroneLanes;
  readonly top: number;
  readonly height: number;
};

export type PlacedHead = { readonly section: Section['id']; readonly title: string; readonly top: number };

export type Layout = {
  readonly drones: readonly PlacedDrone[];
  readonly heads: readonly PlacedHead[];
  readonly height: number;
  readonly lanePx: number;
};

const ROOMY = { lanePx: 18, leastPx: 30, padPx: 5 };
const USUAL = { lanePx: 14, leastPx: 28, padPx: 5 };
const DENSE = { lanePx: 9, leastPx: 20, padPx: 4 };

export const HEAD_PX = 24;
const LANE_GAP_PX = 2;

/** Lanes are as high as their number allows: two runs, one above the other, are to be seen at once. */
export function layoutOf(sections: readonly Section[]): Layout {
  const lanes = sections.reduce((sum, { drones }) => sum + drones.reduce((all, each) => all + each.lanes.length, 0), 0);
  const { lanePx, leastPx, padPx } = sections.length > 1 || lanes > 80 ? DENSE : lanes <= 24 ? ROOMY : USUAL;
  const drones: PlacedDrone[] = [];
  const heads: PlacedHead[] = [];
  let top = 0;
  for (const section of sections) {
    if (section.title !== null) {
      heads.push({ section: section.id, title: section.title, top });
      top += HEAD_PX;
    }
    for (const drone of section.drones) {
      const height = Math.max(leastPx, drone.lanes.length * (lanePx + LANE_GAP_PX) - LANE_GAP_PX + 2 * padPx);
      drones.push({ section: section.id, drone, top, height });
      top += height;
    }
  }
  return { drones, heads, height: top, lanePx };
}

/** Top of a lane within its drone's row, whose lanes are in its middle. */
export function laneTop({ drone, height }: PlacedDrone, lane: number, lanePx: number): number {
  const all = drone.lanes.length * (lanePx + LANE_GAP_PX) - LANE_GAP_PX;
  return (height - all) / 2 + lane * (lanePx + LANE_GAP_PX);
}

/** The drone drawn at this height; undefined between them. */
export function droneAt({ drones }: Layout, y: number): PlacedDrone | undefined {
  let [low, high] = [0, drones.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const row = drones[middle];
    if (row === undefined) return undefined;
    if (y < row.top) high = middle - 1;
    else if (y >= row.top + row.height) low = middle + 1;
    else return row;
  }
  return undefined;
}

/** The lane of a row at this height, the nearest one. */
export function laneAt(row: PlacedDrone, y: number, lanePx: number): number {
  const lane = Math.floor((y - row.top - laneTop(row, 0, lanePx)) / (lanePx + LANE_GAP_PX));
  return Math.min(row.drone.lanes.length - 1, Math.max(0, lane));
}
