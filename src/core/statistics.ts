import { type HistogramBin, histogram, quantile } from './histogram.ts';

/** A build that ended. Times in Unix milliseconds. */
export type StatisticsBuild = {
  readonly package: string;
  /** Category and name, without the version. */
  readonly name: string;
  readonly drone: string;
  readonly outcome: 'built' | 'failed' | 'returned';
  readonly durationS: number;
  readonly endedAt: number;
  readonly sessionId: string | null;
  readonly failureClass: string | null;
};

export type Span = { readonly from: number; readonly to: number };

/** Builds by how they ended, with how long those that ended well took: the middle, and nine of ten. */
export type Outcomes = {
  readonly builds: number;
  readonly built: number;
  readonly failed: number;
  readonly returned: number;
  readonly buildS: number;
  readonly p50S: number | null;
  readonly p90S: number | null;
};

export type DroneStatistics = Outcomes & { readonly drone: string; readonly builtPerHour: number };

export type PackageStatistics = Outcomes & {
  readonly name: string;
  readonly lastAt: number;
  /** Seconds of its newest builds that ended well, the oldest first. */
  readonly recentS: readonly number[];
  /** How the newer half compares with the older: 1.2 takes a fifth longer. Null while there are few. */
  readonly trend: number | null;
};

/** A package that failed and was built within one session, so with the same plan. */
export type FlakyPackage = {
  readonly package: string;
  readonly built: number;
  readonly failed: number;
  readonly sessions: number;
  readonly failureClasses: readonly string[];
  readonly lastAt: number;
};

export type TimeSlice = Omit<Outcomes, 'builds' | 'p90S'> & { readonly at: number };

export type ClassCourse = {
  /** Null where nobody said of which class. */
  readonly failureClass: string | null;
  readonly failed: number;
  /** For each slice of time. */
  readonly course: readonly number[];
};

const RECENT = 16;
/** With fewer, a trend is chance. */
const TREND_FROM = 4;
const HOUR_MS = 3_600_000;

/** All of them together. */
export function outcomesOf(builds: readonly StatisticsBuild[]): Outcomes {
  const counts = { built: 0, failed: 0, returned: 0 };
  let buildS = 0;
  for (const { outcome, durationS } of builds) {
    counts[outcome] += 1;
    if (outcome === 'built') buildS += durationS;
  }
  // Typed: some thousands of numbers are sorted several times as fast.
  const seconds = Float64Array.from(builtSeconds(builds)).sort();
  return { builds: builds.length, ...counts, buildS, p50S: quantile(seconds, 0.5), p90S: quantile(seconds, 0.9) };
}

/** How long builds that ended well took. */
export function durationHistogram(builds: readonly StatisticsBuild[]): readonly HistogramBin[] {
  return histogram(builtSeconds(builds));
}

/** The busiest first. */
export function droneStatistics(builds: readonly StatisticsBuild[], span: Span): readonly DroneStatistics[] {
  const hours = Math.max(1 / 60, (span.to - span.from) / HOUR_MS);
  return [...groupBy(builds, ({ drone }) => drone)]
    .map(([drone, own]) => ({ drone, ...outcomesOf(own), builtPerHour: countOf(own, 'built') / hours }))
    .toSorted((a, b) => b.buildS - a.buildS || (a.drone < b.drone ? -1 : 1));
}

/** What took most time in all first; `builds` the oldest first. */
export function packageStatistics(builds: readonly StatisticsBuild[]): readonly PackageStatistics[] {
  return [...groupBy(builds, ({ name }) => name)]
    .map(([name, own]) => {
      const seconds = builtSeconds(own);
      return {
        ...{ name, ...outcomesOf(own), lastAt: own.at(-1)?.endedAt ?? 0 },
        ...{ recentS: seconds.slice(-RECENT), trend: trendOf(seconds) },
      };
    })
    .toSorted((a, b) => b.buildS - a.buildS || (a.name < b.name ? -1 : 1));
}

/** What failed most often first. Builds outside of sessions have no plan to compare. */
export function flakyPackages(builds: readonly StatisticsBuild[]): readonly FlakyPackage[] {
  const withSession = builds.filter(({ sessionId, outcome }) => sessionId !== null && outcome !== 'returned');
  const mixed = [...groupBy(withSession, (build) => `${build.sessionId} ${build.package}`).values()].filter(
    (own) => countOf(own, 'built') > 0 && countOf(own, 'failed') > 0,
  );
  const byPackage = groupBy(mixed.flat(), (build) => build.package);
  return [...byPackage]
    .map(([name, own]) => ({
      ...{ package: name, built: countOf(own, 'built'), failed: countOf(own, 'failed') },
      sessions: new Set(own.map(({ sessionId }) => sessionId)).size,
      failureClasses: [...new Set(own.flatMap(({ failureClass }) => failureClass ?? []))].toSorted(),
      lastAt: Math.max(...own.map(({ endedAt }) => endedAt)),
    }))
    .toSorted((a, b) => b.failed - a.failed || b.lastAt - a.lastAt);
}

/** Equal slices of the time, the oldest first, with the failures of each class in them, the commonest class first. */
export function courseOf(
  builds: readonly StatisticsBuild[],
  { from, to }: Span,
  slices: number,
): { readonly course: readonly TimeSlice[]; readonly failures: readonly ClassCourse[] } {
  const lengthMs = Math.max(1, to - from) / slices;
  const placeOf = ({ endedAt }: StatisticsBuild) =>
    Math.min(slices - 1, Math.max(0, Math.floor((endedAt - from) / lengthMs)));
  const bySlice = groupBy(builds, placeOf);
  const course = Array.from({ length: slices }, (_, index) => {
    const { built, failed, returned, buildS, p50S } = outcomesOf(bySlice.get(index) ?? []);
    return { at: from + index * lengthMs, built, failed, returned, buildS, p50S };
  });
  const failed = builds.filter(({ outcome }) => outcome === 'failed');
  const failures = [...groupBy(failed, (build) => build.failureClass)].map(([failureClass, own]) => {
    const counts = Array.from({ length: slices }, () => 0);
    for (const build of own) counts[placeOf(build)] = (counts[placeOf(build)] ?? 0) + 1;
    return { failureClass, failed: own.length, course: counts };
  });
  return { course, failures: failures.toSorted((a, b) => b.failed - a.failed) };
}

/** Medians of the two halves: one build that took long says nothing. */
function trendOf(seconds: readonly number[]): number | null {
  if (seconds.length < TREND_FROM) return null;
  const half = Math.floor(seconds.length / 2);
  const middle = (some: readonly number[]) => quantile(Float64Array.from(some).sort(), 0.5) ?? 0;
  const [older, newer] = [middle(seconds.slice(0, half)), middle(seconds.slice(-half))];
  return older > 0 ? newer / older : null;
}

/** Some old agents did not say how long they took. */
function builtSeconds(builds: readonly StatisticsBuild[]): readonly number[] {
  const seconds: number[] = [];
  for (const { outcome, durationS } of builds) if (outcome === 'built' && durationS > 0) seconds.push(durationS);
  return seconds;
}

function countOf(builds: readonly StatisticsBuild[], outcome: StatisticsBuild['outcome']): number {
  let count = 0;
  for (const build of builds) if (build.outcome === outcome) count += 1;
  return count;
}

function groupBy<K>(builds: readonly StatisticsBuild[], keyOf: (build: StatisticsBuild) => K) {
  const groups = new Map<K, StatisticsBuild[]>();
  for (const build of builds) {
    const key = keyOf(build);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [build]);
    else group.push(build);
  }
  return groups;
}
