import { useMemo, useState } from 'react';
import type { GraphSearch, Order } from './graph-search.ts';
import type { LayoutTask } from './layout/types.ts';
import { useLayout } from './layout/use-layout.ts';
import type { PlanShape } from './plan-model.ts';
import { type Part, partOf, type Scene, sceneOf } from './scene.ts';

/** Up to here the drawing with short edges is made in a moment and fits on a screen. */
const FLOW_UP_TO = 120;

type Wish = Pick<GraphSearch, 'order'> & {
  /** By place in the plan. */
  readonly shown: readonly number[];
  readonly folded: ReadonlySet<number>;
  /** The critical path when the drawing was begun: it does not jump about later. */
  readonly path: readonly number[];
};

export type Drawing = {
  /** The one before while the next is worked out; undefined before the first. */
  readonly scene: Scene | undefined;
  readonly isWorking: boolean;
  readonly order: Order;
  readonly error: Error | undefined;
};

/** What is shown of a plan, laid out. */
export function useScene(shape: PlanShape | undefined, { shown, folded, path, order: wanted }: Wish): Drawing {
  const order = wanted ?? (shown.length <= FLOW_UP_TO ? 'flow' : 'levels');
  const given = useMemo(() => {
    if (shape === undefined || shown.length === 0) return undefined;
    const part = partOf(shape, shown, folded);
    return { part, task: taskOf(part, { order, path }) };
  }, [shape, shown, folded, path, order]);
  const layout = useLayout(given?.task);
  const isDone = given !== undefined && layout.state === 'done' && layout.task === given.task;
  const next = useMemo(() => (isDone ? sceneOf(given.part, layout.result) : undefined), [isDone, given, layout]);
  const [before, setBefore] = useState(next);
  if (next !== undefined && next !== before) setBefore(next);
  return {
    ...{ scene: next ?? before, isWorking: given !== undefined && !isDone, order },
    error: layout.state === 'failed' ? layout.error : undefined,
  };
}

function taskOf(part: Part, { order, path }: Required<Pick<Wish, 'path'>> & { readonly order: Order }): LayoutTask {
  const own = new Map(part.shown.map((place, at) => [place, at]));
  return {
    ...{ order, size: part.shown.length },
    needs: Int32Array.from(part.edges, ({ need }) => need),
    users: Int32Array.from(part.edges, ({ user }) => user),
    circles: part.circles.map(({ members }) => members),
    path: path.flatMap((place) => own.get(place) ?? []),
  };
}
