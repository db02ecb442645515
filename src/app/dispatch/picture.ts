import type { QueueId, SessionId } from '../../core/ids.ts';
import type { PlanGraph } from '../../core/readiness.ts';
import type { Swarm } from '../../core/schedule/choose.ts';
import { expectedS } from '../../core/schedule/duration.ts';
import { planTasks, type TaskGraph } from '../../core/schedule/task-graph.ts';
import type { Conditions } from '../../core/simulate/simulate.ts';
import type { SimulatedTask, Workload } from '../../core/simulate/workload.ts';
import { eachInTurns } from '../in-turns.ts';
import type { Builds } from './builds.ts';
import type { KnownPackage } from './known-package.ts';
import type { LiveBuild } from './live-ports.ts';
import { memoryOf, type Packages } from './packages.ts';

/** The rest of the run, as the simulator takes it. */
export type Picture = {
  readonly workload: Workload;
  readonly conditions: Conditions;
  /** For each task of the workload, in its order, which package it is. */
  readonly packages: readonly PicturedPackage[];
};

export type PicturedPackage = {
  /** Null for what is built already, or was never queued. */
  readonly id: QueueId | null;
  readonly package: string;
  readonly sessionId: SessionId | null;
  /** Blocked or given up: it is not built by itself. */
  readonly isHeld: boolean;
};

type Needs = {
  readonly swarm: Swarm;
  readonly packages: Packages;
  readonly builds: Builds;
  readonly now: number;
  /** Of all drones with these labels. */
  readonly largestMb: (labels: readonly string[]) => number;
  readonly graphs: Graphs;
};

/** The graph of all open sessions, made again only when something new is in it. */
export type Graphs = { readonly of: (structure: number, join: () => PlanGraph) => TaskGraph };

export function createGraphs(): Graphs {
  let kept: { readonly structure: number; readonly graph: TaskGraph } | undefined;
  return {
    of: (structure, join) => {
      if (kept?.structure !== structure) kept = { structure, graph: planTasks(join()) };
      return kept.graph;
    },
  };
}

/** A label that no drone has: what is blocked or given up is not built by itself. */
const NOBODY: readonly string[] = ['nobody'];

/**
 * All open sessions in one graph; packages of different sessions have nothing to do with each other. It shows one
 * moment, although others get their turns while a large one is drawn.
 */
export async function makePicture({ swarm, packages, builds, now, largestMb, graphs }: Needs): Promise<Picture> {
  const drones = Array.from(swarm.fleet.berths(), (berth) => berth.drone);
  const structure = packages.structure();
  const seen = Array.from(packages.all(), (known): Seen => ({ known, build: builds.of(known.live.id) }));
  const named = new Map<string, Seen>();
  await eachInTurns(seen, PACKAGES_A_TURN, (one) => void named.set(nameOf(one.known), one));
  const graph = graphs.of(structure, () => joined(packages, named));
  const tasks: SimulatedTask[] = [];
  const pictured: PicturedPackage[] = [];
  await eachInTurns(graph.names, PACKAGES_A_TURN, (name) => {
    const one = named.get(name);
    tasks.push(taskOf(one, largestMb));
    pictured.push(picturedOf(name, one?.known));
  });
  return {
    workload: { graph, tasks },
    conditions: { drones, policy: swarm.policy, startAt: now, pollMs: 0 },
    packages: pictured,
  };
}

/** A package and its running build, as both were at the same moment. */
type Seen = { readonly known: KnownPackage; readonly build: LiveBuild | undefined };

/** A millisecond or two. */
const PACKAGES_A_TURN = 1_000;

function nameOf({ live }: KnownPackage): string {
  return `${live.sessionId ?? ''}\n${live.cpv ?? `${live.package} ${live.id}`}`;
}

function picturedOf(name: string, known: KnownPackage | undefined): PicturedPackage {
  const [session = '', text = ''] = name.split('\n');
  if (known === undefined) return { id: null, package: text, sessionId: session, isHeld: false };
  const { id, package: packageName, sessionId } = known.live;
  return { id, package: packageName, sessionId, isHeld: isHeld(known) };
}

function isHeld({ live }: KnownPackage): boolean {
  return live.state === 'blocked' || live.state === 'failed';
}

/** The plans of all open sessions side by side, and what came without one. */
function joined(packages: Packages, named: ReadonlyMap<string, Seen>): PlanGraph {
  const [buildNeeds, runNeeds, broughtBy, dependents] = [map(), map(), map(), map()];
  const cpvs = new Set(named.keys());
  const turns = new Map<string, number>();
  for (const id of new Set(Array.from(named.values(), ({ known }) => known.live.sessionId))) {
    const graph = id === null ? undefined : packages.graphOf(id)?.plan.graph;
    if (graph === undefined) continue;
    for (const cpv of graph.cpvs) cpvs.add(`${id}\n${cpv}`);
    for (const [cpv, turn] of graph.turns) turns.set(`${id}\n${cpv}`, turn);
    for (const [from, to] of [
      [graph.buildNeeds, buildNeeds],
      [graph.runNeeds, runNeeds],
      [graph.broughtBy, broughtBy],
      [graph.dependents, dependents],
    ] as const)
      for (const [cpv, others] of from)
        to.set(
          `${id}\n${cpv}`,
          others.map((other) => `${id}\n${other}`),
        );
  }
  return { cpvs: [...cpvs], buildNeeds, runNeeds, broughtBy, dependents, turns };
}

function map(): Map<string, readonly string[]> {
  return new Map();
}

function taskOf(seen: Seen | undefined, largestMb: Needs['largestMb']): SimulatedTask {
  if (seen === undefined) return { estimate: NOTHING, trueS: 0, state: 'done' };
  const { live, beliefs, labels, group } = seen.known;
  const { build } = seen;
  return {
    estimate: beliefs.estimate,
    trueS: expectedS(beliefs.estimate),
    isKnown: beliefs.source !== 'unknown',
    ...(live.sessionId === null ? {} : { sessionId: live.sessionId }),
    ...{
      bump: live.bump,
      failedBy: live.avoidedBy,
      memoryMb: memoryOf(live, beliefs, largestMb(labels)),
      group,
    },
    ...labelsOf(live.state, labels),
    ...(build === undefined ? {} : { state: { droneId: build.droneId, startedAt: build.startedAt } }),
  };
}

function labelsOf(state: KnownPackage['live']['state'], labels: readonly string[]): Pick<SimulatedTask, 'labels'> {
  if (state === 'blocked' || state === 'failed') return { labels: NOBODY };
  return labels.length === 0 ? {} : { labels };
}

const NOTHING = { p50S: 0, logSigma: 0 };
