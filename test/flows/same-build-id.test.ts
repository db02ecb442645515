import { access, cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { findPortage } from '../../src/emerge/host.ts';
import { createPrefix, type PortagePrefix, portageCommand, prefixEnv } from '../../src/emerge/prefix.ts';
import { runProcess } from '../../src/platform/process.ts';
import { parsePackagesIndex } from '../../src/portage/packages-index.ts';
import { controlPlaneWorld } from '../../src/testing/control-plane-world.ts';

const REPO = fileURLToPath(new URL('../../examples/repo', import.meta.url));
const ATOM = '=sys-libs/swarmcore-1.4.1';
const WITHOUT_VERSION = 'sys-libs/swarmcore';
const FILE = 'sys-libs/swarmcore/swarmcore-1.4.1-1.gpkg.tar';
/** Told to emerge so that it says what went wrong, and nothing is asked. */
const EMERGE = ['--oneshot', '--ignore-default-opts', '--autounmask=n'];

async function setup() {
  const dir = await mkdtemp(join(tmpdir(), 'instances-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const host = await findPortage({ env: process.env, onProgress: () => {} });
  const world = await controlPlaneWorld();
  onTestFinished(() => world.close());
  await world.plane().app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = world.plane().app.server.address() as AddressInfo;
  return {
    world,
    /** Paths of equal length, since Portage rewrites those of the builder. */
    prefix: (name: string, USE: string, binhostUrl?: string) =>
      createPrefix({
        ...{ dir: join(dir, name), host, repoDir: REPO, settings: { USE } },
        ...(binhostUrl === undefined ? {} : { binhostUrl }),
      }),
    binhostUrl: `http://127.0.0.1:${port}/binhost/`,
  };
}

function emerge(prefix: PortagePrefix, ...args: string[]): Promise<void> {
  return run(prefix, 'emerge', [...EMERGE, ...args]);
}

async function run(prefix: PortagePrefix, program: 'emerge' | 'emaint', args: readonly string[]): Promise<void> {
  const lines: string[] = [];
  const { exitCode } = await runProcess({
    ...{ command: portageCommand(prefix, program), args, env: prefixEnv(prefix) },
    onLine: (line) => void lines.push(line),
  });
  expect({ exitCode, output: exitCode === 0 ? '' : lines.join('\n') }).toEqual({ exitCode: 0, output: '' });
}

/** As a drone does that does not look at the binhost: its build ids begin at 1. */
async function build(prefix: PortagePrefix): Promise<Buffer> {
  await emerge(prefix, '--buildpkgonly', ATOM);
  return readFile(join(prefix.dir, 'var/cache/binpkgs', FILE));
}

function hasStaticLibrary(prefix: PortagePrefix): Promise<boolean> {
  return access(join(prefix.dir, 'usr/lib/libswarmcore.a')).then(
    () => true,
    () => false,
  );
}

test('two packages of one version and one build id are both there, and clients install the one they want', async () => {
  const { world, prefix, binhostUrl } = await setup();
  const built = [await build(await prefix('builder-1', '')), await build(await prefix('builder-2', 'static-libs'))];
  await world.post('/api/v1/queue', { packages: [ATOM, WITHOUT_VERSION] });

  for (const [index, drone] of ['anvil', 'bellows'].entries()) {
    await world.join(drone);
    const { attempt = 0, package: granted } = await world.ask(drone);
    expect((await world.upload(drone, attempt, built[index] ?? Buffer.alloc(0))).status).toBe(200);
    expect(await world.report(drone, attempt, granted ?? '')).toMatchObject({ accepted: true });
  }
  // Nothing waits for packages without a plan.
  await world.restart();
  await world.plane().app.listen({ port: Number(new URL(binhostUrl).port), host: '127.0.0.1' });

  const binhost = join(world.dir, 'binhost');
  const instances = [
    [FILE, '1'],
    [FILE.replace('-1.gpkg', '-2.gpkg'), '1'],
  ];
  expect(await instancesIn(binhost)).toEqual(instances);
  for (const [name, use] of [
    ['client-01', ''],
    ['client-02', 'static-libs'],
  ] as const) {
    const client = await prefix(name, use, binhostUrl);
    await emerge(client, '--getbinpkgonly', '--binpkg-respect-use=y', ATOM);
    expect([use, await hasStaticLibrary(client)]).toEqual([use, use !== '']);
  }

  // What Portage makes of the files alone.
  const reader = await prefix('reader-01', '');
  const pkgdir = join(reader.dir, 'var/cache/binpkgs');
  await cp(join(binhost, 'sys-libs'), join(pkgdir, 'sys-libs'), { recursive: true });
  await run(reader, 'emaint', ['--fix', 'binhost']);
  expect(await instancesIn(pkgdir)).toEqual(instances);
});

async function instancesIn(dir: string) {
  const { packages } = parsePackagesIndex(await readFile(join(dir, 'Packages'), 'utf8'));
  const instances = packages.map(({ PATH = '', BUILD_ID = '' }) => [PATH, BUILD_ID] as const);
  return instances.toSorted(([a], [b]) => (a < b ? -1 : 1));
}
