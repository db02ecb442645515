import type { DroneId, SessionId } from '../core/ids.ts';
import type { DroneFacts } from '../core/schedule/drone-facts.ts';
import { listedTasks, planTasks } from '../core/schedule/task-graph.ts';
import type { Conditions } from '../core/simulate/simulate.ts';
import type { SimulatedTask, Workload } from '../core/simulate/workload.ts';
import { beliefsOf, taskOf } from './dispatch/known-package.ts';
import type { ForecastSource } from './forecast-source.ts';
import type { Plans, PreparedPlan } from './plans.ts';
import type { HistoryRow, SwarmReports } from './report-ports.ts';

/** What a past run is read from. */
export type PastRuns = {
  readonly reports: Pick<SwarmReports, 'history'>;
  readonly plans: Plans;
  readonly source: Pick<ForecastSource, 'knowledge'>;
  /** The group of giants that a package belongs to. */
  readonly groupOf: (cpv: string) => string | null;
};

/** How a run really went. Times in Unix milliseconds. */
export type RealRun = {
  readonly startedAt: number;
  readonly endedAt: number;
  readonly builds: number;
  /** Builds that ended without a package; the simulation knows none. */
  readonly failures: number;
};

type PastRun = { readonly workload: Workload; readonly conditions: Conditions; readonly real: RealRun };

const PAGE = 5_000;
const BUILDS_AT_MOST = 50_000;

/**
 * A session as it was built: its graph, how long each package took, and the drones that built. Packages that were not
 * built count as there. Drones that are not known any more are as fast as the reference. Undefined when nothing was built.
 */
export async function readPastRun(
  needs: PastRuns,
  session: SessionId,
  present: Conditions,
): Promise<PastRun | undefined> {
  const rows = await readBuilds(needs, session);
  const built = rows.filter(({ status }) => status === 'success');
  if (built.length === 0) return undefined;
  const begins = rows.map(({ builtAt, durationS }) => builtAt - durationS * 1000);
  const startedAt = begins.reduce((first, at) => Math.min(first, at));
  const drones = dronesOf(rows, present.drones);
  const plan = await needs.plans.get(session);
  return {
    workload: workloadOf(needs, { built, plan, drones, now: present.startAt }),
    conditions: { ...present, drones, startAt: startedAt },
    real: {
      startedAt,
      endedAt: built.reduce((last, { builtAt }) => Math.max(last, builtAt), startedAt),
      builds: built.length,
      failures: rows.length - built.length,
    },
  };
}

async function readBuilds({ reports }: PastRuns, session: SessionId): Promise<HistoryRow[]> {
  const all: HistoryRow[] = [];
  for (let before: number | null = null; all.length < BUILDS_AT_MOST; ) {
    const { rows } = await reports.history({ session, package: null, drone: null, before, limit: PAGE });
    all.push(...rows);
    if (rows.length < PAGE) break;
    before = rows.at(-1)?.id ?? null;
  }
  return all;
}

/** Who took part, as open as they were then. */
function dronesOf(rows: readonly HistoryRow[], present: readonly DroneFacts[]): DroneFacts[] {
  const known = new Map(present.map((drone) => [drone.id, drone]));
  const names = new Map(rows.map(({ droneId, droneName }) => [droneId, droneName]));
  return [...names].map(([id, name]) => {
    const sideBySide = mostAtOnce(rows.filter(({ droneId }) => droneId === id));
    const drone = known.get(id) ?? goneDrone(id, name, sideBySide);
    return { ...drone, closedBecause: null, slots: Math.max(drone.slots, sideBySide) };
  });
}

function goneDrone(id: DroneId, name: string, slots: number): DroneFacts {
  return {
    ...{ id, name, isSweeper: false, closedBecause: null, slowness: 1, slots },
    ...{ memoryMb: null, diskFreeBytes: null, arch: null, labels: [] },
  };
}

/** How many of the builds ran at the same time, at most. */
function mostAtOnce(rows: readonly HistoryRow[]): number {
  const edges = rows.flatMap(({ builtAt, durationS }) => [
    { at: builtAt - durationS * 1000, by: 1 },
    // Times of the history are rounded: whoever ends as another begins was not beside it.
    { at: builtAt - Math.min(1_000, durationS * 500), by: -1 },
  ]);
  let [now, most] = [0, 1];
  for (const { by } of edges.toSorted((left, right) => left.at - right.at || left.by - right.by)) {
    now += by;
    most = Math.max(most, now);
  }
  return most;
}

type Recorded = {
  readonly built: readonly HistoryRow[];
  readonly plan: PreparedPlan | undefined;
  readonly drones: readonly DroneFacts[];
  readonly now: number;
};

/** All of them were built here. */
const WITHOUT_HINTS = { given: undefined, isGiant: false };

function workloadOf({ source, groupOf }: PastRuns, { built, plan, drones, now }: Recorded): Workload {
  const slowness = new Map(drones.map((drone) => [drone.id, drone.slowness]));
  // Newest first: of a package that was built twice the last build is what the session ended with.
  const rowOf = new Map([...built].reverse().map((row) => [cpvOf(row), row]));
  const names = [...rowOf.keys()];
  const graph = plan ? planTasks(plan.graph) : listedTasks(names.map((name) => ({ name, needs: [] })));
  const knowledge = source.knowledge();
  const tasks = graph.names.map((cpv): SimulatedTask => {
    const row = rowOf.get(cpv);
    if (row === undefined) return { estimate: { p50S: 0, logSigma: 0 }, trueS: 0, state: 'done' };
    const task = taskOf({ cpv, package: row.package }, plan?.nodes.get(cpv));
    const { estimate, memoryMb } = beliefsOf(knowledge, task, WITHOUT_HINTS, now);
    const trueS = row.durationS / (slowness.get(row.droneId) ?? 1);
    return { estimate, trueS, memoryMb, group: groupOf(cpv) };
  });
  return { graph, tasks };
}

function cpvOf(row: HistoryRow): string {
  return row.package.replace(/^=/, '');
}
