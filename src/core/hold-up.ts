import { awaitedIn } from './awaited.ts';
import { mayFollow, type PlanGraph } from './readiness.ts';
import { components } from './schedule/components.ts';
import { waitingFor } from './stuck-chain.ts';

/** What a package that is not available is at. */
export type Missing = {
  /** It waits for others itself. */
  readonly isWaiting: boolean;
  /** Expected seconds from when it can begin, or what is left of them; Infinity when it will not come by itself. */
  readonly remainingS: number;
};

/** A package that another waits for. */
export type HoldUp = {
  readonly cpv: string;
  /** What brings it along at run time, between it and whoever waits: empty when it is needed itself. */
  readonly through: readonly string[];
};

export type HoldUps = {
  /** Seconds until all that it waits for can be there, at the earliest; Infinity when something will not come. */
  readonly waitS: number;
  /** From what it waits for longest down to what really holds it up: the last one waits for nothing else. */
  readonly chain: readonly HoldUp[];
  /** Which of these, and the package itself, can only be built after each other, and so never; empty when the chain ends. */
  readonly circle: readonly string[];
};

/** Of what a package waits for, the part that takes longest. `missing` says undefined for what is available. */
export function holdUps(graph: PlanGraph, cpv: string, missing: (cpv: string) => Missing | undefined): HoldUps {
  const dueS = dueTimes(graph, cpv, missing);
  const chain: HoldUp[] = [];
  const seen = new Set([cpv]);
  let waitS = 0;
  let circle: readonly string[] = [];
  for (let at: string | undefined = cpv; at !== undefined; ) {
    const next: HoldUp | undefined = latest(graph, at, { missing, dueS, seen });
    if (next === undefined) {
      const back = latest(graph, at, { missing, dueS, seen: new Set() });
      if (back !== undefined) circle = [...seen].slice([...seen].indexOf(back.cpv));
      break;
    }
    if (chain.length === 0) waitS = dueS(next.cpv);
    chain.push(next);
    seen.add(next.cpv);
    at = missing(next.cpv)?.isWaiting === true ? next.cpv : undefined;
  }
  return { waitS, chain, circle };
}

/** Every waiting package that cannot begin before `cpv` is available. */
export function heldUpBy(graph: PlanGraph, cpv: string, isWaiting: (cpv: string) => boolean): Set<string> {
  return new Set(waitingFor(graph, cpv, isWaiting).keys());
}

type Search = {
  readonly missing: (cpv: string) => Missing | undefined;
  readonly dueS: (cpv: string) => number;
  readonly seen: ReadonlySet<string>;
};

/** Nearest first, so that of several that take equally long the one that is needed most directly is named. */
function latest(graph: PlanGraph, from: string, { missing, dueS, seen }: Search): HoldUp | undefined {
  const broughtBy = new Map<string, string | null>((graph.buildNeeds.get(from) ?? []).map((need) => [need, null]));
  let found: string | undefined;
  for (const [each, by] of broughtBy) {
    const isAwaited = by === null || !mayFollow(graph, from, each);
    if (
      isAwaited &&
      missing(each) !== undefined &&
      !seen.has(each) &&
      (found === undefined || dueS(each) > dueS(found))
    )
      found = each;
    for (const need of graph.runNeeds.get(each) ?? []) if (!broughtBy.has(need)) broughtBy.set(need, each);
  }
  if (found === undefined) return undefined;
  const through: string[] = [];
  for (let by = broughtBy.get(found); by != null; by = broughtBy.get(by)) through.unshift(by);
  return { cpv: found, through };
}

/**
 * Seconds until each package that `root` waits for can be there. Two nodes a package: being built, and being installed
 * with all that it brings along; only the latter can form circles, and what is in one comes together.
 */
function dueTimes(graph: PlanGraph, root: string, missing: Search['missing']): (cpv: string) => number {
  const nodes = new Map<string, number>();
  const order: { cpv: string; isInstall: boolean }[] = [];
  const node = (cpv: string, isInstall: boolean): number => {
    const key = `${isInstall ? 'i' : 'b'}${cpv}`;
    const known = nodes.get(key);
    if (known !== undefined) return known;
    nodes.set(key, order.length);
    order.push({ cpv, isInstall });
    return order.length - 1;
  };
  const awaited = awaitedIn(graph);
  node(root, false);
  const nextOf: number[][] = [];
  for (let at = 0; at < order.length; at += 1) nextOf[at] = needsOf(order[at] as (typeof order)[number]);

  function needsOf({ cpv, isInstall }: { cpv: string; isInstall: boolean }): number[] {
    if (isInstall) return [node(cpv, false), ...(graph.runNeeds.get(cpv) ?? []).map((need) => node(need, true))];
    if (cpv !== root && missing(cpv)?.isWaiting !== true) return [];
    const { whole, alone } = awaited(cpv);
    return [...whole.map((need) => node(need, true)), ...alone.map((need) => node(need, false))];
  }

  const { componentOf, count } = components(nextOf);
  const byComponent = Array.from({ length: count }, (): number[] => []);
  for (let at = 0; at < order.length; at += 1) byComponent[componentOf[at] as number]?.push(at);
  const due = new Float64Array(order.length);
  // What a component needs has a smaller number.
  for (const members of byComponent) {
    const startS = Math.max(
      0,
      ...members.map((at) => Math.max(0, ...(nextOf[at] ?? []).map((next) => due[next] ?? 0))),
    );
    const ownS = Math.max(0, ...members.map((at) => ownSeconds(order[at] as (typeof order)[number])));
    for (const at of members) due[at] = startS + ownS;
  }
  return (cpv) => due[nodes.get(`b${cpv}`) ?? -1] ?? 0;

  function ownSeconds({ cpv, isInstall }: { cpv: string; isInstall: boolean }): number {
    return isInstall || cpv === root ? 0 : (missing(cpv)?.remainingS ?? 0);
  }
}
