import { SwarmError } from '../core/errors.ts';
import type { DroneId, SessionId } from '../core/ids.ts';
import { DEFAULT_FORECAST_LIMITS, type ForecastLimits } from '../core/simulate/forecast.ts';
import type { ForecastColumns, Forecaster } from './forecast-ports.ts';
import type { Belief, ForecastSource, PicturedPackage } from './forecast-source.ts';
import type { PackageEstimate, PlannedPackage, SessionEstimate } from './forecasts.ts';
import { type Prospects, prospectsOf } from './left-to-build.ts';
import type { Clock } from './ports.ts';

/** What had happened when a forecast was begun, and when that was (`Clock.elapsed`). */
type Stamp = { readonly change: number; readonly run: number; readonly begunAt: number };

/** A forecast with what it was made from. */
export type Made = {
  readonly stamp: Stamp;
  readonly at: number;
  readonly runs: number;
  readonly sessions: readonly SessionEstimate[];
  packages(filter: Filter, beliefOf: ForecastSource['beliefOf']): PackageEstimate[];
};

type Filter = (each: PicturedPackage) => boolean;

type Needs = {
  readonly source: ForecastSource;
  readonly forecaster: Pick<Forecaster, 'forecast'>;
  readonly clock: Clock;
};

/** Always the same chances: what moves an estimate is what happened, and not luck. */
const SEED = 1;
const LEAST_EFFORT = 1 / 16;
const LEAST_RUNS = 4;
const AFFORDED_BUILDS = 100_000;

/** Makes the function that makes a forecast of now. After one that took too long it makes do with fewer runs. */
export function madeBy({ source, forecaster, clock }: Needs): (stamp: Stamp) => Promise<Made> {
  let effort = 1;
  return async (stamp) => {
    const at = clock.now();
    await source.look(at);
    const picture = await source.picture(at);
    try {
      const { workload, conditions } = picture;
      const limits = limitsFor(workload.tasks.length, effort);
      const columns = await forecaster.forecast({ workload, conditions, seed: SEED, limits });
      effort = Math.min(1, 2 * effort);
      const hasDrone = conditions.drones.some(({ closedBecause }) => closedBecause === null);
      const nameOf = new Map(conditions.drones.map(({ id, name }) => [id, name]));
      return made(stamp, {
        at,
        packages: picture.packages,
        prospects: prospectsOf(picture),
        hasDrone,
        columns,
        nameOf,
      });
    } catch (error) {
      if (error instanceof SwarmError && error.code === 'SIMULATION_TIMEOUT')
        effort = Math.max(LEAST_EFFORT, effort / 4);
      throw error;
    }
  };
}

/** Of very many packages fewer runs: chance evens out, and a forecast that takes a minute is old when it is made. */
function limitsFor(packages: number, effort: number): ForecastLimits {
  const { runsAtMost, buildsAtMost, knownShareAtLeast } = DEFAULT_FORECAST_LIMITS;
  const affordable = Math.max(LEAST_RUNS, Math.floor(AFFORDED_BUILDS / Math.max(1, packages)));
  const runsAtLeast = Math.min(DEFAULT_FORECAST_LIMITS.runsAtLeast, affordable);
  return {
    runsAtMost: Math.ceil(runsAtMost * effort),
    runsAtLeast: Math.max(2, Math.floor(runsAtLeast * effort)),
    buildsAtMost: buildsAtMost * effort,
    knownShareAtLeast,
  };
}

type Foreseen = {
  readonly at: number;
  readonly packages: readonly PicturedPackage[];
  readonly prospects: Prospects;
  /** Whether any drone may be given work now. */
  readonly hasDrone: boolean;
  readonly columns: ForecastColumns;
  readonly nameOf: ReadonlyMap<DroneId, string>;
};

function made(stamp: Stamp, foreseen: Foreseen): Made {
  const { at, columns, packages, prospects } = foreseen;
  const sessions = sessionEstimates(foreseen);
  const isForeseen = new Map(sessions.map(({ sessionId, end }) => [sessionId, end !== null]));
  return {
    stamp,
    at,
    runs: columns.runs,
    sessions,
    packages: (filter, beliefOf) =>
      packages.flatMap((each, place) => {
        const { id, package: name, sessionId } = each;
        if (id === null || prospects.isBuilt(place) || !filter(each)) return [];
        const belief = beliefOf(id);
        if (belief === undefined) return [];
        const ends = isForeseen.get(sessionId)
          ? { ...endsAt(columns, place), planned: plannedAt(foreseen, place) }
          : NOTHING;
        return [{ id, package: name, sessionId, ...packageEstimate(belief, ends) }];
      }),
  };
}

type Ends = Pick<PackageEstimate, 'startAt' | 'end' | 'planned'>;

const NOTHING: Ends = { startAt: null, end: null, planned: null };

function plannedAt({ columns: { planned }, packages, nameOf }: Foreseen, place: number): PlannedPackage | null {
  const drone = planned.drones[planned.drone[place] ?? -1];
  const [startAt, endAt] = [planned.startAt[place], planned.endAt[place]];
  if (drone === undefined || startAt === undefined || endAt === undefined) return null;
  const after = packages[planned.after[place] ?? -1]?.package ?? null;
  return { drone: nameOf.get(drone) ?? drone, startAt, endAt, after };
}

function endsAt({ startAt, p50At, p90At }: ForecastColumns, place: number): Pick<Ends, 'startAt' | 'end'> {
  const [start, p50, p90] = [startAt[place], p50At[place], p90At[place]];
  if (start === undefined || p50 === undefined || p90 === undefined || Number.isNaN(p50)) return NOTHING;
  return { startAt: start, end: { p50At: p50, p90At: p90 } };
}

/** The end of a package of which nothing is known is unknown, whatever the simulation took for it. */
function packageEstimate({ estimate, p90S, source, samples }: Belief, { startAt, end, planned }: Ends) {
  const isKnown = p90S !== null;
  return {
    ...{ startAt, planned, source, samples },
    end: isKnown ? end : null,
    durationS: isKnown ? { p50: estimate.p50S, p90: p90S } : null,
  };
}

type Counts = {
  readonly packages: number;
  readonly unbuildable: number;
  /** Of the unbuildable ones: blocked or given up, and those that wait for such. */
  readonly held: number;
  readonly waiting: number;
};

const NO_COUNTS: Counts = { packages: 0, unbuildable: 0, held: 0, waiting: 0 };

function sessionEstimates({ packages, prospects, columns, hasDrone }: Foreseen): SessionEstimate[] {
  const left = new Map<SessionId | null, Counts>();
  packages.forEach(({ sessionId }, task) => {
    if (prospects.isBuilt(task)) return;
    const counts = left.get(sessionId) ?? NO_COUNTS;
    const isLost = Number.isNaN(columns.p50At[task] ?? Number.NaN);
    left.set(sessionId, isLost ? lost(counts, task, prospects) : { ...counts, packages: counts.packages + 1 });
  });
  return [...left].map(([sessionId, counts]) => {
    const { held, waiting, ...shown } = counts;
    const end = columns.sessions.get(sessionId) ?? null;
    const knownShare = columns.knownShares.get(sessionId) ?? 0;
    const reason = end === null ? whyUnknown(knownShare, counts, hasDrone) : null;
    return { sessionId, end, knownShare, ...shown, blocked: held + waiting, reason };
  });
}

function lost({ packages, unbuildable, held, waiting }: Counts, task: number, { isHeld, isStuck }: Prospects): Counts {
  const isWaiting = !isHeld(task) && isStuck(task);
  return {
    packages: packages + 1,
    unbuildable: unbuildable + 1,
    held: held + (isHeld(task) ? 1 : 0),
    waiting: waiting + (isWaiting ? 1 : 0),
  };
}

function whyUnknown(knownShare: number, counts: Counts, hasDrone: boolean): string {
  const { packages, unbuildable, held, waiting } = counts;
  if (packages === unbuildable) return whyNothing(packages - held - waiting, counts, hasDrone);
  const unknown = Math.round((1 - knownShare) * packages);
  return `too little is known: nothing like ${unknown} of its ${packages} packages was ever built here`;
}

/** Nothing of what is left goes on by itself: what has to be done, and to how many packages. */
function whyNothing(refused: number, { held, waiting }: Counts, hasDrone: boolean): string {
  const behind =
    waiting === 0 ? '' : ` and ${waiting} more ${waiting === 1 ? 'waits' : 'wait'} for ${held === 1 ? 'it' : 'them'}`;
  const stuck =
    held === 0
      ? []
      : [`${held} ${held === 1 ? 'is' : 'are'} blocked${behind}: \`explain\` says why, \`unblock\` tries again`];
  const them = refused === 1 ? 'the package that is' : `any of the ${refused} packages that are`;
  const why = hasDrone
    ? `no drone can take ${them} left: \`explain\` names what each drone lacks`
    : `no drone may be given ${them} left: start, resume or unground one`;
  return [...(refused === 0 ? [] : [why]), ...stuck].join('; ');
}
