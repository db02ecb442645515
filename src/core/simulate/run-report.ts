import type { DroneId } from '../ids.ts';
import { type LowerBound, lowerBound, slotsOfFleet } from './bounds.ts';
import type { Conditions, SimulatedBuild, SimulatedRun } from './simulate.ts';
import type { SimulatedTask, Workload } from './workload.ts';

/** A time in which a drone had no build at all, in seconds since the beginning. */
export type IdleGap = { readonly fromS: number; readonly toS: number };

/** What a simulated run shows. */
export type RunReport = LowerBound & {
  readonly makespanS: number;
  /** How many times the bound; 1 for a run in which there was nothing to do. */
  readonly ratioToBound: number;
  readonly drones: readonly {
    readonly id: DroneId;
    readonly builds: number;
    /** Busy share of its slots. */
    readonly utilisation: number;
    readonly gaps: readonly IdleGap[];
  }[];
};

/**
 * Sums up a run. One that began in the middle is judged by what was left to do: what is built costs nothing, and a
 * running build what it still takes. With `counts` the span and the bound are those of these packages alone.
 */
export function runReport(
  run: SimulatedRun,
  workload: Workload,
  conditions: Conditions,
  counts: (task: number) => boolean = () => true,
): RunReport {
  const { startAt, drones } = conditions;
  const makespanS = spanS(run, startAt, counts);
  const bound = boundOf(workload, conditions, counts);
  const wholeS = (run.endAt - startAt) / 1000;
  const buildsOf = byDrone(run.builds);
  return {
    ...bound,
    makespanS,
    ratioToBound: bound.boundS > 0 ? makespanS / bound.boundS : 1,
    drones: drones.map(({ id, slots }) => {
      const builds = buildsOf.get(id) ?? [];
      const busyS = builds.reduce((sum, build) => sum + (build.endAt - Math.max(startAt, build.startAt)) / 1000, 0);
      const utilisation = wholeS > 0 ? busyS / (slots * wholeS) : 0;
      return { id, builds: builds.length, utilisation, gaps: idleGaps(builds, startAt, run.endAt) };
    }),
  };
}

function byDrone(builds: readonly SimulatedBuild[]): Map<DroneId, SimulatedBuild[]> {
  const found = new Map<DroneId, SimulatedBuild[]>();
  for (const build of builds) {
    const own = found.get(build.drone);
    if (own === undefined) found.set(build.drone, [build]);
    else own.push(build);
  }
  return found;
}

function spanS({ builds }: SimulatedRun, startAt: number, counts: (task: number) => boolean): number {
  const lastAt = builds.reduce((last, { task, endAt }) => (counts(task) ? Math.max(last, endAt) : last), startAt);
  return (lastAt - startAt) / 1000;
}

/** Of drones that may not take anything no help is expected. */
function boundOf(workload: Workload, conditions: Conditions, counts: (task: number) => boolean): LowerBound {
  const { drones, trueSlowness } = conditions;
  const open = drones.filter((drone) => drone.closedBecause === null);
  if (open.length === 0) return { criticalPathS: 0, capacityS: 0, boundS: 0 };
  const leftS = (task: number) => (counts(task) ? stillS(workload.tasks[task] as SimulatedTask, conditions) : 0);
  return lowerBound(workload.graph, leftS, slotsOfFleet(open, trueSlowness));
}

/** Reference seconds that it still takes. */
function stillS({ state, trueS }: SimulatedTask, { drones, trueSlowness, startAt }: Conditions): number {
  if (state === undefined) return trueS;
  if (state === 'done') return 0;
  const drone = drones.find(({ id }) => id === state.droneId);
  if (drone === undefined) return trueS;
  const slowness = trueSlowness?.get(drone.id) ?? drone.slowness;
  return Math.max(0, trueS - (startAt - state.startedAt) / 1000 / slowness);
}

function idleGaps(builds: readonly SimulatedBuild[], startAt: number, endAt: number): IdleGap[] {
  const gaps: IdleGap[] = [];
  let busyUntil = startAt;
  for (const build of builds.toSorted((left, right) => left.startAt - right.startAt)) {
    if (build.startAt > busyUntil)
      gaps.push({ fromS: (busyUntil - startAt) / 1000, toS: (build.startAt - startAt) / 1000 });
    busyUntil = Math.max(busyUntil, build.endAt);
  }
  if (endAt > busyUntil) gaps.push({ fromS: (busyUntil - startAt) / 1000, toS: (endAt - startAt) / 1000 });
  return gaps;
}
