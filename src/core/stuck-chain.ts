import type { PlanGraph } from './readiness.ts';

/** What waits for one package, directly or not. */
export type Waiters = {
  readonly cpvs: readonly string[];
  /** From the farthest of them, by what it waits for, to the root. */
  readonly chain: readonly string[];
};

/** So many steps of a chain are named. */
const CHAIN_SHOWN = 20;

/** Everything that cannot be built before `root` is: what needs it to be built, or needs what brings it along. */
export function waitersFor(graph: PlanGraph, root: string): Waiters {
  const waitsFor = new Map<string, string>();
  /** What cannot be installed whole, and for whose sake. */
  const incomplete = new Map([[root, root]]);
  let farthest = root;
  // Loops over what they grow: breadth first, and each package once.
  for (const [cpv, missing] of incomplete) {
    for (const user of graph.dependents.get(cpv) ?? []) {
      if (waitsFor.has(user) || user === root || !graph.buildNeeds.get(user)?.includes(cpv)) continue;
      waitsFor.set(user, missing);
      if (!incomplete.has(user)) incomplete.set(user, user);
      farthest = user;
    }
    for (const user of graph.broughtBy.get(cpv) ?? []) if (!incomplete.has(user)) incomplete.set(user, missing);
  }
  return { cpvs: [...waitsFor.keys()], chain: chainFrom(farthest, waitsFor) };
}

function chainFrom(first: string, waitsFor: ReadonlyMap<string, string>): string[] {
  const chain = [];
  for (let cpv: string | undefined = first; cpv !== undefined && chain.length < CHAIN_SHOWN; cpv = waitsFor.get(cpv))
    chain.push(cpv);
  return chain;
}
