import type { LayoutResult } from './layout/types.ts';
import { BOX } from './layout/types.ts';
import type { Circle, PlanNode, PlanShape } from './plan-model.ts';

/** Edges by what they say. */
export type SceneEdge = {
  readonly need: number;
  readonly user: number;
  readonly isBuild: boolean;
  readonly isCut: boolean;
  readonly isImplied: boolean;
};

/** What is on the drawing: packages by their place among those that are shown. */
export type Scene = {
  /** For each shown package its place in the plan. */
  readonly shown: readonly number[];
  readonly xs: Float64Array;
  readonly ys: Float64Array;
  readonly edges: readonly SceneEdge[];
  /** For each package the edges that it is in. */
  readonly edgesOf: readonly (readonly number[])[];
  readonly frames: readonly (LayoutResult['frames'][number] & Pick<Circle, 'kind'>)[];
  readonly levels: LayoutResult['levels'];
  readonly width: number;
  readonly height: number;
};

/** What the drawing is of, before it is laid out. */
export type Part = {
  readonly shown: readonly number[];
  readonly edges: readonly Omit<SceneEdge, 'isImplied'>[];
  readonly circles: readonly { readonly kind: Circle['kind']; readonly members: readonly number[] }[];
};

/**
 * The part of a plan that is shown, in numbers of its own. What is folded away is there already; what it brings along
 * may not be, and whoever needs the one waits for the other.
 */
export function partOf(shape: PlanShape, shown: readonly number[], folded: ReadonlySet<number>): Part {
  const own = new Map(shown.map((place, at) => [place, at]));
  const edges = folded.size === 0 ? shape.edges : [...shape.edges, ...edgesThrough(shape, folded)];
  const isKnown = new Set<string>();
  return {
    shown,
    edges: edges.flatMap(({ from, to, types, cut }) => {
      const [user, need] = [own.get(from), own.get(to)];
      if (user === undefined || need === undefined || user === need) return [];
      if (folded.size > 0 && isKnown.size === isKnown.add(`${user} ${need}`).size) return [];
      return [{ need, user, isBuild: types.includes('build'), isCut: cut === true }];
    }),
    circles: shape.circles
      .map(({ kind, packages }) => ({ kind, members: packages.flatMap((place) => own.get(place) ?? []) }))
      .filter(({ members }) => members.length > 1),
  };
}

/** From those that are not folded, through what is, to what that brings along. */
function edgesThrough({ edges, size }: PlanShape, folded: ReadonlySet<number>): PlanShape['edges'] {
  const along = Array.from({ length: size }, (): number[] => []);
  for (const { from, to, types, cut } of edges)
    if (folded.has(from) && types.includes('run') && cut !== true) along[from]?.push(to);
  return edges.flatMap((edge) => {
    if (folded.has(edge.from) || !folded.has(edge.to)) return [];
    const walked = new Set([edge.to]);
    // Loops over what it grows.
    for (const each of walked) if (folded.has(each)) for (const next of along[each] ?? []) walked.add(next);
    return [...walked].filter((to) => !folded.has(to)).map((to) => ({ ...edge, to }));
  });
}

export function sceneOf({ shown, edges, circles }: Part, layout: LayoutResult): Scene {
  const edgesOf = shown.map((): number[] => []);
  for (const [edge, { need, user }] of edges.entries()) {
    edgesOf[need]?.push(edge);
    edgesOf[user]?.push(edge);
  }
  return {
    ...{ shown, edgesOf, xs: layout.xs, ys: layout.ys, levels: layout.levels },
    edges: edges.map((edge, at) => ({ ...edge, isImplied: layout.isImplied[at] === 1 })),
    frames: layout.frames.map((frame, at) => ({ ...frame, kind: circles[at]?.kind ?? 'together' })),
    ...{ width: layout.width, height: layout.height },
  };
}

/** The package at a point of the drawing; undefined where there is none. */
export function packageAt({ xs, ys }: Scene, x: number, y: number, near = 0): number | undefined {
  for (let at = 0; at < xs.length; at += 1) {
    const [dx, dy] = [x - (xs[at] as number), y - (ys[at] as number)];
    if (dx >= -near && dx <= BOX.width + near && dy >= -near && dy <= BOX.height + near) return at;
  }
  return undefined;
}

export type Rect = { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number };

/** Packages that can be seen in a part of the drawing. */
export function packagesIn({ xs, ys }: Scene, { left, top, right, bottom }: Rect): number[] {
  const found: number[] = [];
  for (let at = 0; at < xs.length; at += 1) {
    const [x, y] = [xs[at] as number, ys[at] as number];
    if (x <= right && x + BOX.width >= left && y <= bottom && y + BOX.height >= top) found.push(at);
  }
  return found;
}

/** Which packages are there already, and are to be folded away. */
export function finishedIn(nodes: readonly PlanNode[]): ReadonlySet<number> {
  return new Set([...nodes.keys()].filter((place) => nodes[place]?.state === 'received'));
}
