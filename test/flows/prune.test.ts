import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createOpenssh } from '../../src/adapters/ssh/openssh.ts';
import { operatorOptions } from '../../src/adapters/ssh/operator-access.ts';
import { findPortage } from '../../src/emerge/host.ts';
import { portageCommand, prefixEnv } from '../../src/emerge/prefix.ts';
import { pruneHost } from '../../src/fleet/prune-host.ts';
import { noThrowawayHosts, type ThrowawayHost } from '../../src/testing/throwaway-host.ts';
import { type FleetWorld, fleetWorld } from './fleet-world.ts';

describe.skipIf((await noThrowawayHosts()) !== undefined)('what nothing needs any more', () => {
  let world: FleetWorld;
  let anvil: ThrowawayHost;
  beforeAll(async () => {
    world = await fleetWorld();
    anvil = await world.host('anvil');
    await anvil.trust();
    await installEmerge();
    const { code, stderr } = await anvil.inside('emerge', '--oneshot', '--quiet', '=dev-libs/swarmhdr-0.3');
    if (code !== 0) throw new Error(stderr);
  });
  afterAll(() => world.close());

  /** The emerge of this host is the real one, and its system the prefix. */
  async function installEmerge(): Promise<void> {
    const prefix = { dir: world.prefixOf(anvil), host: await findPortage({ env: process.env, onProgress: () => {} }) };
    const env = Object.entries(prefixEnv(prefix)).filter(([name]) => /^(PATH|PORTAGE|ROOT|EPREFIX|PYTHON)/.test(name));
    const exports = env.map(([name, value]) => `export ${name}='${value}'\n`).join('');
    const file = join(anvil.root, 'usr/local/bin/emerge');
    await mkdir(join(file, '..'), { recursive: true });
    await writeFile(file, `#!/bin/sh\n${exports}exec ${portageCommand(prefix, 'emerge')} "$@"\n`);
    await chmod(file, 0o755);
    await writeFile(join(prefix.dir, 'var/lib/portage/world'), '');
  }

  const prune = (more: { isDryRun?: boolean; agrees?: boolean }) => {
    const seen: (readonly string[])[] = [];
    const lines: string[] = [];
    const access = { configFile: anvil.sshConfig, identityFile: undefined };
    const shell = createOpenssh({ path: process.env['PATH'] ?? '', options: operatorOptions(access) });
    const askAboutPruning = async (_host: unknown, atoms: readonly string[]) => {
      seen.push(atoms);
      return more.agrees === true;
    };
    const host = { address: anvil.address, user: 'root', port: null };
    const pruning = { host, isDryRun: more.isDryRun === true, signal: new AbortController().signal };
    return pruneHost({ shell, askAboutPruning }, { ...pruning, onLine: (line) => void lines.push(line) }).then(
      (outcome) => ({ outcome, seen, lines }),
    );
  };
  const isInstalled = async () =>
    (await anvil.inside('ls', join(world.prefixOf(anvil), 'var/db/pkg/dev-libs'))).stdout.includes('swarmhdr');

  test('is listed by a dry run, kept when somebody says no, and removed when he agrees', async () => {
    const dry = await prune({ isDryRun: true });
    const refused = await prune({ agrees: false });
    const wasThere = await isInstalled();
    const agreed = await prune({ agrees: true });
    const again = await prune({ agrees: true });

    expect(dry).toEqual({
      outcome: { state: 'skipped', says: 'would remove 1 package' },
      seen: [],
      lines: ['would remove =dev-libs/swarmhdr-0.3'],
    });
    expect(refused).toMatchObject({ outcome: { state: 'skipped', says: '1 package kept' }, lines: [] });
    expect(wasThere).toBe(true);
    expect(agreed.seen).toEqual([['=dev-libs/swarmhdr-0.3']]);
    expect(agreed.outcome).toEqual({ state: 'done', says: '1 package removed', hasChanged: true });
    expect(await isInstalled()).toBe(false);
    expect(again.outcome).toEqual({ state: 'unchanged', says: 'nothing to remove' });
  });
});
