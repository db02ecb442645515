import { hopelessCircles } from './hopeless-circles.ts';
import type { PlanGraph } from './readiness.ts';
import { components } from './schedule/components.ts';

/** `from` needs `to`; both by their place among the packages that are drawn. */
export type DrawnEdge = {
  readonly from: number;
  readonly to: number;
  /** It must be there before `from` is compiled. */
  readonly isBuild: boolean;
  /** It comes along when `from` is installed. */
  readonly isRun: boolean;
  /** Left out to break a circle: `from` does not wait for it. */
  readonly isCut: boolean;
};

/**
 * Packages that reach each other. `together`: they only bring each other along when they are installed, which orders
 * nothing. `ordered`: their builds lead back to them, and the order of the plan says where to begin. `stuck`: each can
 * only be built after all others, so none is by itself.
 */
export type Circle = { readonly kind: 'together' | 'ordered' | 'stuck'; readonly members: readonly number[] };

export type DrawnGraph = { readonly edges: readonly DrawnEdge[]; readonly circles: readonly Circle[] };

/**
 * A plan as people see it: edges between the packages `cpvs`, which are in the order of the plan, and circles among
 * them. Ways through packages that are not drawn become edges of their own.
 */
export function drawnGraph(graph: PlanGraph, cpvs: readonly string[]): DrawnGraph {
  const places = new Map(cpvs.map((cpv, place) => [cpv, place]));
  const reached = throughOthers(graph, places);
  const whole = cpvs.flatMap((cpv, from) => {
    const build = reached(graph.buildNeeds.get(cpv) ?? []);
    const run = reached(graph.runNeeds.get(cpv) ?? []);
    const needs = new Set([...build, ...run]);
    needs.delete(from);
    return [...needs].map((to) => ({ from, to, isBuild: build.has(to), isRun: run.has(to) }));
  });
  const circles = circlesIn(graph, cpvs, whole);
  const ordered = new Map(
    circles.flatMap((circle) => (circle.kind === 'ordered' ? circle.members.map((place) => [place, circle]) : [])),
  );
  const edges = whole.map((edge) => {
    const circle = ordered.get(edge.from);
    const isInside = circle !== undefined && circle === ordered.get(edge.to);
    return { ...edge, isCut: isInside && !edge.isBuild && edge.to > edge.from };
  });
  return { edges, circles };
}

/** The drawn packages among these, and what is behind those that are not. */
function throughOthers({ runNeeds }: PlanGraph, places: ReadonlyMap<string, number>) {
  return (needs: readonly string[]): Set<number> => {
    const found = new Set<number>();
    const walked = new Set(needs);
    for (const need of walked) {
      const place = places.get(need);
      if (place !== undefined) found.add(place);
      else for (const next of runNeeds.get(need) ?? []) walked.add(next);
    }
    return found;
  };
}

function circlesIn(
  graph: PlanGraph,
  cpvs: readonly string[],
  edges: readonly Pick<DrawnEdge, 'from' | 'to'>[],
): Circle[] {
  const nextOf = cpvs.map((): number[] => []);
  for (const { from, to } of edges) nextOf[from]?.push(to);
  const { componentOf, count } = components(nextOf);
  const groups = Array.from({ length: count }, (): number[] => []);
  for (const [place, component] of componentOf.entries()) groups[component]?.push(place);
  const circles = groups.filter((members) => members.length > 1);
  if (circles.length === 0) return [];
  const drawn = new Set(cpvs);
  const stuck = new Set(hopelessCircles(graph, (cpv) => drawn.has(cpv)).flat());
  return circles.map((members) => {
    const isAny = (test: (cpv: string) => boolean) => members.some((place) => test(cpvs[place] as string));
    const kind = isAny((cpv) => stuck.has(cpv))
      ? 'stuck'
      : isAny((cpv) => graph.turns.has(cpv))
        ? 'ordered'
        : 'together';
    return { kind, members: members.toSorted((one, other) => one - other) };
  });
}
