import { createMetering } from '../adapters/metrics/metrics.ts';
import { makeOperations } from '../adapters/sqlite/operations.ts';
import type { SqliteStore } from '../adapters/sqlite/store.ts';
import { checkReadiness } from '../app/check-readiness.ts';
import type { Deps } from '../app/deps.ts';
import { followLog } from '../app/follow-log.ts';
import type { ProtocolLogState } from '../app/operations-ports.ts';
import { proveWritable } from '../app/prove-writable.ts';
import { pruneSwarm } from '../app/prune-swarm.ts';
import { readMetrics } from '../app/read-metrics.ts';
import type { WorkBell } from '../app/work-bell.ts';
import type { HttpLogger } from '../http/app.ts';
import type { Operations } from '../http/operations-routes.ts';
import { HALL_LIMITS, openHall } from '../http/stream-hall.ts';
import { diskSpace } from '../platform/disk-space.ts';
import type { ServerSettings } from '../settings/server-settings.ts';
import { createServices, type ServiceDefinition, type Services } from './services.ts';

type Parts = {
  readonly database: SqliteStore;
  readonly settings: ServerSettings;
  readonly bell: WorkBell;
  /** How long a running build takes as likely as not, in seconds. */
  readonly expectedS: (attempt: number) => number | null;
  readonly version: string;
  readonly logger: HttpLogger | false;
  /** One tick of the reconciler. */
  readonly reconcile: () => Promise<void>;
  /** Make a forecast, if one is due. */
  readonly refreshForecasts?: (() => Promise<void>) | undefined;
  /** What else runs by itself. */
  readonly moreServices?: readonly ServiceDefinition[] | undefined;
  readonly protocolLog?: (() => ProtocolLogState) | undefined;
};

/** Time that running requests get to finish when the program stops. */
const DRAIN_MS = 3_000;

/** What watches over the swarm and keeps it in order. */
export function wireOperations(
  deps: Deps,
  parts: Parts,
): { readonly http: Operations; readonly services: Services; readonly probe: () => Promise<void> } {
  const { clock, hub, store } = deps;
  const { database, settings, logger, protocolLog, bell, version, expectedS } = parts;
  const operations = settling(makeOperations(database.connection, database.write), () => store.settle(clock.now()));
  const { stream: reads, figures, metricsLog } = operations;
  const warn = (fields: Record<string, unknown>, said: string) => logger && logger.warn(fields, said);
  const services = wireServices(deps, parts, operations);
  const hall = openHall({
    ...deps,
    reads,
    followLog: followLog({ ...deps, reads }),
    expectedS,
    limits: HALL_LIMITS,
    onError: (err) => warn({ err }, 'the event stream could not be read; it is tried again'),
  });
  const states = () => services.states();
  const metering = createMetering({
    hub,
    figures,
    streams: () => hall.figures(),
    services: states,
    longPolls: () => bell.count(),
    protocolLog,
    version,
  });
  const probe = proveWritable({ hub, clock, probe: () => store.probeWrite(clock.now()) });
  const { dataDir: data, binhost, staging } = settings.paths;
  const paths = { data, binhost, staging };
  let isStopping = false;
  return {
    services,
    probe,
    http: {
      hall,
      metering,
      readMetrics: readMetrics({ metricsLog, clock }),
      checkReadiness: checkReadiness({
        proveWritable: probe,
        figures,
        paths,
        diskSpace,
        services: states,
        protocolLog,
      }),
      isStopping: () => isStopping,
      drainMs: DRAIN_MS,
      sayGoodbye: () => {
        isStopping = true;
        bell.close();
        hall.close('the control plane is stopping');
      },
    },
  };
}

/** Builds that nobody asked about are counted so often; a tail of this length is what a question waits for. */
const COUNT_EVERY_MS = 2_000;

/** How often it is looked whether a forecast is due. */
const FORECAST_LOOK_MS = 1_000;

/** What drones said last may not be written yet; whoever reads that of them sees it. */
function settling({ stream, metricsLog, ...others }: Made, settle: () => Promise<void>): Made {
  const settled = () => settle().catch(() => undefined);
  return {
    ...others,
    stream: { ...stream, nodes: (ids) => settled().then(() => stream.nodes(ids)) },
    metricsLog: {
      ...metricsLog,
      sample: (now) => settled().then(() => metricsLog.sample(now)),
      current: () => settled().then(() => metricsLog.current()),
    },
  };
}

type Made = ReturnType<typeof makeOperations>;

function wireServices(
  { clock, store }: Deps,
  { settings, logger, reconcile, refreshForecasts, moreServices = [] }: Parts,
  { metricsLog, pruner }: Made,
): Services {
  const { periods, retentions } = settings;
  const onError = (err: unknown, service: string) =>
    logger && logger.error({ err, service }, 'a background service failed; it is tried again');
  return createServices({ clock, onError }, [
    { name: 'reconcile', periodMs: periods.reconcileMs, run: reconcile },
    { name: 'metrics', periodMs: periods.metricsMs, run: () => metricsLog.sample(clock.now()) },
    { name: 'totals', periodMs: COUNT_EVERY_MS, run: () => store.settle(clock.now()) },
    { name: 'prune', periodMs: periods.pruneMs, run: pruneSwarm({ pruner, retention: retentions, clock }) },
    ...moreServices,
    ...(refreshForecasts ? [{ name: 'forecasts', periodMs: FORECAST_LOOK_MS, run: refreshForecasts }] : []),
  ]);
}
