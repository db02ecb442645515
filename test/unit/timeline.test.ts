import { afterEach, expect, test, vi } from 'vitest';
import type { Api } from '../../src/contract/api.ts';
import type { ReplyOf } from '../../src/contract/endpoint.ts';
import { type ControlPlaneWorld, controlPlaneWorld } from '../../src/testing/control-plane-world.ts';
import { planOf } from '../../src/testing/plans.ts';
import { packageOf } from './forged-package.ts';

type Timeline = ReplyOf<Api['timeline']>;

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

/** A swarm in which `anvil` builds a library, fails a tool, and has begun with what needs the library. */
async function setup() {
  const world = await controlPlaneWorld();
  closing.push(() => world.close());
  await world.join('anvil');
  const names = ['lib', 'app'].map((name) => `app-misc/${name}-1`);
  const { session_id: session } = await world.queuePlan(planOf(names, [['app-misc/app-1', 'build', 'app-misc/lib-1']]));
  const startedAt = world.clock.now();
  const lib = await world.ask('anvil');
  world.clock.advance(60_000);
  await world.upload('anvil', lib.attempt ?? 0, await packageOf('lib'));
  await world.report('anvil', lib.attempt ?? 0, lib.package ?? '');
  world.clock.advance(5_000);
  const app = await vi.waitFor(() => granted(world));
  return { world, session, startedAt, lib: lib.attempt, app, look: lookAt(world) };
}

/** What needs a package is handed out when that is in the index. */
async function granted(world: ControlPlaneWorld): Promise<number> {
  const { attempt } = await world.ask('anvil');
  if (attempt === undefined) throw new Error('nothing is handed out yet');
  return attempt;
}

function lookAt(world: ControlPlaneWorld) {
  return async (query = '') => (await world.get<Timeline>(`/api/v1/timeline${query}`)).body;
}

test('builds are told with their drone, when they began and ended, and those that go on', async () => {
  const { look, lib, app, startedAt, world } = await setup();

  const { at, from, builds } = await look();

  expect(at * 1000).toBe(world.clock.now());
  expect(from).toBeNull();
  expect(builds).toMatchObject([
    { attempt: app, package: '=app-misc/app-1', drone: 'anvil', state: 'running', ended_at: null },
    { attempt: lib, package: '=app-misc/lib-1', state: 'received', started_at: startedAt / 1000, phase: null },
  ]);
  expect(builds[1]?.ended_at).toBe(startedAt / 1000 + 60);
});

test('in a session a build names the one that it waited for', async () => {
  const { look, lib, session } = await setup();

  expect((await look(`?session=${session}`)).builds.map(({ after }) => after)).toEqual([lib, null]);
  expect((await look()).builds.map(({ after }) => after)).toEqual([null, null]);
  expect((await look('?session=another')).builds).toEqual([]);
});

test('only builds that began between two times are told, and how far back the answer is whole', async () => {
  const { look, lib, app, startedAt } = await setup();
  const later = startedAt / 1000 + 30;

  expect((await look(`?from=${later}`)).builds.map(({ attempt }) => attempt)).toEqual([app]);
  expect((await look(`?to=${later}`)).builds.map(({ attempt }) => attempt)).toEqual([lib]);
  const cut = await look('?limit=1');
  expect(cut.builds.map(({ attempt }) => attempt)).toEqual([app]);
  expect(cut.from).toBe(cut.builds[0]?.started_at);
  const rest = await look(`?to=${cut.from}`);
  expect(rest.builds.map(({ attempt }) => attempt)).toEqual([lib]);
  expect(rest.from).toBeNull();
});

test('what version 3.1 built is there too, without attempts', async () => {
  const { world, look, startedAt } = await setup();
  const first = startedAt / 1000 - 5_000;
  world.database().connection.exec(`
    UPDATE build_history SET id = id + 100;
    INSERT INTO build_history (id, package, drone_id, drone_name, status, duration_seconds, built_at) VALUES
      (1, '=app-misc/old-1', 'gone', 'gone', 'success', 100, ${first + 100}),
      (2, '=app-misc/old-2', 'gone', 'gone', 'emerge failed', 100, ${first + 200})`);

  const { builds } = await look();

  expect(builds.slice(2)).toMatchObject([
    { attempt: null, package: '=app-misc/old-2', drone: 'gone', state: 'failed', started_at: first + 100 },
    { attempt: null, package: '=app-misc/old-1', state: 'received', ended_at: first + 100 },
  ]);
  expect((await look(`?to=${first + 50}&limit=1`)).builds).toMatchObject([{ package: '=app-misc/old-1' }]);
  expect((await look('?limit=3')).from).toBe(first + 100);
});
