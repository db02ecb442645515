import { type DrawnGraph, drawnGraph } from '../core/drawn-graph.ts';
import { type CriticalPath, criticalPath } from '../core/schedule/critical-path.ts';
import { expectedEnd } from '../core/schedule/drone-facts.ts';
import { expectedS } from '../core/schedule/duration.ts';
import { listedTasks, planTasks, type TaskGraph } from '../core/schedule/task-graph.ts';
import type { Deps } from './deps.ts';
import { choosePart, type DrawnPackage, type PlanPart, type PlanWish } from './drawn-part.ts';
import type { Dispatching } from './explain/explain-ports.ts';
import { type Scene, takeScene } from './explain/scene.ts';
import type { Plans, PreparedPlan } from './plans.ts';
import type { SessionPackage } from './ports.ts';
import type { SessionReport } from './report-ports.ts';
import type { SessionInsight } from './session-insight.ts';
import type { SessionReads } from './session-ports.ts';

/** A session's plan, or a part of it. */
export type DrawnPlan = PlanPart & {
  readonly session: SessionReport;
  readonly at: number;
  /** Packages of the session, drawn or not. */
  readonly total: number;
  /** False where it was queued as a plain list, which has no edges. */
  readonly hasPlan: boolean;
};

/** @throws SwarmError NOT_FOUND for sessions and packages that there are not, CONFLICT where several sessions are meant */
export type DrawPlan = (session: string, wish: PlanWish) => Promise<DrawnPlan>;

type Needs = Pick<Deps, 'store' | 'clock'> & {
  readonly plans: Plans;
  readonly sessions: Pick<SessionInsight, 'find'>;
  readonly reads: Pick<SessionReads, 'builds'>;
  readonly dispatcher: Dispatching;
};

/** More builds of one session are not looked at. */
const BUILDS_AT_MOST = 100_000;

/** The plan of a session as people look at it: who needs whom, how it stands, and what decides when it is done. */
export function drawPlan({ store, clock, plans, sessions, reads, dispatcher }: Needs): DrawPlan {
  const known = new WeakMap<PreparedPlan, Structure>();
  const structureOf = (plan: PreparedPlan | undefined, names: readonly string[]): Structure => {
    const before = plan && known.get(plan);
    if (before !== undefined && isSame(before.names, names)) return before;
    const made = structure(plan, names, before);
    if (plan !== undefined) known.set(plan, made);
    return made;
  };
  return async (idOrName, wish) => {
    const session = await sessions.find(idOrName);
    const rows = newestOfEach(await store.readSessionPackages(session.id));
    const plan = await plans.get(session.id);
    const builtS = new Map<string, number>();
    for (const build of await reads.builds(session.id, BUILDS_AT_MOST))
      if (build.outcome === 'built') builtS.set(build.package, build.durationS);
    const scene = await takeScene(dispatcher, clock.now());
    const measured = rows.map((row) => measure(row, { scene, builtS }));
    const names = rows.map(nameOf);
    const { tasks: graph, drawn } = structureOf(plan, names);
    const { path, found } = longestOf(graph, names, { measured, isActive: session.status === 'active' });
    const places = new Map(graph.names.map((name, task) => [name, task]));
    const packages = measured.map((each, place): DrawnPackage => {
      const task = places.get(names[place] as string);
      // What Portage refused is in the queue, and in no graph.
      const alone = { rankS: each.leftS, slackS: Math.max(0, found.totalS - each.leftS) };
      return { ...each, ...(task === undefined ? alone : factsOf(found, task)) };
    });
    const all = { ...drawn, packages, path };
    return {
      ...{ session, at: scene.now, total: rows.length, hasPlan: plan !== undefined },
      ...choosePart(all, wish),
    };
  };
}

/** What of a drawing stays the same while packages are built. */
type Structure = { readonly names: readonly string[]; readonly tasks: TaskGraph; readonly drawn: DrawnGraph };

/** Of a large plan that takes some tenths of a second; `before` was made of the same plan with other packages. */
function structure(plan: PreparedPlan | undefined, names: readonly string[], before: Structure | undefined): Structure {
  if (plan === undefined) {
    const tasks = listedTasks(names.map((name) => ({ name, needs: [] })));
    return { names, tasks, drawn: { edges: [], circles: [] } };
  }
  return { names, tasks: before?.tasks ?? planTasks(plan.graph), drawn: drawnGraph(plan.graph, names) };
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((name, at) => name === other[at]);
}

function nameOf({ cpv, package: name }: SessionPackage): string {
  return cpv ?? name;
}

/** In the order of the plan; of several rows of one package those before the last one were given up. */
function newestOfEach(rows: readonly SessionPackage[]): SessionPackage[] {
  const inOrder = rows.toSorted((one, other) => one.id - other.id);
  return [...new Map(inOrder.map((row) => [nameOf(row), row])).values()];
}

type Measured = Omit<DrawnPackage, 'rankS' | 'slackS'>;
type Known = { readonly scene: Scene; readonly builtS: ReadonlyMap<string, number> };

function measure(row: SessionPackage, { scene, builtS }: Known): Measured {
  const { id, package: name, state, isReady, attempt, failures, failureClass, assignedTo } = row;
  const facts = { id, package: name, state, isReady, attempt, failures, failureClass, drone: assignedTo };
  if (state === 'received') {
    const took = builtS.get(name);
    return { ...facts, expectedS: took ?? null, source: took === undefined ? 'reused' : 'built', leftS: 0 };
  }
  const beliefs = scene.dispatcher.known(id)?.beliefs;
  if (beliefs === undefined) return { ...facts, expectedS: null, source: 'unknown', leftS: 0 };
  const expected = expectedS(beliefs.estimate);
  const seen = scene.buildOf(id);
  const leftS =
    seen === undefined ? expected : (expectedEnd(seen.build, seen.berth.drone, scene.now) - scene.now) / 1000;
  return { ...facts, expectedS: expected, source: beliefs.source, leftS };
}

type Weights = { readonly measured: readonly Measured[]; readonly isActive: boolean };

/** While anything is left to do, that is what matters; later, what took the time. */
function longestOf(graph: TaskGraph, names: readonly string[], { measured, isActive }: Weights) {
  const placeOf = new Map(names.map((name, place) => [name, place]));
  const isLeft = isActive && measured.some(({ leftS }) => leftS > 0);
  const secondsOf = (place: number | undefined): number => {
    const each = place === undefined ? undefined : measured[place];
    if (each === undefined) return 0;
    return isLeft ? each.leftS : each.source === 'built' ? (each.expectedS ?? 0) : 0;
  };
  const found = criticalPath(graph, (task) => secondsOf(placeOf.get(graph.names[task] as string)));
  const packages = found.tasks.flatMap((task) => placeOf.get(graph.names[task] as string) ?? []);
  return { found, path: { of: isLeft ? ('left' as const) : ('built' as const), totalS: found.totalS, packages } };
}

function factsOf({ ranksS, slacksS }: CriticalPath, task: number): Pick<DrawnPackage, 'rankS' | 'slackS'> {
  return { rankS: ranksS[task] as number, slackS: slacksS[task] as number };
}
