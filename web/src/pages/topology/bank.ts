import { type Box, bottomOf, leftOf, middleOf, type Point, rightOf, topOf } from './geometry.ts';
import type { Tier } from './tiers.ts';

/** The drones on one side of the hub. */
export type Bank = {
  readonly tier: Tier;
  readonly count: number;
  readonly columns: number;
  readonly top: number;
  /** Of the whole map. */
  readonly width: number;
  readonly control: Box;
  /** Where all wires of this side run along. */
  readonly trunkY: number;
  readonly isAbove: boolean;
};

type Placed = { readonly box: Box; readonly wire: readonly Point[] };

/** Each drone's place and its wire, in rows; a row that is not full is the one farthest from the hub. */
export function placeBank(bank: Bank): readonly Placed[] {
  const { tier, count, top, width } = bank;
  const columns = Math.max(1, Math.min(bank.columns, count));
  const rows = Math.ceil(count / columns);
  const left = (width - (columns * (tier.width + tier.gapX) - tier.gapX)) / 2;
  return Array.from({ length: count }, (_, index) => {
    const { row, column } = cellOf(index, { count, columns, isAbove: bank.isAbove });
    const box = {
      x: left + column * (tier.width + tier.gapX),
      y: top + row * (tier.height + tier.gapY),
      width: tier.width,
      height: tier.height,
    };
    return { box, wire: wireTo(box, bank, rows === 1) };
  });
}

type Grid = { readonly count: number; readonly columns: number; readonly isAbove: boolean };

function cellOf(index: number, { count, columns, isAbove }: Grid): { readonly row: number; readonly column: number } {
  const rows = Math.ceil(count / columns);
  const missing = rows * columns - count;
  const shift = Math.floor(missing / 2);
  const shortRow = isAbove ? 0 : rows - 1;
  if (isAbove && index < columns - missing) return { row: 0, column: index + shift };
  const cell = isAbove ? index + missing : index;
  const row = Math.floor(cell / columns);
  return { row, column: (cell % columns) + (row === shortRow && !isAbove ? shift : 0) };
}

/** Out of the control plane, along the trunk, and between the columns to the side that is nearer. */
function wireTo(box: Box, { control, trunkY, isAbove, tier }: Bank, isAlone: boolean): readonly Point[] {
  const start = isAbove ? topOf(control) : bottomOf(control);
  const [x] = start;
  const [centre, y] = middleOf(box);
  // No other row is in the way.
  if (isAlone) return along(start, trunkY, [isAbove ? bottomOf(box) : topOf(box)]);
  const isRight = centre >= x;
  const gutter = isRight ? box.x - tier.gapX / 2 : box.x + box.width + tier.gapX / 2;
  return along(start, trunkY, [[gutter, y], isRight ? leftOf(box) : rightOf(box)]);
}

/** To the trunk, along it to where the rest begins, and there. */
function along(start: Point, trunkY: number, rest: readonly Point[]): readonly Point[] {
  const [x] = start;
  const [to = x] = rest[0] ?? [];
  return Math.abs(to - x) < 1 ? [start, ...rest] : [start, [x, trunkY], [to, trunkY], ...rest];
}
