import { graphlib, layout } from '@dagrejs/dagre';
import { type Blocks, sizeOf } from './condense.ts';
import type { Placed } from './levels.ts';
import { BOX } from './types.ts';

/** Beyond so many blocks the better ranking takes too long. */
const FEW = 300;
/** An edge of the path is straightened before so many others. */
const PATH_WEIGHT = 12;
/** Width over height of what has no edges at all. */
const ASPECT = 1.9;

type Wish = {
  /** The edges that are drawn: pairs of a block and one that needs it. */
  readonly arrows: readonly (readonly [need: number, user: number])[];
  readonly path: ReadonlySet<number>;
};

/** Short edges and few crossings (Gansner, Koutsofios, North, Vo: dot, 1993): dagre. Seconds for a thousand blocks. */
export function byFlow({ count, members }: Blocks, { arrows, path }: Wish): Placed {
  const graph = new graphlib.Graph();
  const ranker = count <= FEW ? 'network-simplex' : 'longest-path';
  graph.setGraph({ rankdir: 'LR', nodesep: BOX.gapY, edgesep: 4, ranksep: BOX.gapX, ranker });
  graph.setDefaultEdgeLabel(() => ({}));
  const linked = [...new Set(arrows.flat())];
  for (const block of linked) graph.setNode(String(block), sizeOf(members[block]?.length ?? 1));
  for (const [need, user] of arrows) {
    const weight = path.has(need) && path.has(user) ? PATH_WEIGHT : 1;
    graph.setEdge(String(need), String(user), { weight });
  }
  layout(graph);
  const [xs, ys] = [new Float64Array(count), new Float64Array(count)];
  let [right, bottom] = [0, 0];
  for (const block of linked) {
    const { x = 0, y = 0, width = 0, height = 0 } = graph.node(String(block)) as Partial<Record<string, number>>;
    xs[block] = x - width / 2;
    ys[block] = y - height / 2;
    right = Math.max(right, x + width / 2);
    bottom = Math.max(bottom, y + height / 2);
  }
  const isLinked = new Set(linked);
  const alone = [...members.keys()].filter((block) => !isLinked.has(block));
  inRows(alone, { members, right, top: bottom === 0 ? 0 : bottom + BOX.gapX, xs, ys });
  return { xs, ys, levels: [] };
}

type Room = Pick<Blocks, 'members'> & Pick<Placed, 'xs' | 'ys'> & { readonly right: number; readonly top: number };

/** What has to do with nothing stands below the rest, in rows as wide as that. */
function inRows(blocks: readonly number[], { members, right, top, xs, ys }: Room): void {
  const packages = blocks.reduce((total, block) => total + (members[block]?.length ?? 1), 0);
  const square = Math.sqrt(packages * ASPECT * (BOX.width + BOX.gapY) * (BOX.height + BOX.gapY));
  const limit = Math.max(right, square);
  let [x, y, tallest] = [0, top, 0];
  for (const block of blocks) {
    const { width, height } = sizeOf(members[block]?.length ?? 1);
    if (x > 0 && x + width > limit) [x, y, tallest] = [0, y + tallest + BOX.gapY, 0];
    [xs[block], ys[block]] = [x, y];
    x += width + BOX.gapY;
    tallest = Math.max(tallest, height);
  }
}
