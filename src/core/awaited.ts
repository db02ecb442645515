import { ALWAYS, mayFollow, type PlanGraph } from './readiness.ts';

/** What must be there before a package is built: `whole` with all that it brings along, `alone` without that. */
export type Awaited = { readonly whole: readonly string[]; readonly alone: readonly string[] };

/** So much is walked for all packages in circles together: some MB. No real world comes near. */
const STEPS_AT_MOST = 500_000;

/**
 * The build closure of each package in few names. Outside of circles these are its build-time dependencies, whole; in a
 * circle what brings along something that may follow is listed part by part. Where the circles are so large that this
 * would take long, only the build-time dependencies themselves: fit for estimates.
 */
export function awaitedIn(graph: PlanGraph): (cpv: string) => Awaited {
  const last = lastTurns(graph);
  let steps = 0;
  return (cpv) => {
    const needs = graph.buildNeeds.get(cpv) ?? [];
    const turn = graph.turns.get(cpv);
    if (turn === undefined) return { whole: needs, alone: [] };
    if (steps > STEPS_AT_MOST) return { whole: [], alone: needs };
    const direct = new Set(needs);
    const reached = new Set(needs);
    const [whole, alone]: [string[], string[]] = [[], []];
    // Loops over what it grows.
    for (const each of reached) {
      steps += 1;
      if ((last.get(each) ?? ALWAYS) < turn) {
        whole.push(each);
        continue;
      }
      if (direct.has(each) || !mayFollow(graph, cpv, each)) alone.push(each);
      for (const need of graph.runNeeds.get(each) ?? []) reached.add(need);
    }
    return { whole, alone };
  };
}

/** cpv → the last turn of what comes along with it, itself included; only where there is one. */
function lastTurns({ turns, broughtBy }: PlanGraph): Map<string, number> {
  const last = new Map<string, number>();
  for (const [root, turn] of [...turns].reverse()) {
    const pending = [root];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      if (last.has(next)) continue;
      last.set(next, turn);
      for (const user of broughtBy.get(next) ?? []) pending.push(user);
    }
  }
  return last;
}
