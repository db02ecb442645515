import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Api } from '../../src/contract/api.ts';
import type { ReplyOf } from '../../src/contract/endpoint.ts';
import { presentConfiguration } from '../../src/server/present-configuration.ts';
import { resolveSettings } from '../../src/settings/resolve.ts';
import { type ControlPlaneWorld, controlPlaneWorld } from '../../src/testing/control-plane-world.ts';
import { planOf } from '../../src/testing/plans.ts';

type Statistics = ReplyOf<Api['statistics']>;
type Comparison = ReplyOf<Api['compareSessions']>;

let world: ControlPlaneWorld;
beforeAll(async () => {
  world = await controlPlaneWorld();
  for (const drone of ['anvil', 'bellows']) await world.join(drone);
});
afterAll(() => world.close());

/** One drone takes something and fails; says what it was. */
async function fail(drone: string, failureClass: string): Promise<string> {
  await world.join(drone);
  const { attempt = 0, package: name } = await world.ask(drone);
  await world.report(drone, attempt, name ?? '', { status: 'failed', failure_class: failureClass });
  return name ?? '';
}

async function statistics(query = ''): Promise<Statistics> {
  return (await world.get<Statistics>(`/api/v1/statistics${query}`)).body;
}

test('failures are counted by class, drone and package, and asked for by each of them', async () => {
  await world.queuePlan(planOf(['app-misc/one-1', 'app-misc/other-1']));
  world.clock.advance(30_000);
  const name = await fail('anvil', 'compile');
  world.clock.advance(20_000);

  const all = await statistics('?hours=1&buckets=4');

  expect(all.totals).toMatchObject({ builds: 1, built: 0, failed: 1, success_rate: 0, p50_s: null });
  expect(all.failures).toMatchObject([{ failure_class: 'compile', failed: 1, course: [0, 0, 0, 1] }]);
  expect(all.drones).toMatchObject([{ name: 'anvil', failed: 1, speed_samples: 0 }]);
  expect(all.drones[0]?.speed).toBeGreaterThan(0);
  expect(all.packages).toMatchObject([{ package: name.slice(1, -2), failed: 1, trend: null }]);
  expect(all.waiting).toMatchObject({ count: 1, p50_s: 30 });
  expect(all.waiting.bins).toEqual([{ from_s: 30, to_s: 60, count: 1 }]);
  expect((await statistics('?hours=1&drone=bellows')).totals.builds).toBe(0);
  expect((await statistics('?package=NOTHING')).totals.builds).toBe(0);
  expect((await statistics(`?package=${name.slice(1, -2).toUpperCase()}`)).totals.builds).toBe(1);
  expect((await world.get('/api/v1/statistics?hours=0')).status).toBe(400);
});

test('two sessions say what is new, what is gone and what ended otherwise', async () => {
  const before = await world.queuePlan(planOf(['app-misc/stays-1', 'app-misc/goes-1']));
  for (const drone of ['anvil', 'bellows', 'anvil', 'bellows']) {
    await fail(drone, 'compile');
    world.clock.advance(60_000);
  }
  await world.post(`/api/v1/sessions/${before.session_id}/abort`, {});
  const after = await world.queuePlan(planOf(['app-misc/comes-1']));
  await fail('anvil', 'test');

  const { body } = await world.get<Comparison>(`/api/v1/sessions/${before.session_id}/compare/${after.session_id}`);

  expect(body.gone.length).toBeGreaterThan(0);
  expect(body.differences).toMatchObject({ gone: body.gone.length, added: 1, outcomes: 0, upgraded: 0 });
  expect(body.added).toEqual([{ package: 'app-misc/comes', versions: ['1'], outcome: 'failed', build_s: 0 }]);
  expect([...body.gone, ...body.added].every(({ outcome }) => outcome === 'failed')).toBe(true);
  expect(body.outcomes).toEqual([]);
});

test('sessions are listed with their builds in numbers', async () => {
  await world.database().store.settle(world.clock.now());

  const { body } = await world.get<ReplyOf<Api['sessions']>>('/api/v1/sessions');

  const builds = body.sessions.reduce((sum, each) => sum + each.builds, 0);
  expect(builds).toBeGreaterThan(0);
  expect(body.sessions.every((each) => each.built === 0 && each.failed_builds === each.builds)).toBe(true);
});

test('settings are told with where they come from, and no secret is', () => {
  const resolved = resolveSettings({
    flags: { '--config': 'off', '--port': '8123' },
    env: { SWARM_TOKEN: 'bsw_secret', SWARMV3_URL: 'http://me:word@example.org:8100', NODE_TIMEOUT: '60' },
    uid: 1000,
  });

  const { settings } = presentConfiguration(resolved);
  const of = (name: string) => settings.find((each) => each.name === name);

  expect(of('CONTROL_PLANE_PORT')).toMatchObject({ value: '8123', source: 'flag', source_text: 'flag --port' });
  expect(of('NODE_TIMEOUT')).toMatchObject({ value: '60', source: 'environment', chapter: 'Scheduling' });
  expect(of('SWARM_TOKEN')).toMatchObject({ value: '********', secret: true });
  expect(JSON.stringify(settings)).not.toMatch(/bsw_secret|word@/);
});
