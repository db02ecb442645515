import { useCallback, useMemo, useState } from 'react';
import type { GraphSearch } from './graph-search.ts';
import { aroundOf } from './reach.ts';
import { finishedIn } from './scene.ts';
import type { Graph } from './use-graph.ts';

const NOTHING: ReadonlySet<number> = new Set();

export type Shown = {
  /** Places in the plan, ascending; the same list as long as it is the same. */
  readonly places: readonly number[];
  /** Finished ones that are left out. */
  readonly folded: ReadonlySet<number>;
  /** Finished since such were folded away: they stay until somebody folds again, so that nothing jumps. */
  readonly finishedSince: number;
  readonly foldAgain: () => void;
  /** How many needs of a package are folded away. */
  readonly foldedNeedsOf: (place: number) => number;
};

/** Which packages are shown: all, those around one of them, and without what is finished. */
export function useShown({ shape, nodes }: Graph, { focus, side = 'both', reach, fold }: GraphSearch): Shown {
  const root = focus === undefined ? undefined : shape.places.get(focus);
  const isFolding = fold === true;
  const [folded, setFolded] = useState(NOTHING);
  const [foldedOf, setFoldedOf] = useState<unknown>();
  // Folded as it is when that is asked for, and when it is another plan.
  const wish = isFolding ? shape : undefined;
  if (wish !== foldedOf) {
    setFoldedOf(wish);
    setFolded(isFolding ? finishedIn(nodes) : NOTHING);
  }
  const places = useMemo(() => {
    const around = root === undefined ? undefined : aroundOf(shape, root, { side, reach });
    const isShown = (place: number) => place === root || (!folded.has(place) && (around?.has(place) ?? true));
    return Array.from({ length: shape.size }, (_, place) => place).filter(isShown);
  }, [shape, root, side, reach, folded]);
  return {
    ...{ places, folded },
    finishedSince: isFolding ? finishedIn(nodes).size - folded.size : 0,
    foldAgain: () => setFolded(finishedIn(nodes)),
    foldedNeedsOf: useCallback(
      (place: number) => (shape.needs[place] ?? []).filter((need) => folded.has(need)).length,
      [shape, folded],
    ),
  };
}
