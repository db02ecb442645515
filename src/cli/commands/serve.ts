import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openLog } from '../../platform/logger.ts';
import { keepHeapModest } from '../../platform/modest-heap.ts';
import { notifySupervisor } from '../../platform/notify-supervisor.ts';
import { ADMIN_TOKEN_FILE } from '../../platform/paths.ts';
import { resolveSettings } from '../../settings/resolve.ts';
import { type ServerSettings, serverSettings } from '../../settings/server-settings.ts';
import { isLoopback } from '../frame/connection.ts';
import { stopSignal } from '../frame/signals.ts';
import { programVersion } from '../output/version.ts';

export type ServeOptions = {
  readonly config?: string | undefined;
  readonly port?: string | undefined;
  readonly host?: string | undefined;
  readonly db?: string | undefined;
  readonly data?: string | undefined;
  readonly auth?: string | undefined;
};

/**
 * Runs the control plane in the foreground until a signal stops it.
 * @throws SwarmError BAD_SETTING, and what `startServer` throws
 */
export async function serve(options: ServeOptions, env: NodeJS.ProcessEnv): Promise<number> {
  const flags = Object.fromEntries(Object.entries(options).map(([name, value]) => [`--${name}`, value]));
  const resolved = resolveSettings({ flags, env, uid: process.getuid?.() });
  const settings = serverSettings(resolved);
  const version = programVersion();
  console.log(`Build Swarm v3 Control Plane v${version}`);
  const stopped = stopSignal();
  const log = await openLog(settings.log);
  const { logger } = log;
  try {
    const { startServer } = await import('../../server/start-server.ts');
    keepHeapModest();
    const server = await startServer({ settings, resolved, version, logger });
    for (const line of bannerLines(server.url, settings, resolved.file)) console.log(line);
    const { missingFiles, foreign } = server.recovered;
    if (missingFiles.length > 0)
      logger.warn({ missingFiles }, 'files of the binhost are gone; their packages are needed again');
    if (foreign)
      logger.warn(
        { ...foreign },
        'the binhost held packages that are not of this swarm; they are left out of the index',
      );
    logger.info({ url: server.url }, 'control plane started');
    void notifySupervisor('READY=1', env);
    const signal = await stopped;
    logger.info({ signal }, 'control plane stopping');
    void notifySupervisor('STOPPING=1', env);
    await server.stop();
    logger.info({}, 'control plane stopped');
  } finally {
    log.close();
  }
  return 0;
}

function bannerLines(url: string, { listen, paths, auth, log }: ServerSettings, file: string | null): string[] {
  return [
    `  Address: ${url}`,
    `  Binhost: ${url}/binhost/`,
    `  Data:    ${paths.dataDir}`,
    ...(file === null ? [] : [`  Config:  ${file}`]),
    ...(log.file === null ? [] : [`  Log:     ${log.file}`]),
    ...accessLines(auth.mode, listen.host, paths.dataDir),
  ];
}

/** Who may use it, where that is not what one would expect. */
function accessLines(auth: 'token' | 'off', host: string, directory: string): string[] {
  const adminToken = join(directory, ADMIN_TOKEN_FILE);
  if (auth === 'token') return existsSync(adminToken) ? [`  Admin:   token in ${adminToken}`] : [];
  if (isLoopback(host)) return ['  Access:  SWARM_AUTH=off, every program on this machine may do everything'];
  return [
    '',
    '  ************************************************************************',
    '  * NO AUTHENTICATION (SWARM_AUTH=off): whoever can reach this address    *',
    '  * may do everything. Keep it in a network that you trust, or start it   *',
    '  * with SWARM_AUTH=token.                                                *',
    '  ************************************************************************',
  ];
}
