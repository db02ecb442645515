import type { DroneId } from '../core/ids.ts';
import { averageInBuckets, averageOfSwarm, type Moment } from '../core/metrics-buckets.ts';
import type { MetricsLog, MetricsRow } from './operations-ports.ts';
import type { Clock } from './ports.ts';

export type MetricsWish = {
  /** Unix milliseconds; undefined for the last hour, 0 for all there is. */
  readonly since: number | undefined;
  readonly nodeId: DroneId | null;
  /** Only of the swarm as a whole, with the means of its drones. */
  readonly isOfSwarm: boolean;
  readonly buckets: number | undefined;
  readonly maxRows: number;
};

export type MetricsAnswer = Awaited<ReturnType<MetricsLog['current']>> & {
  readonly at: number;
  readonly rows: readonly MetricsRow[];
  /** What one row stands for; null when rows are single samples. */
  readonly bucketMs: number | null;
};

const HOUR_MS = 3_600_000;
/** Rows that one answer is made from; of a longer time only every so many samples are looked at. */
const ROWS_READ = 20_000;

/** The measurements since a time: as they are when they are few, otherwise averaged so that all of it is covered. */
export function readMetrics({ metricsLog, clock }: { metricsLog: MetricsLog; clock: Pick<Clock, 'now'> }) {
  return async ({ since, nodeId, isOfSwarm, buckets, maxRows }: MetricsWish): Promise<MetricsAnswer> => {
    const at = clock.now();
    const from = since ?? at - HOUR_MS;
    const current = await metricsLog.current();
    if (isOfSwarm) {
      const all = averageOfSwarm(await spread(metricsLog, from), buckets ?? maxRows);
      return { ...current, at, rows: all.rows, bucketMs: all.bucketMs };
    }
    const newest = await metricsLog.newest({ since: from, nodeId, limit: maxRows + 1 });
    if (newest.length <= maxRows && buckets === undefined) return { ...current, at, rows: newest, bucketMs: null };
    const rows = nodeId === null ? await spread(metricsLog, from) : await ofNode(metricsLog, from, nodeId);
    const averaged = averageInBuckets(rows, { buckets: buckets ?? maxRows, maxRows });
    return { ...current, at, rows: averaged.rows, bucketMs: averaged.bucketMs };
  };
}

/** Whole samples, evenly spread over the time. */
async function spread(metricsLog: MetricsLog, since: number): Promise<readonly MetricsRow[]> {
  const times = await metricsLog.sampleTimes(since);
  const last = times.at(-1);
  if (last === undefined) return [];
  const rowsOfOne = Math.max(1, (await metricsLog.rowsAt(last)).length);
  const wanted = Math.min(times.length, Math.max(1, Math.floor(ROWS_READ / rowsOfOne)));
  const rows: Moment[] = [];
  for (let index = 0; index < wanted; index += 1) {
    const time = times[Math.floor(((index + 1) * times.length) / wanted) - 1];
    if (time !== undefined) rows.push(...(await metricsLog.rowsAt(time)));
  }
  return rows;
}

function ofNode(metricsLog: MetricsLog, since: number, nodeId: DroneId): Promise<readonly MetricsRow[]> {
  return metricsLog.newest({ since, nodeId, limit: ROWS_READ });
}
