import { BOX, type LayoutTask } from './types.ts';

/** A graph without circles: each of those is one block of several packages. */
export type Blocks = {
  readonly count: number;
  readonly blockOf: Int32Array;
  readonly members: readonly (readonly number[])[];
  /** For each block those that it needs, and those that need it; each once. */
  readonly needs: readonly (readonly number[])[];
  readonly users: readonly (readonly number[])[];
  /** Each after all that it needs. */
  readonly order: readonly number[];
};

/** A circle is at most so many packages high. */
const MOST_ROWS = 10;

/** Circles as blocks; all other packages are blocks of their own. */
export function condense({ size, needs, users, circles }: LayoutTask): Blocks {
  const blockOf = new Int32Array(size).fill(-1);
  const members: (readonly number[])[] = [];
  for (const circle of circles) {
    for (const place of circle) blockOf[place] = members.length;
    members.push(circle);
  }
  for (let place = 0; place < size; place += 1) {
    if (blockOf[place] !== -1) continue;
    blockOf[place] = members.length;
    members.push([place]);
  }
  const needSets = members.map(() => new Set<number>());
  const userSets = members.map(() => new Set<number>());
  for (const [edge, need] of needs.entries()) {
    const [below, above] = [blockOf[need] as number, blockOf[users[edge] as number] as number];
    if (below === above) continue;
    needSets[above]?.add(below);
    userSets[below]?.add(above);
  }
  const [needLists, userLists] = [needSets.map((each) => [...each]), userSets.map((each) => [...each])];
  return {
    ...{ count: members.length, blockOf, members, needs: needLists, users: userLists },
    order: inOrder(needLists, userLists),
  };
}

/** Kahn, 1962. What is in a circle that nobody named comes last, in any order. */
function inOrder(needs: readonly (readonly number[])[], users: readonly (readonly number[])[]): number[] {
  const missing = needs.map((each) => each.length);
  const order = [...missing.keys()].filter((block) => missing[block] === 0);
  // Loops over what it grows.
  for (const block of order)
    for (const user of users[block] ?? []) {
      missing[user] = (missing[user] as number) - 1;
      if (missing[user] === 0) order.push(user);
    }
  if (order.length < needs.length) {
    const known = new Set(order);
    for (const block of needs.keys()) if (!known.has(block)) order.push(block);
  }
  return order;
}

/** How many packages a block is high and wide. */
export function gridOf(packages: number): { readonly rows: number; readonly columns: number } {
  const rows = Math.min(packages, MOST_ROWS);
  return { rows, columns: Math.ceil(packages / rows) };
}

/** Room that a block takes. */
export function sizeOf(packages: number): { readonly width: number; readonly height: number } {
  const { rows, columns } = gridOf(packages);
  return {
    width: columns * BOX.width + (columns - 1) * BOX.gapY,
    height: rows * BOX.height + (rows - 1) * BOX.gapY,
  };
}
