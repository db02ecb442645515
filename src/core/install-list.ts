import { bringAlong, buildClosure, type PlanGraph } from './readiness.ts';

/** What must be installed before a package is built. */
export type InstallList = {
  readonly cpvs: readonly string[];
  /** Whether exactly these, in this order: what they bring along cannot all be had yet, and Portage would refuse. */
  readonly isAlone: boolean;
};

/**
 * The build-time dependencies of `cpv`, which bring the rest along. In a circle that the order of Portage begins with
 * `cpv`: its whole build closure, whoever is brought along first. A root where that was installed lacks what was
 * left out, and Portage does not look after what is installed: so others name what is in a circle too.
 */
export function installList(graph: PlanGraph, cpv: string): InstallList {
  const needs = graph.buildNeeds.get(cpv) ?? [];
  if (graph.turns.size === 0) return { cpvs: needs, isAlone: false };
  const whole = bringAlong(graph, needs);
  const closure = buildClosure(graph, cpv);
  if (closure.size < whole.size)
    return { cpvs: inOrder(graph, needs).filter((each) => closure.has(each)), isAlone: true };
  const inCircles = [...whole].filter((each) => graph.turns.has(each));
  return { cpvs: [...new Set([...needs, ...inCircles])], isAlone: false };
}

/** All that comes along, each after what it brings along itself, as far as that is possible. */
function inOrder({ runNeeds }: PlanGraph, needs: readonly string[]): string[] {
  const order = new Set<string>();
  const seen = new Set<string>();
  const pending = needs.map((cpv) => ({ cpv, isLeaving: false }));
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { cpv, isLeaving } = next;
    if (isLeaving) order.add(cpv);
    if (seen.has(cpv)) continue;
    seen.add(cpv);
    pending.push({ cpv, isLeaving: true });
    for (const need of runNeeds.get(cpv) ?? []) pending.push({ cpv: need, isLeaving: false });
  }
  return [...order];
}
