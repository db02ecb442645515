import { setImmediate as nextTurn } from 'node:timers/promises';
import { type HistogramBin, histogram, quantile } from '../core/histogram.ts';
import {
  type ClassCourse,
  courseOf,
  type DroneStatistics,
  droneStatistics,
  durationHistogram,
  type FlakyPackage,
  flakyPackages,
  type Outcomes,
  outcomesOf,
  type PackageStatistics,
  packageStatistics,
  type StatisticsBuild,
  type TimeSlice,
} from '../core/statistics.ts';
import { waitsOf } from '../core/waiting.ts';
import { parseCpv } from '../portage/cpv.ts';
import type { Deps } from './deps.ts';
import type { LearnedSpeed, StatisticsReads } from './statistics-ports.ts';

export type StatisticsWish = {
  /** How far back, in hours; null for all that is remembered. */
  readonly hours: number | null;
  /** Only packages with this in their name, in small letters. */
  readonly package: string | null;
  /** Only builds of this drone, by its name. */
  readonly drone: string | null;
  /** Slices of time. */
  readonly slices: number;
};

/** How the swarm did in a time. Times are Unix milliseconds. */
export type Statistics = {
  readonly from: number;
  readonly to: number;
  /** There were more builds than were looked at. */
  readonly isCut: boolean;
  readonly totals: Outcomes;
  readonly course: readonly TimeSlice[];
  readonly failures: readonly ClassCourse[];
  readonly durations: readonly HistogramBin[];
  readonly waits: {
    readonly count: number;
    readonly p50S: number | null;
    readonly p90S: number | null;
    readonly bins: readonly HistogramBin[];
  };
  readonly drones: readonly (DroneStatistics & { readonly speed: LearnedSpeed | null })[];
  readonly packages: readonly PackageStatistics[];
  readonly packageCount: number;
  readonly flaky: readonly FlakyPackage[];
};

type Needs = Pick<Deps, 'clock'> & {
  readonly reads: StatisticsReads;
  readonly speedOf: (drone: string) => LearnedSpeed | null;
};

/** More builds, and more changes of the queue, are not looked at: the newest count. */
const BUILDS_AT_MOST = 40_000;
const CHANGES_AT_MOST = 60_000;
const NAMED_A_TURN = 1_000;
const PACKAGES = 300;
const FLAKY = 100;
const HOUR_MS = 3_600_000;
/** Whoever asks the same again within this time is answered the same. */
const KEPT_MS = 10_000;
const KEPT_ANSWERS = 8;

export type FindStatistics = (wish: StatisticsWish) => Promise<Statistics>;

/** Statistics of the builds of some time; a few answers are kept for a moment, since several people look at a page. */
export function createStatistics({ reads, speedOf, clock }: Needs): FindStatistics {
  const kept = new Map<string, { readonly at: number; readonly answer: Promise<Statistics> }>();
  const names = createNames();

  const look = async ({ hours, package: word, drone, slices }: StatisticsWish): Promise<Statistics> => {
    const to = clock.now();
    const since = hours === null ? 0 : to - hours * HOUR_MS;
    const found = await reads.builds(since, BUILDS_AT_MOST);
    const all = await named(found, names);
    const builds = all.filter(
      (build) => (word === null || build.name.toLowerCase().includes(word)) && (drone ?? build.drone) === build.drone,
    );
    const from = hours === null ? Math.min(all[0]?.endedAt ?? to, to - 1) : since;
    // Each part takes some milliseconds; in between others have their turn.
    const packages = await afterATurn(() => packageStatistics(builds));
    const drones = await afterATurn(() => droneStatistics(builds, { from, to }));
    const { course, failures } = await afterATurn(() => courseOf(builds, { from, to }, slices));
    const flaky = await afterATurn(() => flakyPackages(builds));
    const waits = (await afterATurn(async () => waitsOf(await reads.queueChanges(since, CHANGES_AT_MOST), since)))
      .slice()
      .sort((a, b) => a - b);
    return {
      ...{ from, to, isCut: all.length >= BUILDS_AT_MOST, totals: outcomesOf(builds), course, failures },
      ...{ durations: durationHistogram(builds), packageCount: packages.length },
      waits: {
        ...{ count: waits.length, p50S: quantile(waits, 0.5), p90S: quantile(waits, 0.9), bins: histogram(waits) },
      },
      drones: drones.map((each) => ({ ...each, speed: speedOf(each.drone) })),
      ...{ packages: packages.slice(0, PACKAGES), flaky: flaky.slice(0, FLAKY) },
    };
  };

  return (wish) => {
    const key = JSON.stringify(wish);
    const now = clock.now();
    const before = kept.get(key);
    if (before !== undefined && now - before.at < KEPT_MS) return before.answer;
    const answer = look(wish);
    kept.delete(key);
    kept.set(key, { at: now, answer });
    answer.catch(() => kept.delete(key));
    if (kept.size > KEPT_ANSWERS) kept.delete(kept.keys().next().value ?? '');
    return answer;
  };
}

/** Names of thousands of packages take a while to be read: in parts, so that others have their turn. */
async function named(
  builds: Awaited<ReturnType<StatisticsReads['builds']>>,
  nameOf: (packageName: string) => string,
): Promise<readonly StatisticsBuild[]> {
  const all: StatisticsBuild[] = [];
  for (const [index, build] of builds.entries()) {
    if (index % NAMED_A_TURN === 0) await nextTurn();
    all.push({ ...build, name: nameOf(build.package) });
  }
  return all;
}

async function afterATurn<T>(work: () => T | Promise<T>): Promise<T> {
  await nextTurn();
  return work();
}

/** Names without versions. The same packages are built again and again; what was built long ago is forgotten. */
function createNames(): (packageName: string) => string {
  const known = new Map<string, string>();
  return (packageName) => {
    const before = known.get(packageName);
    if (before !== undefined) return before;
    const bare = packageName.replace(/^=/, '');
    const name = parseCpv(bare)?.cp ?? bare;
    if (known.size >= BUILDS_AT_MOST) known.clear();
    known.set(packageName, name);
    return name;
  };
}
