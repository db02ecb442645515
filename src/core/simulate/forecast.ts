import type { DroneId, SessionId } from '../ids.ts';
import { lastNeeds } from '../schedule/last-needs.ts';
import { drawnWorkloads, quantile } from './drawn-durations.ts';
import { type Conditions, type SimulatedRun, simulate } from './simulate.ts';
import type { SimulatedTask, Workload } from './workload.ts';

/** When something is expected to end, in milliseconds of the clock. */
export type EndForecast = { readonly p50At: number; readonly p90At: number };

/** Where and when a package is built in one run that stands for all. Times in milliseconds of the clock. */
export type PlannedBuild = {
  readonly drone: DroneId;
  readonly startAt: number;
  readonly endAt: number;
  /** The package that it waits for last; null when it waits for none that is still to be built. */
  readonly after: number | null;
};

/** The rest of a run as far as it can be foreseen. */
export type Forecast = {
  readonly runs: number;
  /** Share of the packages still to be built of which anything was learned. */
  readonly knownShare: number;
  /** For each package in the graph's order; null for those that are built, or that no drone can take. */
  readonly packages: readonly (EndForecast | null)[];
  /** When each is expected to begin, or began (P50); null where it has no end. */
  readonly starts: readonly (number | null)[];
  /** What each drone builds when, in the run that ends as likely earlier as later than the others. */
  readonly planned: readonly (PlannedBuild | null)[];
  /** Of each session's packages that can be built; null where too little is known to say. */
  readonly sessions: ReadonlyMap<SessionId | null, EndForecast | null>;
  /** As `knownShare`, of each session. */
  readonly knownShares: ReadonlyMap<SessionId | null, number>;
};

/** How much a forecast may cost, and when it says that it does not know. */
export type ForecastLimits = {
  readonly runsAtMost: number;
  readonly runsAtLeast: number;
  /** Runs times packages stay below this, but for the least runs. */
  readonly buildsAtMost: number;
  /** With a smaller known share of a session's packages its end is unknown. */
  readonly knownShareAtLeast: number;
};

export const DEFAULT_FORECAST_LIMITS: ForecastLimits = {
  runsAtMost: 100,
  runsAtLeast: 10,
  buildsAtMost: 20_000,
  knownShareAtLeast: 0.5,
};

/** P50 and P90 of every end, by simulating the rest of the run with drawn durations (Monte Carlo): `drawnWorkloads`. */
export function forecast(
  workload: Workload,
  conditions: Conditions,
  random: () => number,
  limits: ForecastLimits = DEFAULT_FORECAST_LIMITS,
): Forecast {
  const remaining = workload.tasks.filter((task) => task.state !== 'done');
  const runs = runCount(remaining.length, limits);
  const ends = workload.tasks.map((): number[] => []);
  const starts = workload.tasks.map((): number[] => []);
  const simulated: SimulatedRun[] = [];
  for (const drawn of drawnWorkloads(workload, conditions, runs, random)) {
    const run = simulate(drawn, conditions);
    simulated.push(run);
    for (const build of run.builds) {
      ends[build.task]?.push(build.endAt);
      starts[build.task]?.push(build.startAt);
    }
  }
  return {
    runs,
    knownShare: knownShare(remaining),
    packages: ends.map(endForecast),
    starts: starts.map((each) => quantile(sorted(each), 0.5) ?? null),
    planned: plannedBuilds(workload, simulated),
    ...sessionForecasts(workload, ends, limits),
  };
}

/** Of ends and starts alone, each the median of its own, no run could be put together: drones would build two at once. */
function plannedBuilds({ graph, tasks }: Workload, runs: readonly SimulatedRun[]): (PlannedBuild | null)[] {
  const inOrder = runs.toSorted((one, other) => one.endAt - other.endAt);
  const builds = new Map(inOrder[Math.floor(inOrder.length / 2)]?.builds.map((build) => [build.task, build]));
  const last = lastNeeds(graph, (task) => builds.get(task)?.endAt ?? Number.NaN);
  return tasks.map((_, task) => {
    const build = builds.get(task);
    const after = last[task] ?? -1;
    return build === undefined
      ? null
      : { drone: build.drone, startAt: build.startAt, endAt: build.endAt, after: after < 0 ? null : after };
  });
}

function runCount(packages: number, { runsAtMost, runsAtLeast, buildsAtMost }: ForecastLimits): number {
  return Math.max(runsAtLeast, Math.min(runsAtMost, Math.floor(buildsAtMost / Math.max(1, packages))));
}

function knownShare(tasks: readonly SimulatedTask[]): number {
  return tasks.length === 0 ? 1 : tasks.filter((task) => task.isKnown !== false).length / tasks.length;
}

function sessionForecasts({ tasks }: Workload, ends: readonly (readonly number[])[], limits: ForecastLimits) {
  const sessions = new Map<SessionId | null, EndForecast | null>();
  const knownShares = new Map<SessionId | null, number>();
  for (const session of new Set(tasks.map((task) => task.sessionId ?? null))) {
    const remaining = [...tasks.keys()].filter((at) => isRemaining(tasks[at] as SimulatedTask, session));
    const share = knownShare(remaining.map((at) => tasks[at] as SimulatedTask));
    knownShares.set(session, share);
    sessions.set(session, share < limits.knownShareAtLeast ? null : endForecast(lastEnds(remaining, ends)));
  }
  return { sessions, knownShares };
}

function isRemaining({ state, sessionId }: SimulatedTask, session: SessionId | null): boolean {
  return state !== 'done' && (sessionId ?? null) === session;
}

/** For each run the end of whatever ends last. A package that no drone can take has no ends at all. */
function lastEnds(members: readonly number[], ends: readonly (readonly number[])[]): number[] {
  const last: number[] = [];
  for (const at of members) {
    ends[at]?.forEach((end, run) => {
      last[run] = Math.max(last[run] ?? end, end);
    });
  }
  return last;
}

function endForecast(ends: readonly number[]): EndForecast | null {
  const inOrder = sorted(ends);
  const [p50At, p90At] = [quantile(inOrder, 0.5), quantile(inOrder, 0.9)];
  return p50At === undefined || p90At === undefined ? null : { p50At, p90At };
}

function sorted(values: readonly number[]): number[] {
  return values.toSorted((left, right) => left - right);
}
