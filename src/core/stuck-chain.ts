import { ALWAYS, type PlanGraph } from './readiness.ts';

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
  const waitsFor = waitingFor(graph, root, (cpv) => cpv !== root);
  const cpvs = [...waitsFor.keys()];
  return { cpvs, chain: chainFrom(cpvs.at(-1) ?? root, waitsFor) };
}

/** What is not there, and its turn; `ALWAYS` outside of circles. */
type Lack = { readonly missing: string; readonly turn: number };

/** Every package for which `isWaiting` holds that cannot be built before `root` is, and for what it waits; nearest first. */
export function waitingFor(
  graph: PlanGraph,
  root: string,
  isWaiting: (cpv: string) => boolean,
): ReadonlyMap<string, string> {
  const waitsFor = new Map<string, string>();
  /** What cannot be installed whole, and of what it lacks the earliest. */
  const incomplete = new Map<string, Lack>();
  const pending: string[] = [];
  const lack = (cpv: string, { missing, turn }: Lack): void => {
    if (turn >= (incomplete.get(cpv)?.turn ?? Number.POSITIVE_INFINITY)) return;
    incomplete.set(cpv, { missing, turn });
    pending.push(cpv);
  };
  lack(root, itself(graph, root));
  // Loops over what it grows: breadth first. Outside of circles each package comes once.
  for (const cpv of pending) {
    const known = incomplete.get(cpv) as Lack;
    for (const user of graph.dependents.get(cpv) ?? []) {
      if (waitsFor.has(user) || !isWaiting(user) || graph.buildNeeds.get(user)?.includes(cpv) !== true) continue;
      const isHeldUp = known.turn < (graph.turns.get(user) ?? Number.POSITIVE_INFINITY);
      if (!isHeldUp && cpv !== root && !waitsFor.has(cpv)) continue;
      waitsFor.set(user, isHeldUp ? known.missing : cpv);
      // Who needs it itself waits too, also when it lacked something earlier.
      if (graph.turns.has(user) && incomplete.has(user)) pending.push(user);
      lack(user, itself(graph, user));
    }
    for (const user of graph.broughtBy.get(cpv) ?? []) lack(user, known);
  }
  return waitsFor;
}

function itself({ turns }: PlanGraph, cpv: string): Lack {
  return { missing: cpv, turn: turns.get(cpv) ?? ALWAYS };
}

function chainFrom(first: string, waitsFor: ReadonlyMap<string, string>): string[] {
  const chain = [];
  for (let cpv: string | undefined = first; cpv !== undefined && chain.length < CHAIN_SHOWN; cpv = waitsFor.get(cpv))
    chain.push(cpv);
  return chain;
}
