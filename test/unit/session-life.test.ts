import { afterEach, expect, test } from 'vitest';
import { type ControlPlaneWorld, controlPlaneWorld } from '../../src/testing/control-plane-world.ts';
import { planOf } from '../../src/testing/plans.ts';
import { packageOf } from './forged-package.ts';

const LIB = 'app-misc/lib-1';
const APP = 'app-misc/app-1';
const CHAIN = planOf([LIB, APP], [[APP, 'build', LIB]]);

const worlds: ControlPlaneWorld[] = [];
afterEach(async () => {
  await Promise.all(worlds.splice(0).map((world) => world.close()));
});

async function setup(...drones: readonly string[]): Promise<ControlPlaneWorld> {
  const world = await controlPlaneWorld();
  worlds.push(world);
  for (const drone of drones) await world.join(drone);
  return world;
}

async function sessions(world: ControlPlaneWorld) {
  type Row = { id: string; status: string; total_packages: number };
  return (await world.get<{ sessions: Row[] }>('/api/v1/sessions')).body.sessions;
}

async function fail(world: ControlPlaneWorld, drone: string, failureClass: string) {
  const { attempt = 0, package: granted } = await world.ask(drone);
  expect(granted).toBe(`=${LIB}`);
  const reply = await world.report(drone, attempt, `=${LIB}`, { status: 'failed', failure_class: failureClass });
  world.clock.advance(10_000);
  for (const each of ['anvil', 'bellows']) await world.join(each);
  return reply;
}

/** The lib is blocked because both drones failed it, and nothing can move any more. */
async function setupBlocked(): Promise<ControlPlaneWorld> {
  const world = await setup('anvil', 'bellows', 'sweeper-1');
  await world.queuePlan(CHAIN);
  await fail(world, 'anvil', 'compile');
  expect(await fail(world, 'bellows', 'compile')).toMatchObject({ state: 'blocked' });
  await world.plane().reconcile();
  expect(await sessions(world)).toMatchObject([{ status: 'completed' }]);
  await world.join('sweeper-1');
  return world;
}

test('a plan in which everything is installed already is over at once', async () => {
  const world = await setup();
  const plan = planOf([LIB]);
  await world.queuePlan({ ...plan, nodes: plan.nodes.map((node) => ({ ...node, operation: 'nomerge' })) });

  await world.plane().reconcile();

  expect(await sessions(world)).toMatchObject([{ status: 'completed', total_packages: 0 }]);
});

test('what a sweeper rescues lets its dependents go on', async () => {
  const world = await setupBlocked();

  const { attempt = 0, package: granted } = await world.ask('sweeper-1');
  expect(granted).toBe(`=${LIB}`);
  expect(await sessions(world)).toMatchObject([{ status: 'active' }]);
  await world.upload('sweeper-1', attempt, await packageOf('lib'));
  await world.report('sweeper-1', attempt, `=${LIB}`);

  expect(await world.ask('anvil')).toMatchObject({ package: `=${APP}` });
});

test.each([
  ['hands back', { status: 'returned' }],
  ['runs out of disk for', { status: 'failed', failure_class: 'disk_full' }],
])('what a sweeper %s is blocked as before', async (_, report) => {
  const world = await setupBlocked();
  const { attempt = 0 } = await world.ask('sweeper-1');

  expect(await world.report('sweeper-1', attempt, `=${LIB}`, report)).toMatchObject({ state: 'blocked' });

  world.clock.advance(60_000);
  for (const drone of ['anvil', 'bellows']) {
    await world.join(drone);
    expect(await world.ask(drone)).toMatchObject({ package: null });
  }
});

test('what a sweeper took with it when it died is blocked as before', async () => {
  const world = await setupBlocked();
  await world.ask('sweeper-1');

  world.clock.advance(200_000);
  await world.plane().reconcile();

  expect((await world.get('/api/v1/status')).body).toMatchObject({ blocked: 1, delegated: 0 });
});

test('a drone that ran out of memory does not help another to block the package', async () => {
  const world = await setup('anvil', 'bellows');
  await world.queuePlan(CHAIN);

  expect(await fail(world, 'anvil', 'oom')).toMatchObject({ state: 'needed' });
  expect(await fail(world, 'bellows', 'compile')).toMatchObject({ state: 'needed' });
  expect(await fail(world, 'anvil', 'compile')).toMatchObject({ state: 'blocked' });
});

test('a package that is blocked twice in one session is unblocked once', async () => {
  const world = await setup('anvil', 'bellows');
  await world.post('/api/v1/queue', { packages: ['app-misc/other'] });
  expect(await world.ask('bellows')).toMatchObject({ package: 'app-misc/other' });
  for (let round = 0; round < 2; round += 1) {
    await world.post('/api/v1/queue', { packages: ['app-misc/lib'] });
    const { attempt = 0 } = await world.ask('anvil');
    await world.report('anvil', attempt, 'app-misc/lib', { status: 'masked' });
  }
  expect((await world.get('/api/v1/status')).body).toMatchObject({ blocked: 2 });

  const { status, body } = await world.post('/api/v1/control', { action: 'unblock' });

  expect({ status, body }).toMatchObject({ status: 200, body: { unblocked: 1 } });
});

test('a binary is not taken for the same package with other USE flags in another session', async () => {
  const world = await setup('anvil', 'bellows');
  const plan = planOf([LIB]);
  const { session_id: fast } = await world.queuePlan(plan);
  const { session_id: small } = await world.queuePlan({
    ...plan,
    nodes: plan.nodes.map((node) => ({ ...node, use: ['small'] })),
  });
  const { session_id: alike } = await world.queuePlan(plan);

  const { attempt = 0, build } = await world.ask('anvil');
  expect(build?.session_id).toBe(fast);
  await world.upload('anvil', attempt, await packageOf('lib'));
  await world.report('anvil', attempt, `=${LIB}`);

  const statusIn = async (session: string | null) =>
    (await world.get<{ status: string }[]>(`/api/v1/queue?session=${session}`)).body.map((row) => row.status);
  expect([await statusIn(fast), await statusIn(small), await statusIn(alike)]).toEqual([
    ['received'],
    ['needed'],
    ['received'],
  ]);
});

const PROBLEM = {
  class: 'unknown' as const,
  target: null,
  atoms: [],
  message: 'Portage gave up',
  advice: null,
  candidates: [],
  required_by: [],
};

test.each([
  ['no target and no atoms', PROBLEM],
  ['an empty target', { ...PROBLEM, target: '' }],
  ['an empty atom', { ...PROBLEM, atoms: [''] }],
])('a problem that names %s is shown under what was asked for', async (_, problem) => {
  const world = await setup();

  expect(await world.queuePlan(planOf([LIB], [], [problem]))).toMatchObject({ queued: 1, refused: 1 });

  expect(await world.queue()).toMatchObject([{}, { package: '@world', status: 'blocked' }]);
});

test('a package that hundreds of thousands of edges lead to is ranked', async () => {
  const world = await setup();
  const edge = CHAIN.edges[0];
  if (!edge) throw new Error('the chain has an edge');

  const { status } = await world
    .plane()
    .app.inject({
      method: 'POST',
      url: '/api/v1/queue',
      headers: { 'content-type': 'application/vnd.build-swarm.plan+json' },
      payload: { plan: { ...CHAIN, edges: Array.from({ length: 130_000 }, () => edge) } },
    })
    .then(({ statusCode }) => ({ status: statusCode }));

  expect(status).toBe(200);
});
