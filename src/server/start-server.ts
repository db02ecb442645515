import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import { systemClock, systemIds } from '../adapters/clock/system-clock.ts';
import { openSqliteStore, type SqliteStore } from '../adapters/sqlite/store.ts';
import type { Recovery } from '../app/recover.ts';
import { type ErrorCode, SwarmError } from '../core/errors.ts';
import type { Policy } from '../core/policy.ts';
import type { HttpLogger, HttpServer } from '../http/app.ts';
import { makeDirectory } from '../platform/make-directory.ts';
import { type ControlPlane, compose } from './compose.ts';
import { periodically } from './periodically.ts';

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
  await makeDirectoryFor('DIRECTORY_UNUSABLE', `the data directory ${config.dataDir}`, config.dataDir);
  await makeDirectoryFor('DATABASE_UNUSABLE', `the database ${config.dbPath}`, dirname(config.dbPath));
  const database = openSqliteStore(config.dbPath);
  try {
    return await startOn(database, config);
  } catch (error) {
    database.close();
    throw error;
  }
}

async function startOn(database: SqliteStore, config: ServerConfig): Promise<RunningServer> {
  let port = config.port;
  const controlPlane = await compose({
    ...config,
    reportIp: config.reportIp,
    database,
    clock: systemClock,
    ids: systemIds,
    port: () => port,
  });
  const { app } = controlPlane;
  // The address is taken before anything is recovered, so that a second server by mistake changes nothing.
  port = await listen(app, config);
  const recovered = await recoverOrClose(controlPlane);
  const reconciler = periodically(controlPlane.reconcile, RECONCILE_EVERY_MS, (error) =>
    config.logger.error({ err: error }, 'reconciliation failed; it is tried again'),
  );
  let stopped: Promise<void> | undefined;
  const stop = async () => {
    await reconciler.stop();
    await app.close();
    database.close();
  };
  const host = config.host.includes(':') ? `[${config.host}]` : config.host;
  return { url: `http://${host}:${port}`, port, recovered, stop: () => (stopped ??= stop()) };
}

async function recoverOrClose({ app, recover }: ControlPlane): Promise<Recovery> {
  try {
    return await recover();
  } catch (error) {
    await app.close();
    throw error;
  }
}

async function listen(app: HttpServer, { host, port }: ServerConfig): Promise<number> {
  try {
    await app.listen({ host, port });
    return (app.server.address() as AddressInfo).port;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') throw new SwarmError('ADDRESS_IN_USE', `port ${port} of ${host} is in use`, { cause });
    if (code === 'EACCES') throw new SwarmError('BAD_SETTING', `port: this user may not listen on ${port}`, { cause });
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
      throw new SwarmError('BAD_SETTING', `host: ${host} is not an address of this machine`, { cause });
    }
    throw cause;
  }
}

async function makeDirectoryFor(code: ErrorCode, what: string, dir: string): Promise<void> {
  try {
    await makeDirectory(dir);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SwarmError(code, `cannot use ${what}: ${reason}`, { cause });
  }
}
