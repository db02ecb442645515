import type { QueueId, SessionId } from '../core/ids.ts';
import type { EndForecast } from '../core/simulate/forecast.ts';
import type { Forecaster } from './forecast-ports.ts';
import type { ForecastSource } from './forecast-source.ts';
import { prospectsOf } from './left-to-build.ts';
import { type Made, madeBy } from './made-forecast.ts';
import type { Clock, EventHub } from './ports.ts';

/** What is expected of a session. Times in Unix milliseconds. */
export type SessionEstimate = {
  readonly sessionId: SessionId | null;
  /** Null is unknown, and `reason` says why. */
  readonly end: EndForecast | null;
  /** Share of what is left to build of which anything was learned. */
  readonly knownShare: number | null;
  readonly reason: string | null;
  /** Packages left to build, and those of them that no drone can take as things are. */
  readonly packages: number;
  readonly unbuildable: number;
  /** Of those: what is blocked or given up, and what waits for that. */
  readonly blocked: number;
};

/** Times in Unix milliseconds. */
export type PlannedPackage = {
  /** Name of the drone. */
  readonly drone: string;
  readonly startAt: number;
  readonly endAt: number;
  /** The package, still to be built, that it waits for last. */
  readonly after: string | null;
};

/** What is expected of a package. */
export type PackageEstimate = {
  readonly id: QueueId;
  readonly package: string;
  readonly sessionId: SessionId | null;
  readonly startAt: number | null;
  readonly end: EndForecast | null;
  /** Where and when it is built in the simulated run that stands for all; null where that is unknown. */
  readonly planned: PlannedPackage | null;
  /** Seconds that it takes on the reference drone; null when nothing is known. */
  readonly durationS: { readonly p50: number; readonly p90: number } | null;
  readonly source: string;
  readonly samples: number;
};

/** All that was foreseen, and when. */
export type Estimates = {
  /** The moment it starts from; null when there is none. */
  readonly at: number | null;
  readonly runs: number;
  /** Why there is none. */
  readonly reason: string | null;
  readonly sessions: readonly SessionEstimate[];
};

export type Forecasts = {
  /** What is foreseen now. Begins a forecast when one is due, and waits for it a moment. */
  ask(): Promise<Estimates>;
  /** What is foreseen now, at once; asked for often, it keeps forecasts coming. */
  newest(): Estimates;
  forecastOf(sessionId: SessionId | null): SessionEstimate;
  /** Of the packages that are left to build, those that the filter lets through. */
  packages(
    filter: (each: { readonly package: string; readonly sessionId: SessionId | null }) => boolean,
  ): PackageEstimate[];
  /** Make a forecast if something changed and somebody wants to know. */
  refresh(): Promise<void>;
};

type Needs = {
  readonly source: ForecastSource;
  readonly forecaster: Pick<Forecaster, 'forecast'>;
  readonly hub: EventHub;
  readonly clock: Clock;
  /** Least time from one forecast to the next. */
  readonly everyMs: number;
  /** Whether anybody is told of new ones by himself. */
  readonly isFollowed: () => boolean;
  readonly onMade: (estimates: Estimates) => void;
  readonly onError: (error: unknown) => void;
};

/** Who asked counts as wanting to know for so long. */
const ASKED_MS = 60_000;
/** Time alone makes it worse: a build that is overdue moves the end. */
const FRESH_MS = 60_000;
/** An older one is not shown. */
const SHOWN_MS = 5 * 60_000;
/** Who asks waits so long for a forecast that is being made. */
const PATIENCE_MS = 2_000;
/** At most this share of one processor: so many times as long as a forecast took, nothing is forecast. */
const REST = 4;

/** With less nothing can be said of any session, and saying so must not cost a simulation. */
const LEAST_KNOWN = 0.1;
const LITTLE_KNOWN = 'nothing was learned yet of most of what is left to build';
const BEING_MADE = 'the first forecast is being made';

/** Events after which the rest of the run is another one, and what was foreseen of it is not shown. */
const ANOTHER_RUN: ReadonlySet<string> = new Set(['queue', 'unblock', 'control']);

/** Keeps the newest forecast of the swarm, made anew while somebody wants to know. */
export function createForecasts(needs: Needs): Forecasts {
  const { source, hub, clock, everyMs, isFollowed, onMade, onError } = needs;
  const make = madeBy(needs);
  /** Counts what happened; and what happened that made the run another one. */
  let [changes, runs] = [1, 1];
  let made: Made | undefined;
  let failure: string | undefined;
  let running: Promise<void> | undefined;
  let askedAt = Number.NEGATIVE_INFINITY;
  let notBefore = Number.NEGATIVE_INFINITY;
  hub.subscribe((events) => {
    if (events.length > 0) changes += 1;
    if (events.some(({ type }) => ANOTHER_RUN.has(type))) runs += 1;
  });

  const makeNow = async (): Promise<void> => {
    const [change, run, begunAt] = [changes, runs, clock.elapsed()];
    notBefore = begunAt + everyMs;
    try {
      await source.look(clock.now());
      const isWorthIt = source.knownShare() >= LEAST_KNOWN || (await isAllStuck(source, clock.now()));
      made = isWorthIt ? await make({ change, run, begunAt }) : undefined;
      failure = isWorthIt ? undefined : LITTLE_KNOWN;
      if (made !== undefined && run === runs) onMade(shown());
    } catch (error) {
      failure = error instanceof Error ? error.message : String(error);
      onError(error);
    } finally {
      notBefore = Math.max(notBefore, clock.elapsed() + REST * (clock.elapsed() - begunAt));
    }
  };

  const isDue = (): boolean => {
    const now = clock.elapsed();
    const isFresh = made !== undefined && made.stamp.change === changes && now - made.stamp.begunAt < FRESH_MS;
    return !isFresh && now >= notBefore;
  };

  const begin = (): void => {
    running ??= makeNow().finally(() => {
      running = undefined;
    });
  };

  /** Why what was made is not to be shown. */
  const whyNone = (): string | null => {
    if (made === undefined) return failure ?? (running ? BEING_MADE : 'no forecast has been made yet');
    if (made.stamp.run !== runs) return 'the queue has changed since the newest forecast';
    const isOld = clock.elapsed() - made.stamp.begunAt > SHOWN_MS;
    return isOld ? (failure ?? 'the newest forecast is too old') : null;
  };

  const shown = (): Estimates => {
    const reason = whyNone();
    return made === undefined || reason !== null
      ? { at: null, runs: 0, reason, sessions: [] }
      : { at: made.at, runs: made.runs, reason, sessions: made.sessions };
  };

  const newest = (): Estimates => {
    askedAt = clock.elapsed();
    return shown();
  };

  return {
    newest,
    ask: async () => {
      askedAt = clock.elapsed();
      if (isDue()) begin();
      const enough = new AbortController();
      if (running !== undefined) await Promise.race([running, clock.sleep(PATIENCE_MS, enough.signal)]);
      enough.abort();
      return newest();
    },
    forecastOf: (sessionId) => {
      const { reason, sessions } = newest();
      const known = sessions.find((session) => session.sessionId === sessionId);
      const unknown = { sessionId, end: null, knownShare: null, packages: 0, unbuildable: 0, blocked: 0 };
      return known ?? { ...unknown, reason: reason ?? 'nothing of it is left to build' };
    },
    packages: (filter) =>
      made === undefined || whyNone() !== null ? [] : made.packages(filter, (id) => source.beliefOf(id)),
    refresh: async () => {
      const isWanted = isFollowed() || clock.elapsed() - askedAt < ASKED_MS;
      if (isWanted && isDue()) begin();
      await running;
    },
  };
}

/** Where nothing goes on by itself there is nothing to simulate, and it can be said why, however little is known. */
async function isAllStuck(source: ForecastSource, now: number): Promise<boolean> {
  if (source.isUnderWay()) return false;
  const picture = await source.picture(now);
  const { isBuilt, isStuck } = prospectsOf(picture);
  return picture.packages.every((_, task) => isBuilt(task) || isStuck(task));
}
