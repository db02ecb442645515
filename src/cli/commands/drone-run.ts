import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { DroneId, DroneName } from '../../contract/vocabulary.ts';
import { SwarmError } from '../../core/errors.ts';
import { findPortage } from '../../emerge/host.ts';
import type { PortagePrefix } from '../../emerge/prefix.ts';
import { createLogger } from '../../platform/logger.ts';
import { programVersion } from '../output/version.ts';
import { integerBetween, numberBetween, readSettings } from '../settings.ts';
import { stopSignal } from '../signals.ts';

export type DroneOptions = {
  readonly url: string;
  readonly name: string;
  readonly id?: string | undefined;
  readonly prefix?: string | undefined;
  readonly state?: string | undefined;
  readonly slots: string;
  readonly heartbeat: string;
};

const Flags = z.object({
  '--url': z.string().refine(isHttpUrl, 'must be an address such as http://10.0.0.5:8100'),
  '--name': DroneName,
  '--id': DroneId.optional(),
  '--slots': integerBetween(1, 64),
  '--heartbeat': numberBetween(0.2, 20, ' s'),
});

/** Runs a drone in the foreground until a signal stops it; then it hands back what it was building. */
export async function runDrone(options: DroneOptions): Promise<number> {
  const given = Object.entries(options).map(([name, value]) => [`--${name}`, value] as const);
  const flags = readSettings(Flags, Object.fromEntries(given));
  const stopped = stopSignal();
  const log = createLogger();
  const prefix = options.prefix === undefined ? undefined : await prefixAt(resolve(options.prefix), log);
  if (prefix === undefined) assertRoot();
  const { startDrone } = await import('../../drone/drone.ts');
  const drone = startDrone({
    url: flags['--url'],
    name: flags['--name'],
    slots: flags['--slots'],
    heartbeatMs: flags['--heartbeat'] * 1000,
    version: programVersion(),
    log,
    ...(flags['--id'] === undefined ? {} : { id: flags['--id'] }),
    ...(prefix === undefined ? {} : { prefix }),
    ...(options.state === undefined ? {} : { stateDir: resolve(options.state) }),
  });
  const signal = await Promise.race([drone.done, stopped]);
  log.info({ signal }, 'drone asked to stop');
  await drone.stop();
  return 0;
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol);
}

async function prefixAt(dir: string, log: ReturnType<typeof createLogger>): Promise<PortagePrefix> {
  const config = join(dir, 'etc', 'portage', 'make.conf');
  await access(config).catch((cause: unknown) => {
    throw new SwarmError('BAD_SETTING', `--prefix ${dir} is no Portage prefix: there is no ${config}`, { cause });
  });
  return { dir, host: await findPortage({ env: process.env, onProgress: (message) => log.info({}, message) }) };
}

function assertRoot(): void {
  if (process.getuid?.() === 0) return;
  const message = "--prefix is not given, so the drone would build with the system's own Portage, which needs root";
  throw new SwarmError('BAD_SETTING', message);
}
