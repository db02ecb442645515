import type { FastifyInstance } from 'fastify';
import type { FindStatistics, Statistics } from '../app/statistics.ts';
import { type Api, api } from '../contract/api.ts';
import type { ReplyOf } from '../contract/endpoint.ts';
import type { HistogramBin } from '../core/histogram.ts';
import type { Outcomes } from '../core/statistics.ts';
import { route } from './route.ts';

type Reply = ReplyOf<Api['statistics']>;

const DEFAULT_SLICES = 60;

/** How the swarm did, added up here so that nobody has to read the whole history for it. */
export function registerStatisticsRoutes(app: FastifyInstance, find: FindStatistics): void {
  route(app, api.statistics, async ({ query }) =>
    present(
      await find({
        hours: query.hours ?? null,
        package: query.package?.trim().toLowerCase() || null,
        drone: query.drone ?? null,
        slices: query.buckets ?? DEFAULT_SLICES,
      }),
    ),
  );
}

function present(found: Statistics): Reply {
  return {
    ...{ since: found.from / 1000, until: found.to / 1000, truncated: found.isCut, totals: outcomes(found.totals) },
    course: found.course.map(({ at, ...slice }) => ({ at: at / 1000, ...counts(slice) })),
    failures: found.failures.map(({ failureClass, failed, course }) => ({
      ...{ failure_class: failureClass, failed, course: [...course] },
    })),
    durations: bins(found.durations),
    waiting: {
      ...{ count: found.waits.count, p50_s: tenths(found.waits.p50S), p90_s: tenths(found.waits.p90S) },
      bins: bins(found.waits.bins),
    },
    drones: found.drones.map((each) => ({
      ...{ name: each.drone, ...outcomes(each), built_per_hour: hundredths(each.builtPerHour) },
      ...{ speed: each.speed === null ? null : hundredths(each.speed.speed), speed_samples: each.speed?.samples ?? 0 },
    })),
    packages: found.packages.map((each) => ({
      ...{ package: each.name, ...outcomes(each), last_at: each.lastAt / 1000 },
      ...{ recent_s: [...each.recentS], trend: each.trend === null ? null : hundredths(each.trend) },
    })),
    total_packages: found.packageCount,
    flaky: found.flaky.map(({ package: name, built, failed, sessions, failureClasses, lastAt }) => ({
      ...{ package: name, built, failed, sessions, failure_classes: [...failureClasses], last_at: lastAt / 1000 },
    })),
  };
}

function outcomes({ builds, p90S, ...rest }: Outcomes) {
  const judged = rest.built + rest.failed;
  const rate = judged === 0 ? null : tenths((100 * rest.built) / judged);
  return { builds, ...counts(rest), p90_s: tenths(p90S), success_rate: rate };
}

function counts({ built, failed, returned, buildS, p50S }: Omit<Outcomes, 'builds' | 'p90S'>) {
  return { built, failed, returned, build_s: tenths(buildS) ?? 0, p50_s: tenths(p50S) };
}

function bins(these: readonly HistogramBin[]) {
  return these.map(({ fromS, toS, count }) => ({ from_s: fromS, to_s: toS, count }));
}

function tenths(value: number | null): number | null {
  return value === null ? null : Math.round(value * 10) / 10;
}

function hundredths(value: number): number {
  return Math.round(value * 100) / 100;
}
