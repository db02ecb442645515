import { spawnSync } from 'node:child_process';
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { openBinhost } from '../../src/adapters/binhost/binhost.ts';
import { openStagedPackages } from '../../src/adapters/binhost/staged-packages.ts';
import { importStaged } from '../../src/app/import-staged.ts';
import { createPlans } from '../../src/app/plans.ts';
import { type ControlPlaneWorld, controlPlaneWorld } from '../../src/testing/control-plane-world.ts';
import { planOf } from '../../src/testing/plans.ts';
import { FORGED_KEYS, forgeGpkg } from '../portage/forge.ts';

const worlds: ControlPlaneWorld[] = [];
afterEach(async () => {
  await Promise.all(worlds.splice(0).map((world) => world.close()));
});

/** An old agent that was given a package, and the directories it may copy to. */
async function setup(wish: { packages: readonly string[] } | { plan: ReturnType<typeof planOf> }) {
  const world = await controlPlaneWorld();
  worlds.push(world);
  const directories = ['staging', 'old'].map((name) => join(world.dir, 'agents', name));
  await world.join('anvil');
  await world.post('/api/v1/queue', wish);
  const { attempt = 0 } = await world.ask('anvil');
  const { store } = world.database();
  const binhost = await openBinhost({
    publicDir: join(world.dir, 'public'),
    stagingDir: join(world.dir, 'agents', 'staging'),
  });
  const lookUp = importStaged({
    ...{ store, binhost, plans: createPlans({ store }) },
    staged: openStagedPackages(directories),
  });
  return {
    world,
    store,
    attempt,
    deliver: (path: string, bytes: Buffer, directory = 0) => put(join(directories[directory] ?? '', path), bytes),
    directory: (index: number) => directories[index] ?? '',
    import: async () => {
      const facts = await store.readAttempt(attempt);
      if (!facts) throw new Error('nothing was handed out');
      return lookUp(facts);
    },
  };
}

async function put(path: string, bytes: Buffer): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes);
}

/** A good package of `app-misc/PF`. */
function made(pf: string, buildId = 1, keys: Record<string, string> = {}): Promise<Buffer> {
  const directory = `${pf}-${buildId}`;
  return forgeGpkg({ directory, keys: { ...FORGED_KEYS, PF: pf, BUILD_ID: String(buildId), ...keys } });
}

test.each([
  ['=app-misc/foo-1.2', 'foo/foo-1.2-1.gpkg.tar', 'foo-1.2'],
  ['=app-misc/foo-1.2-r3', 'foo/foo-1.2-r3-1.gpkg.tar', 'foo-1.2-r3'],
  ['=app-misc/foo-1.2', 'foo-1.2-1.gpkg.tar', 'foo-1.2'],
  ['=app-misc/foo-1.2', 'foo-1.2.gpkg.tar', 'foo-1.2'],
  ['=app-misc/foo-1.2:0', 'foo/foo-1.2-1.gpkg.tar', 'foo-1.2'],
  ['app-misc/foo', 'foo/foo-1.2-r3-1.gpkg.tar', 'foo-1.2-r3'],
  ['>=app-misc/foo-1.2', 'foo/foo-1.10-1.gpkg.tar', 'foo-1.10'],
  ['~app-misc/foo-1.2', 'foo/foo-1.2-r3-1.gpkg.tar', 'foo-1.2-r3'],
])('%s is found as %s', async (wish, file, pf) => {
  const agent = await setup({ packages: [wish] });
  await agent.deliver(`app-misc/${file}`, await made(pf));

  expect(await agent.import()).toBe('verified');

  expect(await agent.store.readArtifact(agent.attempt)).toMatchObject({
    cpv: `app-misc/${pf}`,
    path: `app-misc/foo/${pf}-1.gpkg.tar`,
  });
});

test.each([
  ['=app-misc/foo-1.2', 'foo/foo-1.20-1.gpkg.tar', 'foo-1.20'],
  ['=app-misc/foo-1.2', 'foo-1.2.9-r1.gpkg.tar', 'foo-1.2.9-r1'],
  ['app-misc/foo', 'foobar-1.2.gpkg.tar', 'foobar-1.2'],
  ['app-misc/foo', 'foo/foo-bar-1.2-1.gpkg.tar', 'foo-bar-1.2'],
  ['<app-misc/foo-1.2', 'foo/foo-1.2-1.gpkg.tar', 'foo-1.2'],
  ['=app-misc/foo-1.2', 'foo/.foo-1.2-1.gpkg.tar.Xy12ab', 'foo-1.2'],
])('%s is not found as %s', async (wish, file, pf) => {
  const agent = await setup({ packages: [wish] });
  await agent.deliver(`app-misc/${file}`, await made(pf));

  expect(await agent.import()).toBe('none');
});

test('the highest build id counts, and the first directory that has the package', async () => {
  const agent = await setup({ packages: ['=app-misc/foo-1.2'] });
  for (const buildId of [2, 10, 9])
    await agent.deliver(`app-misc/foo/foo-1.2-${buildId}.gpkg.tar`, await made('foo-1.2', buildId));
  await agent.deliver('app-misc/foo/foo-1.2-99.gpkg.tar', await made('foo-1.2', 99), 1);

  expect(await agent.import()).toBe('verified');

  expect(await agent.store.readArtifact(agent.attempt)).toMatchObject({ buildId: 10 });
});

test.each([
  ['half of it', async () => (await made('foo-1.2')).subarray(0, 2_000), /cut off/],
  ['another package under its name', () => made('bar-1.2'), /CPV is app-misc\/bar-1.2, wanted was/],
  ['a text of a kilobyte', async () => Buffer.from('x'.repeat(1_024)), /foo-1.2-1.gpkg.tar: /],
  ['a changed byte', async () => flipped(await made('foo-1.2')), /foo-1.2-1.gpkg.tar: /],
])('%s is refused with the reason, and left where it is', async (_what, bytes, reason) => {
  const agent = await setup({ packages: ['=app-misc/foo-1.2'] });
  await agent.deliver('app-misc/foo/foo-1.2-1.gpkg.tar', await bytes());

  expect(await agent.import()).toEqual({ refused: expect.stringMatching(reason) });

  expect(await readdir(join(agent.directory(0), 'app-misc', 'foo'))).toEqual(['foo-1.2-1.gpkg.tar']);
  expect((await readdir(agent.directory(0))).filter((name) => name !== 'app-misc')).toEqual([]);
});

test('a spoilt file does not hide an older good one', async () => {
  const agent = await setup({ packages: ['=app-misc/foo-1.2'] });
  await agent.deliver('app-misc/foo/foo-1.2-1.gpkg.tar', await made('foo-1.2'));
  await agent.deliver('app-misc/foo/foo-1.2-2.gpkg.tar', Buffer.from('spoilt'));

  expect(await agent.import()).toBe('verified');
});

test('a planned package must be built as planned', async () => {
  const agent = await setup({ plan: planOf(['app-misc/lib-1']) });
  await agent.deliver('app-misc/lib/lib-1-1.gpkg.tar', await made('lib-1', 1, { SLOT: '7' }));

  expect(await agent.import()).toEqual({ refused: expect.stringContaining('its slot is 7/7') });
});

test('links and pipes are not followed and not waited for', async () => {
  const agent = await setup({ packages: ['=app-misc/foo-1.2'] });
  const dir = join(agent.directory(0), 'app-misc');
  await put(join(agent.directory(1), 'secret'), await made('foo-1.2'));
  await mkdir(dir, { recursive: true });
  await symlink(join(agent.directory(1), 'secret'), join(dir, 'foo-1.2.gpkg.tar'));
  expect(await agent.import()).toEqual({ refused: expect.stringContaining('no regular file') });

  await mkdir(join(dir, 'foo'));
  spawnSync('mkfifo', [join(dir, 'foo', 'foo-1.2-1.gpkg.tar')]);
  expect(await agent.import()).toEqual({ refused: expect.stringContaining('no regular file') });
});

test('packages that agents have copied survive the start of the control plane', async () => {
  const agent = await setup({ packages: ['=app-misc/foo-1.2'] });
  await agent.deliver('app-misc/foo/foo-1.2-1.gpkg.tar', await made('foo-1.2'));
  const binhost = await openBinhost({ publicDir: join(agent.world.dir, 'p'), stagingDir: agent.directory(0) });

  await binhost.sweepStaging([]);

  expect(await agent.import()).toBe('verified');
});

function flipped(bytes: Buffer): Buffer {
  const changed = Buffer.from(bytes);
  changed[1_100] = (changed[1_100] ?? 0) ^ 1;
  return changed;
}
