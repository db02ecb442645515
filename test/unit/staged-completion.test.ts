import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { parsePackagesIndex } from '../../src/portage/packages-index.ts';
import { type ControlPlaneWorld, controlPlaneWorld } from '../../src/testing/control-plane-world.ts';
import { planOf } from '../../src/testing/plans.ts';
import { packageOf } from './forged-package.ts';

const LIB = '=app-misc/lib-1';
const FILE = 'app-misc/lib/lib-1-1.gpkg.tar';

const worlds: ControlPlaneWorld[] = [];
afterEach(async () => {
  await Promise.all(worlds.splice(0).map((world) => world.close()));
});

/** Drones of version 3.1: they know neither attempts nor uploads, and copy to one of two directories. */
async function setup(wish: { packages: readonly string[] } | { plan: ReturnType<typeof planOf> }) {
  const world = await controlPlaneWorld({}, undefined, (settings) => {
    const { dataDir, staging } = settings.paths;
    return { ...settings, paths: { ...settings.paths, delivered: [staging, join(dataDir, 'older')] } };
  });
  worlds.push(world);
  for (const name of ['anvil', 'bellows'])
    expect((await world.post('/api/v1/register', { id: name, name, capabilities: { cores: 4 } })).status).toBe(200);
  expect((await world.post('/api/v1/queue', wish)).status).toBe(200);
  return {
    world,
    deliver: async (directory: 'staging' | 'older', path: string, bytes: Buffer) => {
      const target = join(world.dir, directory, path);
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, bytes);
    },
    ask: async (drone: string) => (await world.get(`/api/v1/work?id=${drone}`)).body['package'],
    report: async (drone: string, name: string) =>
      (await world.post('/api/v1/complete', { id: drone, package: name, status: 'success', build_duration_s: 1 })).body,
    refusals: async () => {
      const { events } = (await world.get<{ events: { type: string; message: string }[] }>('/api/v1/events')).body;
      return events.filter((each) => each.type === 'refused');
    },
  };
}

/** All that is accepted is in the index after this. */
async function indexed(world: ControlPlaneWorld) {
  await world.restart();
  return parsePackagesIndex(await readFile(join(world.dir, 'binhost', 'Packages'), 'utf8')).packages;
}

test.each(['staging', 'older'] as const)(
  'a package that was copied to the %s directory completes its build',
  async (directory) => {
    const { world, deliver, ask, report } = await setup({ packages: [LIB] });
    expect(await ask('anvil')).toBe(LIB);
    await deliver(directory, FILE, await packageOf('lib'));

    expect(await report('anvil', LIB)).toEqual({ status: 'ok', accepted: true, state: 'received', reason: 'received' });

    expect(await indexed(world)).toMatchObject([{ CPV: 'app-misc/lib-1', PATH: FILE }]);
  },
);

test('a planned package that was copied is in the index when its report is answered, and its dependents are ready', async () => {
  const plan = planOf(['app-misc/lib-1', 'app-misc/app-1'], [['app-misc/app-1', 'build', 'app-misc/lib-1']]);
  const { world, deliver, ask, report } = await setup({ plan });
  expect([await ask('anvil'), await ask('bellows')]).toEqual([LIB, null]);
  await deliver('staging', FILE, await packageOf('lib'));

  expect(await report('anvil', LIB)).toMatchObject({ accepted: true });

  const text = await readFile(join(world.dir, 'binhost', 'Packages'), 'utf8');
  expect(parsePackagesIndex(text).packages.map((block) => block['CPV'])).toEqual(['app-misc/lib-1']);
  expect(await ask('bellows')).toBe('=app-misc/app-1');
});

test('a package that was copied damaged is missing, and both the queue and the events say what is wrong with it', async () => {
  const { world, deliver, ask, report, refusals } = await setup({ packages: [LIB] });
  await ask('anvil');
  await deliver('staging', FILE, (await packageOf('lib')).subarray(0, 3_000));

  expect(await report('anvil', LIB)).toMatchObject({ accepted: false, state: 'needed' });

  expect(await world.queue()).toMatchObject([
    {
      failure_class: 'missing_binary',
      reason: expect.stringMatching(/^missing_binary: .*lib-1-1\.gpkg\.tar: .*cut off/),
    },
  ]);
  expect(await refusals()).toMatchObject([{ message: expect.stringContaining('lib-1-1.gpkg.tar') }]);
});

test('what is nowhere is missing', async () => {
  const { world, ask, report, refusals } = await setup({ packages: [LIB] });
  await ask('anvil');

  expect(await report('anvil', LIB)).toMatchObject({ accepted: false, state: 'needed' });

  expect(await world.queue()).toMatchObject([
    { failure_class: 'missing_binary', reason: 'missing_binary: missing_binary' },
  ]);
  expect(await refusals()).toEqual([]);
});

test('a report that comes twice is answered the same, and the package is there once', async () => {
  const { world, deliver, ask, report } = await setup({ packages: [LIB] });
  await ask('anvil');
  await deliver('staging', FILE, await packageOf('lib'));

  const replies = await Promise.all([report('anvil', LIB), report('anvil', LIB), report('anvil', LIB)]);

  expect(replies.map((reply) => reply['accepted'])).toEqual([true, true, true]);
  expect(await indexed(world)).toHaveLength(1);
});

test('two drones that make different files of one name have both taken over', async () => {
  const { world, deliver, ask, report } = await setup({ packages: [LIB, 'app-misc/lib'] });
  const granted = [await ask('anvil'), await ask('bellows')];
  await deliver('staging', FILE, await packageOf('lib', { DESCRIPTION: 'first' }));
  expect(await report('anvil', String(granted[0]))).toMatchObject({ accepted: true });
  await deliver('staging', FILE, await packageOf('lib', { DESCRIPTION: 'second' }));

  expect(await report('bellows', String(granted[1]))).toMatchObject({ accepted: true });

  expect(await indexed(world)).toMatchObject([
    { PATH: FILE, BUILD_ID: '1' },
    { PATH: 'app-misc/lib/lib-1-2.gpkg.tar', BUILD_ID: '1' },
  ]);
});

test('while no index can be written, unplanned packages are accepted and published later, and planned ones wait', async () => {
  const { world, deliver, ask, report } = await setup({ packages: ['=app-misc/tool-1'] });
  const inTheWay = join(world.dir, 'binhost', 'Packages.partial');
  await mkdir(inTheWay);
  await ask('anvil');
  await deliver('staging', 'app-misc/tool/tool-1-1.gpkg.tar', await packageOf('tool'));
  await world.queuePlan(planOf(['app-misc/lib-1']));
  await ask('bellows');
  await deliver('staging', FILE, await packageOf('lib'));

  expect(await report('anvil', '=app-misc/tool-1')).toMatchObject({ accepted: true });
  expect(await report('bellows', LIB)).toEqual({ error: expect.anything() });
  await rm(inTheWay, { recursive: true });
  await world.plane().reconcile();

  const text = await readFile(join(world.dir, 'binhost', 'Packages'), 'utf8');
  expect(parsePackagesIndex(text).packages.map((block) => block['CPV'])).toEqual(['app-misc/lib-1', 'app-misc/tool-1']);
  expect(await report('bellows', LIB)).toMatchObject({ accepted: true });
});

test('a package that needs no files is accepted with damaged ones, and that is told', async () => {
  const name = '=app-misc/some-meta-pkg-1';
  const { world, deliver, ask, report, refusals } = await setup({ packages: [name] });
  await ask('anvil');
  await deliver('staging', 'app-misc/some-meta-pkg/some-meta-pkg-1-1.gpkg.tar', Buffer.from('spoilt'));

  expect(await report('anvil', name)).toMatchObject({ accepted: true });

  expect(await refusals()).toMatchObject([{ message: expect.stringContaining('some-meta-pkg-1-1.gpkg.tar') }]);
  expect(await indexed(world)).toEqual([]);
});

test('packages without files need none', async () => {
  const { ask, report } = await setup({ packages: ['virtual/editor-1', 'acct-meta/x-meta-y-1'] });
  const granted = [String(await ask('anvil')), String(await ask('bellows'))];

  for (const [index, drone] of ['anvil', 'bellows'].entries())
    expect(await report(drone, granted[index] ?? '')).toMatchObject({ accepted: true });
});
