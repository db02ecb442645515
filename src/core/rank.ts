import type { PlanGraph } from './readiness.ts';

/**
 * Upward rank of every package: the length of the longest chain of packages that cannot be built
 * before it, itself included (Topcuoglu, Hariri, Wu: HEFT, 2002). `durationOf` gives the weight of
 * one package in any unit; every package counts as 1 where nothing is known. Run-time cycles are
 * walked once. Higher is more urgent.
 */
export function upwardRanks(graph: PlanGraph, durationOf: (cpv: string) => number = () => 1): Map<string, number> {
  const ranks = new Map<string, number>();
  for (const cpv of graph.cpvs) visit(graph, durationOf, ranks, cpv);
  return ranks;
}

/** Depth-first with an explicit stack, since real worlds have chains of hundreds of packages. */
function visit(graph: PlanGraph, durationOf: (cpv: string) => number, ranks: Map<string, number>, root: string): void {
  const open = new Set<string>();
  const stack = [{ cpv: root, isLeaving: false }];
  for (let frame = stack.pop(); frame !== undefined; frame = stack.pop()) {
    const { cpv } = frame;
    const dependents = graph.dependents.get(cpv) ?? [];
    if (frame.isLeaving) {
      open.delete(cpv);
      ranks.set(cpv, durationOf(cpv) + longestOf(dependents, ranks));
      continue;
    }
    if (ranks.has(cpv) || open.has(cpv)) continue;
    open.add(cpv);
    stack.push({ cpv, isLeaving: true });
    for (const next of dependents) if (!ranks.has(next) && !open.has(next)) stack.push({ cpv: next, isLeaving: false });
  }
}

/** A loop, since a spread argument list has a limit that a widely used package exceeds. */
function longestOf(dependents: readonly string[], ranks: ReadonlyMap<string, number>): number {
  return dependents.reduce((longest, next) => Math.max(longest, ranks.get(next) ?? 0), 0);
}
