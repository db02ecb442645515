import type { FastifyInstance } from 'fastify';
import type { DiskReadiness, Readiness } from '../app/check-readiness.ts';
import type { Metering, MetricsRow, ServiceState } from '../app/operations-ports.ts';
import type { readMetrics } from '../app/read-metrics.ts';
import { api } from '../contract/api.ts';
import type { ReplyOf } from '../contract/endpoint.ts';
import { METRICS_ROWS } from '../contract/metrics.ts';
import { route } from './route.ts';
import type { StreamHall } from './stream-hall.ts';

/** What keeps an eye on the control plane. */
export type OperationsUseCases = {
  readonly checkReadiness: () => Promise<Readiness>;
  readonly readMetrics: ReturnType<typeof readMetrics>;
  readonly metering: Metering;
  /** Whether it is going to stop. */
  readonly isStopping: () => boolean;
};

/** Those, the streams, and how to take leave. */
export type Operations = OperationsUseCases & {
  readonly hall: StreamHall;
  /** Answer what waits, end what never ends: the program is going to stop. */
  readonly sayGoodbye: () => void;
  /** Time that running requests then get, in milliseconds. */
  readonly drainMs: number;
};

/** What monitoring asks for. */
export function registerOperationsRoutes(app: FastifyInstance, operations: OperationsUseCases): void {
  route(app, api.ready, async (_request, { reply }) => {
    const body = presentReadiness(await operations.checkReadiness(), operations.isStopping());
    return body.ready ? body : reply.code(503).send({ ...body, error: body.problems[0] });
  });

  route(app, api.prometheus, async (_request, { reply }) => {
    const { contentType, text } = await operations.metering.render();
    return reply.type(contentType).send(text);
  });

  route(app, api.metrics, async ({ query }) => {
    const answer = await operations.readMetrics({
      since: query.since === undefined ? undefined : query.since * 1000,
      nodeId: query.node ?? null,
      isOfSwarm: query.swarm,
      buckets: query.buckets,
      maxRows: METRICS_ROWS,
    });
    return {
      timestamp: answer.at / 1000,
      history: answer.rows.map(presentMetricsRow),
      bucket_s: answer.bucketMs === null ? null : answer.bucketMs / 1000,
      current_queue: { ...answer.counts },
      drones: Object.fromEntries(Object.entries(answer.drones).map(([name, said]) => [name, { ...said }])),
    };
  });
}

function presentReadiness(readiness: Readiness, isStopping: boolean): ReplyOf<typeof api.ready> {
  const { store, disks, services, protocolLog } = readiness;
  const problems = [...(isStopping ? ['the control plane is stopping'] : []), ...readiness.problems];
  return {
    ready: problems.length === 0,
    problems,
    stopping: isStopping,
    store: {
      writable: store.error === null,
      error: store.error,
      size_bytes: store.databaseBytes,
      wal_bytes: store.walBytes,
    },
    disks: {
      data: presentDisk(disks.data),
      binhost: presentDisk(disks.binhost),
      staging: presentDisk(disks.staging),
    },
    services: services.map(presentService),
    protocol_log: protocolLog === null ? null : { queued: protocolLog.queued, dropped: protocolLog.dropped },
  };
}

function presentDisk({ path, space, status }: DiskReadiness) {
  const percent = space === null || space.totalBytes === 0 ? null : (space.freeBytes / space.totalBytes) * 100;
  return {
    path,
    free_bytes: space?.freeBytes ?? null,
    total_bytes: space?.totalBytes ?? null,
    free_percent: percent === null ? null : Math.round(percent * 10) / 10,
    status,
  };
}

function presentService(service: ServiceState & { readonly isFailing: boolean }) {
  const { nextRunInMs, isRunning, lastRunAt, lastDurationMs } = service;
  const isGoingOn = isRunning || nextRunInMs !== null;
  return {
    name: service.name,
    status: service.isFailing ? ('failing' as const) : isGoingOn ? ('ok' as const) : ('stopped' as const),
    period_s: service.periodMs / 1000,
    running: isRunning,
    runs: service.runs,
    failures: service.failures,
    last_run: lastRunAt === null ? null : lastRunAt / 1000,
    last_duration_s: lastDurationMs === null ? null : lastDurationMs / 1000,
    last_error: service.lastError,
    next_run_in_s: nextRunInMs === null ? null : nextRunInMs / 1000,
  };
}

function presentMetricsRow(row: MetricsRow) {
  return {
    id: row.id,
    timestamp: row.at / 1000,
    node_id: row.nodeId,
    cpu_percent: row.cpuPercent,
    ram_percent: row.ramPercent,
    load_1m: row.load1m,
    disk_free_mb: row.diskFreeMb,
    queue_needed: row.needed,
    queue_delegated: row.delegated,
    queue_received: row.received,
    queue_blocked: row.blocked,
  };
}
