import { cp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { SwarmError } from '../../core/errors.ts';
import { findPortage, type PortageHost } from '../../emerge/host.ts';
import { ensurePrograms } from '../../emerge/install-programs.ts';
import { createPrefix, type PortagePrefix, resetPrefix } from '../../emerge/prefix.ts';
import type { DataDirectory } from './data-directory.ts';
import { EXAMPLES_DIR, type Expectations } from './expectations.ts';
import type { Stage } from './stage.ts';

/** Fails at once if somebody listens there, before anything is installed. Throws `ADDRESS_IN_USE`. */
export async function assertPortIsFree(port: number): Promise<void> {
  if (port === 0) return;
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', (cause: NodeJS.ErrnoException) => reject(refusal(port, cause)));
    probe.listen({ port, host: '127.0.0.1' }, () => probe.close(() => resolve()));
  });
}

function refusal(port: number, cause: NodeJS.ErrnoException): SwarmError {
  if (cause.code === 'EADDRINUSE') {
    return new SwarmError('ADDRESS_IN_USE', `port ${port} of 127.0.0.1 is in use by another program`, { cause });
  }
  return new SwarmError('BAD_SETTING', `this user may not listen on port ${port} (${cause.code ?? cause.message})`, {
    cause,
  });
}

/** The programs that emerge needs, and Portage itself; installs what is missing where it may. */
export async function setUpHost(stage: Stage, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<PortageHost> {
  await stage.step('Programs', async ({ note }) => {
    await ensurePrograms({ mayInstall: true, onProgress: note, signal });
    return [undefined, 'all that emerge needs is there'];
  });
  return stage.step('Portage', async ({ note }) => {
    const host = await findPortage({ env, onProgress: note, signal });
    return [
      host,
      `${host.version} ${host.kind === 'system' ? "(this system's own)" : `in ${join(host.binDir, '..')}`}`,
    ];
  });
}

/** The names of the prefixes, which all have the same length. */
export function prefixNames(drones: number, digits: number): { drones: string[]; client: string } {
  const numbers = Array.from({ length: drones }, (_, index) => String(index + 1).padStart(digits, '0'));
  return { drones: numbers.map((number) => `drone-${number}`), client: `client${'1'.padStart(digits, '0')}` };
}

export type Prefixes = {
  readonly drones: readonly { readonly name: string; readonly prefix: PortagePrefix }[];
  readonly client: PortagePrefix;
};

export type PrefixesRequest = {
  readonly data: DataDirectory;
  readonly host: PortageHost;
  readonly drones: number;
  readonly binhostUrl: string;
  readonly expectations: Expectations;
};

/** A prefix for each drone and an empty one for the client, with the example repository beside them. */
export async function makePrefixes({
  data,
  host,
  drones,
  binhostUrl,
  expectations,
}: PrefixesRequest): Promise<Prefixes> {
  const repoDir = join(data.dir, 'repo');
  // Copied, so that the checkout may lie anywhere; with its times, by which Portage knows its cache.
  await cp(join(EXAMPLES_DIR, 'repo'), repoDir, { recursive: true, preserveTimestamps: true });
  const names = prefixNames(drones, data.digits);
  const make = (name: string) =>
    createPrefix({
      dir: join(data.dir, name),
      host,
      repoDir,
      binhostUrl,
      world: expectations.world,
      packageEnv: expectations.package_env,
    });
  const made = await Promise.all(names.drones.map(async (name) => ({ name, prefix: await make(name) })));
  const client = await make(names.client);
  await emptyClient(client);
  return { drones: made, client };
}

/** It must get everything over HTTP, whatever an earlier demo left in it. */
async function emptyClient(client: PortagePrefix): Promise<void> {
  await resetPrefix(client);
  for (const name of ['binhost', 'binpkgs', 'edb/binhost']) {
    await rm(join(client.dir, 'var', 'cache', name), { recursive: true, force: true });
  }
}

/** Spares each drone from reading every ebuild as the client just did. */
export async function shareMetadata({ drones, client }: Prefixes): Promise<void> {
  const cache = join('var', 'cache', 'edb', 'dep');
  for (const { prefix } of drones) {
    const options = { recursive: true, preserveTimestamps: true };
    // A cache that is not there costs time and nothing else.
    await cp(join(client.dir, cache), join(prefix.dir, cache), options).catch(() => {});
  }
}
