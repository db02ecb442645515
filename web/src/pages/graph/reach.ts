import type { Side } from './graph-search.ts';
import type { PlanShape } from './plan-model.ts';

type Wish = {
  readonly side: Side;
  /** Steps; undefined for as far as there are edges. */
  readonly reach: number | undefined;
};

/** A package with what it needs or what needs it, as many steps as are asked for. */
export function aroundOf({ needs, users }: PlanShape, root: number, { side, reach }: Wish): ReadonlySet<number> {
  const found = new Set([root]);
  if (side !== 'users') walk(needs, root, reach, found);
  if (side !== 'needs') walk(users, root, reach, found);
  return found;
}

function walk(nextOf: PlanShape['needs'], root: number, reach = Number.POSITIVE_INFINITY, found: Set<number>): void {
  const seen = new Set([root]);
  let front: readonly number[] = [root];
  for (let step = 0; step < reach && front.length > 0; step += 1) {
    front = front.flatMap((place) => nextOf[place] ?? []).filter((next) => !seen.has(next) && seen.add(next));
  }
  for (const place of seen) found.add(place);
}
