import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import { systemClock, systemIds } from '../adapters/clock/system-clock.ts';
import { openSqliteStore, type SqliteStore } from '../adapters/sqlite/store.ts';
import type { Recovery } from '../app/recover.ts';
import { type ErrorCode, SwarmError } from '../core/errors.ts';
import type { HttpLogger, HttpServer } from '../http/app.ts';
import { makeDirectory } from '../platform/make-directory.ts';
import type { Resolved } from '../settings/resolve.ts';
import type { ServerSettings } from '../settings/server-settings.ts';
import { settleRestores } from './backup/pending-restore.ts';
import { type ControlPlane, compose } from './compose.ts';
import { presentConfiguration } from './present-configuration.ts';
import { stopInOrder } from './stop-in-order.ts';

export type ServerConfig = {
  readonly settings: ServerSettings;
  /** The settings as they were read, for admins to look at. */
  readonly resolved?: Resolved | undefined;
  readonly version: string;
  readonly logger: HttpLogger;
};

export type RunningServer = {
  readonly url: string;
  readonly port: number;
  readonly recovered: Recovery;
  /** Finish what is being answered, then close, within five seconds in any case. Safe to call twice. */
  stop(): Promise<void>;
};

/**
 * Start the control plane where it was left.
 * @throws SwarmError ADDRESS_IN_USE, DATABASE_UNUSABLE, DIRECTORY_UNUSABLE, BAD_SETTING
 */
export async function startServer(config: ServerConfig): Promise<RunningServer> {
  const { paths, policy, eventsRing } = config.settings;
  await makeDirectoryFor('DIRECTORY_UNUSABLE', `the data directory ${paths.dataDir}`, paths.dataDir);
  await makeDirectoryFor('DATABASE_UNUSABLE', `the database ${paths.database}`, dirname(paths.database));
  await settleRestores(paths);
  const database = openSqliteStore(paths.database, { staleUntilMs: policy.staleUntilMs, eventsRing });
  try {
    return await startOn(database, config);
  } catch (error) {
    database.close();
    throw error;
  }
}

async function startOn(database: SqliteStore, config: ServerConfig): Promise<RunningServer> {
  const { listen: address } = config.settings;
  let { port } = address;
  const controlPlane = await compose({
    ...config,
    configuration: config.resolved && presentConfiguration(config.resolved),
    database,
    clock: systemClock,
    ids: systemIds,
    port: () => port,
  });
  const { app, services } = controlPlane;
  // The address is taken before anything is recovered, so that a second server by mistake changes nothing.
  port = await listen(app, address);
  const recovered = await recoverOrClose(controlPlane);
  services.start();
  let stopped: Promise<void> | undefined;
  const stop = () =>
    stopInOrder(config.logger, [
      ['requests', () => app.close()],
      ['background services', () => services.stop()],
      ['database', async () => database.close()],
    ]);
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
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

async function listen(app: HttpServer, { host, port }: ServerSettings['listen']): Promise<number> {
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
