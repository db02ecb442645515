import { awaitedIn } from './awaited.ts';
import type { PlanGraph } from './readiness.ts';
import { components } from './schedule/components.ts';

/**
 * The circles of packages in which each can only be built after all others, each sorted. No order breaks them: they are
 * built where an older instance of one of them is installed, and never by themselves. `isToBuild` says what is not there.
 */
export function hopelessCircles(graph: PlanGraph, isToBuild: (cpv: string) => boolean): readonly (readonly string[])[] {
  const { componentOf } = components(arrowsTo(graph, isToBuild));
  const members = new Map<number, string[]>();
  for (const [index, cpv] of graph.cpvs.entries()) {
    if (!isToBuild(cpv)) continue;
    const component = componentOf[index] as number;
    const known = members.get(component);
    if (known === undefined) members.set(component, [cpv]);
    else known.push(cpv);
  }
  return [...members.values()].filter((each) => each.length > 1).map((each) => each.sort());
}

/** Two nodes a package: being built, and being installed with all that it brings along. What is there leads nowhere. */
function arrowsTo(graph: PlanGraph, isToBuild: (cpv: string) => boolean): number[][] {
  const { cpvs, runNeeds } = graph;
  const awaited = awaitedIn(graph);
  const indexOf = new Map(cpvs.map((cpv, index) => [cpv, index]));
  const built = (cpv: string) => indexOf.get(cpv) as number;
  const installed = (cpv: string) => cpvs.length + built(cpv);
  return [
    ...cpvs.map((cpv) => {
      if (!isToBuild(cpv)) return [];
      const { whole, alone } = awaited(cpv);
      return [...whole.map(installed), ...alone.map(built)];
    }),
    ...cpvs.map((cpv) => [built(cpv), ...(runNeeds.get(cpv) ?? []).map(installed)]),
  ];
}
