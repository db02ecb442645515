import { afterEach, expect, test } from 'vitest';
import type { Api } from '../../src/contract/api.ts';
import type { ReplyOf } from '../../src/contract/endpoint.ts';
import { type ControlPlaneWorld, controlPlaneWorld } from '../../src/testing/control-plane-world.ts';
import { planOf } from '../../src/testing/plans.ts';
import { packageOf } from './forged-package.ts';

const worlds: ControlPlaneWorld[] = [];
afterEach(async () => {
  await Promise.all(worlds.splice(0).map((world) => world.close()));
});

/** One drone that has built all of these of `app-misc`. */
async function setup(...names: readonly string[]): Promise<ControlPlaneWorld> {
  const world = await controlPlaneWorld();
  worlds.push(world);
  await world.join('anvil');
  await world.queuePlan(planOf(names.map((name) => `app-misc/${name}-1`)));
  return world;
}

async function build(world: ControlPlaneWorld, name: string): Promise<number> {
  const { attempt = 0, package: granted } = await world.ask('anvil');
  expect(granted).toBe(`=app-misc/${name}-1`);
  await world.upload('anvil', attempt, await packageOf(name, { BUILD_TIME: '1700000000' }));
  const facts = { build_duration_s: 12.5, peak_memory_mb: 640, disk_mb: 80, cpu_s: 40 };
  expect(await world.report('anvil', attempt, granted ?? '', facts)).toMatchObject({ accepted: true });
  return attempt;
}

const binpkgsOf = async (world: ControlPlaneWorld, query: string) =>
  (await world.get<ReplyOf<Api['binpkgs']>>(`/api/v1/binpkgs${query}`)).body;

test('the binhost says what it has of a package, however its version is given', async () => {
  const world = await setup('lib');
  const attempt = await build(world, 'lib');

  for (const name of ['app-misc/lib', 'app-misc/lib-1', '%3Dapp-misc/lib-1']) {
    const { binpkgs, total, total_bytes: size } = await binpkgsOf(world, `?package=${name}`);
    expect(total).toBe(1);
    expect(binpkgs).toMatchObject([
      { attempt, cpv: 'app-misc/lib-1', use: ['amd64', 'fast'], slot: '0', built_at: 1_700_000_000, size_bytes: size },
    ]);
  }
  expect((await binpkgsOf(world, '?package=app-misc/li')).total).toBe(0);
});

test('what a drone built is asked for by its id or name, page by page, and with a package only that', async () => {
  const world = await setup('a', 'b', 'c');
  for (const name of ['a', 'b', 'c']) await build(world, name);
  await world.join('bellows');
  const of = async (query: string) => {
    const { body } = await world.get<ReplyOf<Api['history']>>(`/api/v1/history?${query}`);
    return body.history.map(({ id, package: name }) => [id, name] as const);
  };

  const all = await of('drone=anvil');

  expect(all.map(([, name]) => name)).toEqual(['=app-misc/c-1', '=app-misc/b-1', '=app-misc/a-1']);
  expect(await of(`drone=anvil&limit=1&before=${all[0]?.[0] ?? 0}`)).toEqual([all[1]]);
  expect(await of('drone=anvil&package=app-misc/b')).toEqual([all[1]]);
  expect(await of('drone=bellows')).toEqual([]);
  expect(await of('drone=nobody')).toEqual([]);
});

test('the packages of the binhost come in pages, by name, with the sums of all', async () => {
  const world = await setup('a', 'b', 'c');
  for (const name of ['a', 'b', 'c']) await build(world, name);

  const first = await binpkgsOf(world, '?limit=2');
  const second = await binpkgsOf(world, '?limit=2&offset=2');

  expect([...first.binpkgs, ...second.binpkgs].map(({ cpv }) => cpv)).toEqual([
    'app-misc/a-1',
    'app-misc/b-1',
    'app-misc/c-1',
  ]);
  expect(second).toMatchObject({ total: 3, total_bytes: first.total_bytes });
});

test('the history of one package leaves out those whose names only begin alike', async () => {
  const world = await setup('lib', 'lib-extra');
  await build(world, 'lib');
  await build(world, 'lib-extra');

  const named = async (name: string) =>
    (await world.get<ReplyOf<Api['history']>>(`/api/v1/history?package=${name}`)).body.history.map(
      (row) => row.package,
    );

  expect(await named('app-misc/lib')).toEqual(['=app-misc/lib-1']);
  expect(await named('app-misc/lib-extra-1')).toEqual(['=app-misc/lib-extra-1']);
  expect(await named('app-misc/other')).toEqual([]);
});

test('a build says what it took, and its log is read piece by piece', async () => {
  const world = await setup('lib');
  const { attempt = 0 } = await world.ask('anvil');
  await world.post(`/api/v1/attempts/${attempt}/log?id=anvil&offset=0`, '0123456789');
  const window = await world.plane().app.inject(`/api/v1/attempts/${attempt}/log?offset=4&limit=3`);
  expect(window.body).toBe('456');

  await world.report('anvil', attempt, '=app-misc/lib-1', {
    ...{ status: 'failed', build_duration_s: 3, peak_memory_mb: 640, disk_mb: 80, cpu_s: 40 },
    ...{ failure_class: 'compile', first_error: 'no', first_error_line: 7, confidence: 'certain' },
  });

  const { body } = await world.get<ReplyOf<Api['attempts']>>(`/api/v1/attempts?attempt=${attempt}`);
  expect(body.attempts).toMatchObject([
    { build_duration_s: 3, peak_memory_mb: 640, disk_mb: 80, cpu_s: 40, confidence: 'certain', log_bytes: 10 },
  ]);
});
