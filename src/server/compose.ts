import { dirname, join, resolve } from 'node:path';
import { openBinhost } from '../adapters/binhost/binhost.ts';
import { openBuildLogs } from '../adapters/binhost/build-logs.ts';
import { openStagedPackages } from '../adapters/binhost/staged-packages.ts';
import { createHub } from '../adapters/events/hub.ts';
import { createSqlExplorer } from '../adapters/sql-explorer/explorer.ts';
import { makeAttemptReads } from '../adapters/sqlite/attempt-reads.ts';
import { makeAuditStore } from '../adapters/sqlite/audit-store.ts';
import { makeBinpkgReads } from '../adapters/sqlite/binpkg-reads.ts';
import { makeCredentialStore } from '../adapters/sqlite/credential-store.ts';
import { makeExplainReads } from '../adapters/sqlite/explain-reads.ts';
import { makeNodeSettings } from '../adapters/sqlite/node-settings.ts';
import { openPastStates } from '../adapters/sqlite/past-states.ts';
import { makePreviewReads } from '../adapters/sqlite/preview-reads.ts';
import { makePriorityWrites } from '../adapters/sqlite/priority-writes.ts';
import { makeRemovals } from '../adapters/sqlite/removal-writes.ts';
import { makeSessionFacts } from '../adapters/sqlite/session-facts.ts';
import { makeStatisticsReads } from '../adapters/sqlite/statistics-reads.ts';
import type { SqliteStore } from '../adapters/sqlite/store.ts';
import { makeTimelineReads } from '../adapters/sqlite/timeline-reads.ts';
import { openSwarmConfig } from '../adapters/swarm-config/swarm-config-file.ts';
import type { Deps } from '../app/deps.ts';
import { labelledPackages } from '../app/dispatch/asked-labels.ts';
import { createDispatcher } from '../app/dispatch/dispatcher.ts';
import { expectDurations } from '../app/dispatch/expected-duration.ts';
import type { KnownPackage } from '../app/dispatch/known-package.ts';
import { importStaged } from '../app/import-staged.ts';
import { createPlans } from '../app/plans.ts';
import type { Clock, Ids } from '../app/ports.ts';
import { createPublisher } from '../app/publish.ts';
import { reconcileSwarm } from '../app/reconcile-swarm.ts';
import { type Recovery, recover } from '../app/recover.ts';
import { createReadying } from '../app/refresh-readiness.ts';
import { tellingSwarmConfig } from '../app/swarm-config.ts';
import { createWorkBell } from '../app/work-bell.ts';
import { buildHttp, type HttpLogger, type HttpServer } from '../http/app.ts';
import type { AccessUseCases, Configuration } from '../http/use-cases.ts';
import type { ServerSettings } from '../settings/server-settings.ts';
import { ensureAdminToken } from './admin-token.ts';
import { openLiveBackups } from './backup/live-backups.ts';
import { closeWithServer, openProtocolLog } from './open-wire-log.ts';
import type { Services } from './services.ts';
import { dashboardDir } from './shipped-files.ts';
import { type CareWays, wireCare } from './wire-care.ts';
import { wireForecasts } from './wire-forecasts.ts';
import { wireOperations } from './wire-operations.ts';
import { type ProvisioningSettings, wireProvisioning } from './wire-provisioning.ts';
import { wireUseCases } from './wire-use-cases.ts';

export type Composition = {
  readonly database: SqliteStore;
  readonly settings: ServerSettings;
  /** The settings as admins are shown them; none where nobody read any. */
  readonly configuration?: Configuration | undefined;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly version: string;
  readonly logger: HttpLogger | false;
  /** The port told to agents, known once it is listened on. */
  readonly port: () => number;
  /** For tests: what is not as the settings say. */
  readonly provisioning?: Partial<ProvisioningSettings> | undefined;
  /** For tests: how drones are reached that do not go on. */
  readonly care?: CareWays | undefined;
  /** For tests: replies are compared with their schemas. */
  readonly checksReplies?: boolean | undefined;
};

export type ControlPlane = {
  readonly app: HttpServer;
  readonly access: AccessUseCases;
  /** Requests are answered once this has run. */
  readonly recover: () => Promise<Recovery>;
  /** One tick of the reconciler. */
  readonly reconcile: () => Promise<void>;
  /** What runs by itself once it is started. */
  readonly services: Services;
};

/** Put the program together; nothing listens and nothing runs by itself yet. */
export async function compose(parts: Composition): Promise<ControlPlane> {
  const { database, settings, clock, ids } = parts;
  const { paths, listen, auth } = settings;
  const deps: Deps = {
    store: database.store,
    reports: database.reports,
    credentials: makeCredentialStore(database.raw, database.write),
    binhost: await openBinhost({ publicDir: paths.binhost, stagingDir: paths.staging }),
    logs: await openBuildLogs(paths.buildLogs),
    hub: createHub(),
    clock,
    ids,
    policy: settings.policy,
  };
  const plans = createPlans(deps);
  const publisher = createPublisher({ ...deps, readying: createReadying({ ...deps, plans }) });
  const bell = createWorkBell(deps.hub);
  const dispatcher = createDispatcher({
    live: database.dispatch,
    plans,
    clock,
    policy: { ...settings.policy, ...settings.placement },
  });
  // What is queued is looked at at once, and not all of it when a drone first asks.
  deps.hub.subscribe((events) => {
    if (events.some(({ type }) => type === 'queue')) void dispatcher.look(clock.now());
  });
  const gate = openable();
  const { version, port, logger, checksReplies } = parts;
  const provisioning = wireProvisioning(deps, {
    auth,
    version,
    settings: { ...settings.provisioning, ...parts.provisioning },
  });
  const wirePath = join(dirname(resolve(database.connection.name)), 'protocol.db');
  const sqlExplorer = createSqlExplorer({ path: resolve(database.connection.name), wirePath, ...settings.sql });
  const pastStates = openPastStates(database.connection.name, settings.policy);
  const swarmConfig = tellingSwarmConfig({
    ...deps,
    file: openSwarmConfig(paths.swarmConfig),
    warn: (fields) => logger && logger.warn(fields, 'there is a problem with swarm.json'),
  });
  const reconcileNow = reconcileSwarm({
    ...deps,
    publisher,
    plans,
    expectedP90S: ({ queueId, droneId }) => dispatcher.p90S(queueId, droneId),
    labelled: () => labelledPackages(dispatcher.all()),
  });
  const reconcile = async (): Promise<void> => {
    await dispatcher.tick(clock.now());
    await reconcileNow();
  };
  const now = () => clock.now();
  const { wireLog, recording } = openProtocolLog({ path: wirePath, settings, now, logger });
  const backups = openLiveBackups({
    ...{ paths: { ...paths, database: resolve(database.connection.name) }, protocolLog: wirePath, version, now },
    settle: () => database.store.settle(now()),
  });
  const forecasts = wireForecasts(deps, {
    source: {
      ...dispatcher,
      beliefOf: (id) => dispatcher.known(id)?.beliefs,
      isUnderWay: () => isUnderWay(dispatcher.all()),
      knownShare: () => knownShare(dispatcher.all()),
    },
    plans,
    giants: settings.placement.giants,
    settings,
    hall: () => operations.http.hall,
    logger,
  });
  const { services: moreServices, ...care } = wireCare(deps, parts);
  const operations = wireOperations(deps, {
    ...parts,
    moreServices,
    bell,
    expectedS: dispatcher.expectedS,
    reconcile,
    refreshForecasts: forecasts.refresh,
    protocolLog: recording && (() => wireLog.counters()),
  });
  const { probe } = operations;
  const useCases = wireUseCases(deps, {
    plans,
    publisher,
    importStaged: importStaged({ ...deps, plans, staged: openStagedPackages(paths.delivered) }),
    bell,
    dispatcher,
    explainReads: makeExplainReads(database.connection),
    attemptReads: makeAttemptReads(database.connection),
    timelineReads: makeTimelineReads(database.connection),
    binpkgReads: makeBinpkgReads(database.connection),
    auditStore: makeAuditStore(database.connection, database.write),
    backups,
    previewReads: makePreviewReads(database.connection),
    expectations: expectDurations({ dispatcher, giants: settings.placement.giants }),
    steeringWrites: {
      ...makePriorityWrites(database.connection, database.write),
      ...makeNodeSettings(database.connection, database.write),
    },
    removals: makeRemovals(database.connection, database.write),
    sessionReads: makeSessionFacts(database.connection),
    statisticsReads: makeStatisticsReads(database.connection),
    provisioning,
    sqlExplorer,
    pastStates,
    wireLog,
    swarmConfig,
    probe,
  });
  const options = {
    operations: operations.http,
    useCases: { ...useCases, ...care, estimates: forecasts.useCases },
    recording,
    auth,
    version,
    configuration: parts.configuration ?? { file: paths.configFile, settings: [] },
    binhostDir: paths.binhost,
    dashboardDir: dashboardDir(),
    port,
    reportIp: listen.reportIp ?? undefined,
    startedAt: now(),
    now,
    recovered: gate.opened,
    corsOrigins: listen.corsOrigins,
    maxConnections: listen.maxConnections,
    checksReplies,
  };
  const recoverNow = recover({ ...deps, publisher });
  const app = buildHttp(options, logger);
  app.addHook('preClose', async () => {
    await Promise.all([sqlExplorer.close(), pastStates.close(), forecasts.close(), backups.close()]);
  });
  closeWithServer(app, wireLog);
  // Not everybody waits for what is being published; the database is closed next.
  app.addHook('onClose', () => publisher.settle());
  return {
    app,
    access: useCases.access,
    recover: async () => {
      const recovery = await recoverNow();
      await dispatcher.recall();
      if (auth.mode === 'token') await ensureAdminToken(useCases.access, paths.dataDir);
      gate.open();
      // What is wrong in it is told now, and not when a drone first asks.
      await swarmConfig.read();
      return recovery;
    },
    reconcile,
    services: operations.services,
  };
}

function openable(): { opened: Promise<void>; open: () => void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

function isUnderWay(packages: Iterable<KnownPackage>): boolean {
  for (const { live } of packages) {
    if (live.state === 'delegated' || (live.state === 'needed' && live.isReady)) return true;
  }
  return false;
}

function knownShare(packages: Iterable<KnownPackage>): number {
  let [known, all] = [0, 0];
  for (const { beliefs } of packages) {
    all += 1;
    if (beliefs.source !== 'unknown') known += 1;
  }
  return all === 0 ? 1 : known / all;
}
