import type { DrawnGraph } from '../core/drawn-graph.ts';
import { SwarmError } from '../core/errors.ts';
import type { FailureClass } from '../core/failure-class.ts';
import type { AttemptId, QueueId } from '../core/ids.ts';
import type { PackageState } from '../core/package-state.ts';
import type { Judged } from './explain/explain-ports.ts';

/** A package of a session's plan, with its place in the whole. Durations in seconds, on the reference drone. */
export type DrawnPackage = {
  readonly id: QueueId;
  readonly package: string;
  readonly state: PackageState;
  readonly isReady: boolean;
  /** Name of the drone that builds or built it. */
  readonly drone: string | null;
  readonly attempt: AttemptId | null;
  readonly failures: number;
  readonly failureClass: FailureClass | null;
  /** How long it took, or is expected to take; null for what did not have to be built here. */
  readonly expectedS: number | null;
  readonly source: Judged['beliefs']['source'] | 'built' | 'reused';
  /** What of that is left; 0 once it is received. */
  readonly leftS: number;
  readonly rankS: number;
  readonly slackS: number;
};

/** Packages with what is between them. */
export type PlanPart = DrawnGraph & {
  readonly packages: readonly DrawnPackage[];
  /** By place in `packages`, in the order of building. `left`: of what is left; `built`: of the builds there were. */
  readonly path: { readonly of: 'left' | 'built'; readonly totalS: number; readonly packages: readonly number[] };
};

export type PlanWish = {
  /** Only this package, and all that it needs or that needs it: as the queue names it, with or without `=`. */
  readonly package: string | null;
  readonly limit: number;
};

/**
 * The part of a plan that is asked for: a package with all around it, and of that so many, what decides most about
 * the end first. Edges and circles among them; places are those in the part.
 * @throws SwarmError NOT_FOUND
 */
export function choosePart(whole: PlanPart, wish: PlanWish): PlanPart {
  const around = wish.package === null ? allOf(whole) : aroundOf(whole, wish.package);
  if (around.length === whole.packages.length && around.length <= wish.limit) return whole;
  const chosen = around.length <= wish.limit ? around : mostTelling(whole, around, wish);
  const placeOf = new Map(chosen.map((place, at) => [place, at]));
  return {
    packages: chosen.map((place) => whole.packages[place] as DrawnPackage),
    edges: whole.edges.flatMap((edge) => {
      const [from, to] = [placeOf.get(edge.from), placeOf.get(edge.to)];
      return from === undefined || to === undefined ? [] : [{ ...edge, from, to }];
    }),
    circles: whole.circles
      .map(({ kind, members }) => ({ kind, members: members.flatMap((place) => placeOf.get(place) ?? []) }))
      .filter(({ members }) => members.length > 1),
    path: { ...whole.path, packages: whole.path.packages.flatMap((place) => placeOf.get(place) ?? []) },
  };
}

function allOf({ packages }: PlanPart): number[] {
  return [...packages.keys()];
}

function aroundOf({ packages, edges }: PlanPart, name: string): number[] {
  const bare = name.replace(/^=/, '');
  const root = packages.findIndex((each) => each.package.replace(/^=/, '') === bare);
  if (root === -1) throw new SwarmError('NOT_FOUND', `package: the session has no ${bare}`);
  const needs = new Map<number, number[]>();
  const users = new Map<number, number[]>();
  for (const { from, to } of edges) {
    push(needs, from, to);
    push(users, to, from);
  }
  const found = new Set([...reached(root, needs), ...reached(root, users)]);
  return [...found].sort((one, other) => one - other);
}

function reached(root: number, nextOf: ReadonlyMap<number, readonly number[]>): Set<number> {
  const found = new Set([root]);
  // Loops over what it grows.
  for (const each of found) for (const next of nextOf.get(each) ?? []) found.add(next);
  return found;
}

function push(map: Map<number, number[]>, key: number, value: number): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

/** What is asked for, the critical path, then what has the least slack; in their old order. */
function mostTelling(
  { packages, path }: PlanPart,
  around: readonly number[],
  { package: name, limit }: PlanWish,
): number[] {
  const bare = name?.replace(/^=/, '');
  const isOnPath = new Set(path.packages);
  const slackOf = (place: number) => {
    const each = packages[place] as DrawnPackage;
    if (each.package.replace(/^=/, '') === bare) return -2;
    return isOnPath.has(place) ? -1 : each.slackS;
  };
  const first = around.toSorted((one, other) => slackOf(one) - slackOf(other) || one - other).slice(0, limit);
  return first.sort((one, other) => one - other);
}
