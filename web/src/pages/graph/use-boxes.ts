import { useMemo, useState } from 'react';
import { BOX } from './layout/types.ts';
import type { BoxNode } from './plan-box.tsx';
import type { PlanNode } from './plan-model.ts';
import type { Scene } from './scene.ts';
import { useVisible } from './use-visible.ts';
import { saysNode } from './words.ts';

type Boxes = {
  readonly scene: Scene;
  readonly nodes: readonly PlanNode[];
  readonly marked: number | undefined;
  /** By place in the plan: how many of its needs are folded away. */
  readonly foldedOf: (place: number) => number;
};

/** The elements of packages that can be read. */
export function useBoxes({ scene, nodes, marked, foldedOf }: Boxes): BoxNode[] {
  const visible = useVisible(scene, marked);
  const [boxOf] = useState(createBoxes);
  return useMemo(
    () =>
      visible.flatMap((at) => {
        const node = nodes[at];
        return node === undefined
          ? []
          : [boxOf(scene, at, { node, isMarked: at === marked, folded: foldedOf(scene.shown[at] ?? -1) })];
      }),
    [visible, nodes, scene, marked, foldedOf, boxOf],
  );
}

type Facts = { readonly node: PlanNode; readonly isMarked: boolean; readonly folded: number };

/** Those of which nothing changed are the same objects, and are not drawn again. */
function createBoxes() {
  let of: Scene | undefined;
  const known = new Map<number, BoxNode>();
  return (scene: Scene, at: number, facts: Facts): BoxNode => {
    if (of !== scene) known.clear();
    of = scene;
    const before = known.get(at);
    if (before !== undefined && isSame(before.data, facts)) return before;
    const edges = (scene.edgesOf[at] ?? []).flatMap((edge) => scene.edges[edge] ?? []);
    const needs = edges.filter(({ user }) => user === at).length;
    const box: BoxNode = {
      ...{ id: String(at), type: 'package', width: BOX.width, height: BOX.height },
      position: { x: scene.xs[at] as number, y: scene.ys[at] as number },
      data: { ...facts, label: saysNode(facts.node, needs, edges.length - needs) },
    };
    known.set(at, box);
    return box;
  };
}

function isSame(one: Facts, other: Facts): boolean {
  return one.node === other.node && one.isMarked === other.isMarked && one.folded === other.folded;
}
