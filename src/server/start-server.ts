import { mkdir } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { openBinhost } from '../adapters/binhost/binhost.ts';
import { openBuildLogs } from '../adapters/binhost/build-logs.ts';
import { systemClock, systemIds } from '../adapters/clock/system-clock.ts';
import { createHub } from '../adapters/events/hub.ts';
import { openSqliteStore, type SqliteStore } from '../adapters/sqlite/store.ts';
import type { Deps } from '../app/deps.ts';
import { createPlans } from '../app/plans.ts';
import { createPublisher, type Publisher } from '../app/publish.ts';
import { reconcileSwarm } from '../app/reconcile-swarm.ts';
import { type Recovery, recover } from '../app/recover.ts';
import { createReadying } from '../app/refresh-readiness.ts';
import { SwarmError } from '../core/errors.ts';
import type { Policy } from '../core/policy.ts';
import { buildHttp, type HttpLogger, type HttpServer } from '../http/app.ts';
import { periodically } from './periodically.ts';
import { wireUseCases } from './wire-use-cases.ts';

export type ServerConfig = {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly dbPath: string;
  /** Binary packages, uploads and logs. */
  readonly dataDir: string;
  readonly reportIp?: string;
  readonly policy: Policy;
  readonly version: string;
  readonly logger: HttpLogger;
};

export type RunningServer = {
  readonly url: string;
  readonly port: number;
  readonly recovered: Recovery;
  /** Finish what is being answered, then close. Safe to call twice. */
  stop(): Promise<void>;
};

/** How often what is due is looked for. */
const RECONCILE_EVERY_MS = 1_000;

/**
 * Start the control plane where it was left.
 * @throws SwarmError ADDRESS_IN_USE, DATABASE_UNUSABLE, DIRECTORY_UNUSABLE, BAD_SETTING
 */
export async function startServer(config: ServerConfig): Promise<RunningServer> {
  await makeDataDir(config.dataDir);
  const database = openSqliteStore(config.dbPath);
  try {
    return await startOn(database, config);
  } catch (error) {
    database.close();
    throw error;
  }
}

async function startOn(database: SqliteStore, config: ServerConfig): Promise<RunningServer> {
  const binhostDir = join(config.dataDir, 'binhost');
  const deps: Deps = {
    store: database.store,
    reports: database.reports,
    binhost: await openBinhost({ publicDir: binhostDir, stagingDir: join(config.dataDir, 'staging') }),
    logs: await openBuildLogs(join(config.dataDir, 'logs')),
    hub: createHub(),
    clock: systemClock,
    ids: systemIds,
    policy: config.policy,
  };
  const plans = createPlans(deps);
  const publisher = createPublisher({ ...deps, readying: createReadying({ ...deps, plans }) });
  let port = config.port;
  const { promise: recovery, resolve: recoveredNow } = deferred();
  const app = buildHttp(
    {
      useCases: wireUseCases(deps, { plans, publisher }),
      version: config.version,
      binhostDir,
      port: () => port,
      reportIp: config.reportIp,
      startedAt: deps.clock.now(),
      now: () => deps.clock.now(),
      recovered: recovery,
    },
    config.logger,
  );
  // The address is taken before anything is recovered, so that a second server by mistake changes nothing.
  await app.ready();
  await listen(app, config);
  port = (app.server.address() as AddressInfo).port;
  const recovered = await recoverOrClose(app, () => recover({ ...deps, publisher })());
  recoveredNow();
  const reconciler = startReconciler(deps, publisher, config.logger);
  let stopped: Promise<void> | undefined;
  const stop = async () => {
    await reconciler.stop();
    await app.close();
    database.close();
  };
  return {
    url: `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`,
    port,
    recovered,
    stop: () => (stopped ??= stop()),
  };
}

async function recoverOrClose(app: HttpServer, recoverNow: () => Promise<Recovery>): Promise<Recovery> {
  try {
    return await recoverNow();
  } catch (error) {
    await app.close();
    throw error;
  }
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

function startReconciler(deps: Deps, publisher: Publisher, logger: HttpLogger) {
  return periodically(reconcileSwarm({ ...deps, publisher }), RECONCILE_EVERY_MS, (error) =>
    logger.error({ err: error }, 'reconciliation failed; it is tried again'),
  );
}

async function listen(app: HttpServer, { host, port }: ServerConfig): Promise<void> {
  try {
    await app.listen({ host, port });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') throw new SwarmError('ADDRESS_IN_USE', `port ${port} of ${host} is in use`, { cause });
    if (code === 'EACCES')
      throw new SwarmError('BAD_SETTING', `port: this user may not listen on port ${port}`, { cause });
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
      throw new SwarmError('BAD_SETTING', `host: ${host} is not an address of this machine`, { cause });
    }
    throw cause;
  }
}

async function makeDataDir(dir: string): Promise<void> {
  try {
    await mkdir(dir, { recursive: true });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SwarmError('DIRECTORY_UNUSABLE', `cannot use the data directory ${dir}: ${reason}`, { cause });
  }
}
