import { type Blocks, gridOf, sizeOf } from './condense.ts';
import { BOX, type LayoutResult } from './types.ts';

/** Where each block is, and the levels. */
export type Placed = {
  readonly xs: Float64Array;
  readonly ys: Float64Array;
  readonly levels: LayoutResult['levels'];
};

/** The shape to aim at: width over height. */
const ASPECT = 1.9;
/** So often blocks are sorted by where their neighbours are. */
const SWEEPS = 6;
const PITCH = BOX.height + BOX.gapY;

/**
 * A column for each level, from the left: how many builds must follow each other before it. What is in one column
 * could be built at the same time. The path is the uppermost line; the rest of a column stands near what it has to do
 * with, and long columns are broken.
 */
export function byLevels(blocks: Blocks, path: ReadonlySet<number>): Placed {
  const levelOf = levelsOf(blocks);
  const columns = inColumns(blocks, levelOf);
  const rowOf = new Float64Array(blocks.count);
  const tallest = rowsToAimAt(blocks, columns);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const isDown = sweep % 2 === 0;
    for (const column of isDown ? columns : columns.toReversed()) {
      const near = isDown ? blocks.needs : blocks.users;
      const wish = new Map(column.map((block) => [block, mean(near[block] ?? [], rowOf) ?? (rowOf[block] as number)]));
      column.sort((one, other) => (wish.get(one) as number) - (wish.get(other) as number) || one - other);
      setRows(column, blocks, { rowOf, tallest });
    }
  }
  return placeAll(blocks, columns, { path, tallest });
}

function levelsOf({ count, order, needs }: Blocks): Int32Array {
  const levels = new Int32Array(count);
  for (const block of order)
    for (const need of needs[block] ?? [])
      levels[block] = Math.max(levels[block] as number, (levels[need] as number) + 1);
  return levels;
}

function inColumns({ count }: Blocks, levelOf: Int32Array): number[][] {
  const columns: number[][] = [];
  for (let block = 0; block < count; block += 1) (columns[levelOf[block] as number] ??= []).push(block);
  // Levels of circles that nobody named may leave one out.
  return Array.from(columns, (column) => column ?? []);
}

/** How many packages a column may be high, for the whole to have the shape of a screen. */
function rowsToAimAt({ members }: Blocks, columns: readonly (readonly number[])[]): number {
  const heights = columns.map((column) => sum(column.map((block) => gridOf(members[block]?.length ?? 1).rows)));
  const most = Math.max(1, ...heights);
  for (let rows = 6; rows < most; rows = Math.ceil(rows * 1.15)) {
    const wide = sum(heights.map((height) => Math.ceil(height / rows))) * (BOX.width + BOX.gapX);
    if (wide / (rows * PITCH) <= ASPECT) return rows;
  }
  return most;
}

function setRows(column: readonly number[], { members }: Blocks, to: { rowOf: Float64Array; tallest: number }): void {
  let row = 0;
  for (const block of column) {
    to.rowOf[block] = row % to.tallest;
    row += gridOf(members[block]?.length ?? 1).rows;
  }
}

type Wishes = { readonly path: ReadonlySet<number>; readonly tallest: number };

function placeAll(
  { count, members }: Blocks,
  columns: readonly (readonly number[])[],
  { path, tallest }: Wishes,
): Placed {
  const [xs, ys] = [new Float64Array(count), new Float64Array(count)];
  const hasPath = path.size > 0;
  let left = 0;
  const levels = columns.map((column) => {
    const start = left;
    let widest: number = BOX.width;
    let row = hasPath ? 1 : 0;
    // Of several on the path in one level, which a part of a plan may have, the first stands in its line.
    const first = column.find((each) => path.has(each));
    for (const block of first === undefined ? column : [first, ...column.filter((each) => each !== first)]) {
      const packages = members[block]?.length ?? 1;
      const { rows } = gridOf(packages);
      if (block === first) {
        [xs[block], ys[block]] = [left, 0];
        widest = Math.max(widest, sizeOf(packages).width);
        row = Math.max(row, rows);
        continue;
      }
      if (row > (hasPath ? 1 : 0) && row + rows > tallest) {
        left += widest + BOX.gapX / 3;
        widest = BOX.width;
        row = hasPath ? 1 : 0;
      }
      [xs[block], ys[block]] = [left, row * PITCH];
      widest = Math.max(widest, sizeOf(packages).width);
      row += rows;
    }
    left += widest + BOX.gapX;
    return {
      x: start,
      width: left - BOX.gapX - start,
      packages: sum(column.map((each) => members[each]?.length ?? 1)),
    };
  });
  return { xs, ys, levels };
}

function mean(blocks: readonly number[], rowOf: Float64Array): number | undefined {
  if (blocks.length === 0) return undefined;
  return sum(blocks.map((block) => rowOf[block] as number)) / blocks.length;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
