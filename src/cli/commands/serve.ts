import { join, resolve } from 'node:path';
import { z } from 'zod';
import { DEFAULT_POLICY, type Policy } from '../../core/policy.ts';
import { createLogger } from '../../platform/logger.ts';
import { dataDir } from '../../platform/paths.ts';
import { programVersion } from '../output/version.ts';
import { integerBetween, numberBetween, Port, readSettings } from '../settings.ts';
import { stopSignal } from '../signals.ts';

export type ServeOptions = {
  readonly port?: string | undefined;
  readonly host?: string | undefined;
  readonly db?: string | undefined;
  readonly data?: string | undefined;
};

const HOUR_S = 3600;

const Flags = z.object({ '--port': Port.optional() });
const Environment = z.object({
  CONTROL_PLANE_PORT: Port.optional(),
  SWARM_DB_PATH: z.string().optional(),
  NODE_TIMEOUT: numberBetween(1, HOUR_S, ' s').optional(),
  SWARM_LEASE_S: numberBetween(1, 24 * HOUR_S, ' s').optional(),
  SWARM_RETRY_BACKOFF_MS: integerBetween(0, HOUR_S * 1000, ' ms').optional(),
});

const DEFAULT_PORT = 8100;

/** Runs the control plane in the foreground until a signal stops it. Throws what `startServer` throws. */
export async function serve(options: ServeOptions, env: NodeJS.ProcessEnv): Promise<number> {
  const flags = readSettings(Flags, { '--port': options.port });
  const settings = readSettings(Environment, env);
  const version = programVersion();
  const directory = options.data === undefined ? dataDir(env) : resolve(options.data);
  const logger = createLogger();
  console.log(`Build Swarm v3 Control Plane v${version}`);
  const stopped = stopSignal();
  const { startServer } = await import('../../server/start-server.ts');
  const server = await startServer({
    host: options.host ?? '127.0.0.1',
    port: flags['--port'] ?? settings.CONTROL_PLANE_PORT ?? DEFAULT_PORT,
    dbPath: resolve(options.db ?? settings.SWARM_DB_PATH ?? join(directory, 'swarm.db')),
    dataDir: directory,
    policy: policyFrom(settings),
    version,
    logger,
  });
  console.log(`  Address: ${server.url}\n  Binhost: ${server.url}/binhost/\n  Data:    ${directory}`);
  const { missingFiles } = server.recovered;
  if (missingFiles.length > 0)
    logger.warn({ missingFiles }, 'files of the binhost are gone; their packages are needed again');
  logger.info({ url: server.url }, 'control plane started');
  const signal = await stopped;
  logger.info({ signal }, 'control plane stopping');
  await server.stop();
  return 0;
}

function policyFrom(settings: z.output<typeof Environment>): Policy {
  const { NODE_TIMEOUT: timeoutS, SWARM_LEASE_S: leaseS, SWARM_RETRY_BACKOFF_MS: backoffMs } = settings;
  return {
    ...DEFAULT_POLICY,
    ...(timeoutS === undefined ? {} : { offlineAfterMs: timeoutS * 1000 }),
    ...(leaseS === undefined ? {} : { leaseMs: leaseS * 1000 }),
    ...(backoffMs === undefined ? {} : { retryBackoffMs: backoffMs }),
  };
}
