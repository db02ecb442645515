import { holdingUp, incompletePackages, mayFollow, type PlanGraph } from './readiness.ts';

/** So many names say enough; the whole list of every package of a large world would fill the memory. */
export const WAITS_SHOWN = 20;
/** So many of them are kept for what will not come by itself, however far away it is. */
const STUCK_SHOWN = 5;

/**
 * What of each package's build closure is not available: first what is `stuck` (blocked, failed), then
 * the nearest others, at most `WAITS_SHOWN`; sorted by name.
 */
export function waits(
  graph: PlanGraph,
  available: ReadonlySet<string>,
  stuck: readonly string[],
): (cpv: string) => string[] {
  const incomplete = incompletePackages(graph, available);
  const broughtStuck = stuckBroughtBy(graph, stuck);
  return (cpv) => {
    const holdsUp = holdingUp(graph, incomplete, cpv);
    const direct = graph.buildNeeds.get(cpv) ?? [];
    const needs = direct.filter((need) => !available.has(need) || holdsUp(need));
    const isWanted = (need: string) => !mayFollow(graph, cpv, need) || direct.includes(need);
    const stuckNeeds = needs.flatMap((need) => broughtStuck.get(need) ?? []).filter(isWanted);
    const names = new Set(stuckNeeds.slice(0, STUCK_SHOWN));
    addNearest(names, { graph, needs, available, holdsUp, isWanted });
    return [...names].sort();
  };
}

/** cpv → the stuck packages that come along with it, itself included; a few of them. */
function stuckBroughtBy(graph: PlanGraph, stuck: readonly string[]): Map<string, string[]> {
  const brought = new Map<string, string[]>();
  const pending = stuck.map((root) => ({ root, cpv: root }));
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { root, cpv } = next;
    const roots = brought.get(cpv) ?? [];
    if (roots.length >= STUCK_SHOWN || roots.includes(root)) continue;
    brought.set(cpv, [...roots, root]);
    for (const user of graph.broughtBy.get(cpv) ?? []) pending.push({ root, cpv: user });
  }
  return brought;
}

type Walk = {
  readonly graph: PlanGraph;
  readonly needs: readonly string[];
  readonly available: ReadonlySet<string>;
  readonly holdsUp: (need: string) => boolean;
  readonly isWanted: (need: string) => boolean;
};

/** Breadth first, and only where something is missing, so that it ends soon. */
function addNearest(names: Set<string>, { graph, needs, available, holdsUp, isWanted }: Walk): void {
  const seen = new Set(needs);
  for (const cpv of seen) {
    if (names.size >= WAITS_SHOWN) return;
    if (!available.has(cpv) && isWanted(cpv)) names.add(cpv);
    for (const need of graph.runNeeds.get(cpv) ?? []) if (holdsUp(need)) seen.add(need);
  }
}
