import { expect, onTestFinished, test } from 'vitest';
import type { Api } from '../../src/contract/api.ts';
import type { ReplyOf } from '../../src/contract/endpoint.ts';
import { type ControlPlaneWorld, controlPlaneWorld } from '../../src/testing/control-plane-world.ts';
import { type Need, planOf } from '../../src/testing/plans.ts';
import { packageOf } from './forged-package.ts';

type Explained = ReplyOf<Api['explain']>;
type OfPackage = Extract<Explained, { kind: 'package' }>;
type OfDrone = Extract<Explained, { kind: 'drone' }>;

const CHAIN: Need[] = [
  ['app-misc/c-1', 'build', 'app-misc/b-1'],
  ['app-misc/b-1', 'build', 'app-misc/a-1'],
];
const NAMES = ['app-misc/a-1', 'app-misc/b-1', 'app-misc/c-1'];

async function setup(policy: Parameters<typeof controlPlaneWorld>[0] = {}): Promise<ControlPlaneWorld> {
  const world = await controlPlaneWorld(policy);
  onTestFinished(() => world.close());
  return world;
}

const why = async (world: ControlPlaneWorld, name: string) =>
  (await world.get<OfPackage>(`/api/v1/explain?package=${encodeURIComponent(name)}`)).body;
const whyDrone = async (world: ControlPlaneWorld, name: string) =>
  (await world.get<OfDrone>(`/api/v1/explain?drone=${name}`)).body;
const control = (world: ControlPlaneWorld, action: string, more: object = {}) =>
  world.post('/api/v1/control', { action, ...more });

test('a package that waits is explained down to the drone that holds it up', async () => {
  const world = await setup();
  await world.join('anvil');
  await world.queuePlan(planOf(NAMES, CHAIN));
  await world.ask('anvil');
  world.clock.advance(240_000);

  const explained = await why(world, 'app-misc/c');

  expect(explained).toMatchObject({
    package: '=app-misc/c-1',
    state: 'needed',
    reason: 'waiting',
    waiting_on: ['app-misc/b-1'],
    chain: [
      { package: 'app-misc/b-1', state: 'needed', drone: null, since: null },
      { package: 'app-misc/a-1', state: 'delegated', drone: 'anvil', since: world.clock.now() / 1000 - 240 },
    ],
  });
  expect(explained.headline).toMatch(
    /^It waits for app-misc\/b-1, and in the end for app-misc\/a-1, which anvil has been building for 4 min \(/,
  );
});

test('what waits for a blocked package is said to be stuck, and why', async () => {
  const world = await setup({ distinctDronesToBlock: 1, failuresToBlockAlone: 1 });
  await world.join('anvil');
  await world.queuePlan(planOf(NAMES, CHAIN));
  const { attempt = 0 } = await world.ask('anvil');
  const failure = { status: 'failed', failure_class: 'compile', error_detail: 'x', first_error: 'a.c:1: error: no' };
  await world.report('anvil', attempt, '=app-misc/a-1', failure);

  const [held, blocked] = [await why(world, 'app-misc/c'), await why(world, 'app-misc/a-1')];

  expect(held).toMatchObject({
    reason: 'stuck',
    headline: 'It will not be built: it needs app-misc/a-1, which is blocked (compile: src_compile failed).',
  });
  expect(blocked).toMatchObject({
    reason: 'blocked',
    headline: 'Blocked: src_compile failed (tried 1 time by anvil).',
    tries: [{ attempt, drone: 'anvil', state: 'failed', failure_class: 'compile', first_error: 'a.c:1: error: no' }],
  });
  expect(blocked.details).toContain('First error: a.c:1: error: no');
});

test('a ready package has its place, and each drone says why it does not get it', async () => {
  const world = await setup();
  await world.join('anvil');
  await world.join('bellows');
  await world.queuePlan(planOf(NAMES));
  await world.ask('anvil');
  await world.post('/api/v1/nodes/bellows/pause', {});
  const waiting = (await world.queue()).filter(({ status }) => status === 'needed');

  const explained = await why(world, waiting[0]?.package ?? '');

  expect(explained).toMatchObject({ state: 'needed', reason: 'ready', rank: { of: 2 } });
  expect(Object.fromEntries(explained.drones.map(({ name, rule }) => [name, rule]))).toEqual({
    anvil: 'slots',
    bellows: 'closed',
  });
});

test('the next one to be built names its drone, and then it is said by what it was chosen', async () => {
  const world = await setup();
  await world.join('anvil');
  await world.queuePlan(planOf(['app-misc/a-1']));

  const before = await why(world, 'app-misc/a');
  const { attempt } = await world.ask('anvil');
  world.clock.advance(60_000);
  const after = await why(world, 'app-misc/a');

  expect(before).toMatchObject({ reason: 'next', drones: [{ name: 'anvil', rule: null }] });
  expect(before.headline).toMatch(/^Ready \(1 of 1 ready package\): anvil gets it when it asks next\.$/);
  expect(after).toMatchObject({
    reason: 'building',
    build: { attempt, drone: 'anvil', score: { because: before.drones[0]?.score?.because } },
  });
});

test('a received package says who built it, and whether clients have it', async () => {
  const world = await setup();
  await world.join('anvil');
  await world.queuePlan(planOf(['app-misc/a-1']));
  const { attempt = 0 } = await world.ask('anvil');
  await world.upload('anvil', attempt, await packageOf('a'));
  world.clock.advance(90_000);
  await world.report('anvil', attempt, '=app-misc/a-1');

  const explained = await why(world, '=app-misc/a-1');

  expect(explained).toMatchObject({ state: 'received', estimate: null, tries: [{ state: 'received' }] });
  expect(['published', 'unpublished']).toContain(explained.reason);
  expect(explained.headline).toMatch(/^Built by anvil/);
});

test('a pause of the whole swarm is the reason that is given', async () => {
  const world = await setup();
  await world.join('anvil');
  await world.queuePlan(planOf(['app-misc/a-1']));
  await control(world, 'pause');

  expect(await why(world, 'app-misc/a')).toMatchObject({ reason: 'paused' });
  expect(await whyDrone(world, 'anvil')).toMatchObject({
    reason: 'swarm-paused',
    headline: 'anvil gets nothing: the control plane is paused.',
  });
});

test('an idle drone says what the waiting packages wait for', async () => {
  const world = await setup();
  await world.join('anvil');
  await world.join('bellows');
  await world.queuePlan(planOf(NAMES, CHAIN));
  await world.ask('anvil');

  const explained = await whyDrone(world, 'bellows');

  expect(explained).toMatchObject({
    reason: 'nothing-ready',
    headline: 'bellows has nothing to do: no package is ready.',
    queue: { ready: 0, waiting: 2, delegated: 1, blocked: 0 },
    holders: [{ package: '=app-misc/a-1', state: 'delegated', drone: 'anvil', waiting: 2 }],
  });
  expect(explained.details).toContain('2 packages cannot begin before =app-misc/a-1, which anvil is building.');
});

test.each<[string, (world: ControlPlaneWorld) => Promise<unknown>, OfDrone['reason']]>([
  ['is full', (world) => world.ask('anvil'), 'full'],
  ['is paused', (world) => world.post('/api/v1/nodes/anvil/pause', {}), 'paused'],
  ['is to be given something', async () => {}, 'next'],
  [
    'is silent',
    async (world) => {
      world.clock.advance(60_000);
      await world.plane().reconcile();
    },
    'offline',
  ],
])('a drone that %s says so', async (_what, happen, reason) => {
  const world = await setup();
  await world.join('anvil');
  await world.queuePlan(planOf(['app-misc/a-1', 'app-misc/b-1']));
  await happen(world);

  expect(await whyDrone(world, 'anvil')).toMatchObject({ reason });
});

test('what is asked about and is not there is named', async () => {
  const world = await setup();

  expect(await world.get('/api/v1/explain?package=app-misc/absent')).toEqual({
    status: 404,
    body: { error: 'package: app-misc/absent was never queued, or not for long' },
  });
  expect(await world.get('/api/v1/explain?drone=absent')).toEqual({
    status: 404,
    body: { error: 'drone: there is no drone absent' },
  });
  expect(await world.get('/api/v1/explain')).toMatchObject({ status: 400 });
});

test('a name without a version means that package only, and not others that begin like it', async () => {
  const world = await setup();
  await world.queuePlan(planOf(['app-misc/a-1', 'app-misc/a-tools-2', 'app-misc/ab-1']));

  expect(await why(world, 'app-misc/a')).toMatchObject({
    package: '=app-misc/a-1',
    details: expect.not.arrayContaining([expect.stringContaining('other row')]) as string[],
  });
});

test('a package that is given priority goes first, whatever it is, and it says who did it', async () => {
  const world = await setup();
  await world.join('anvil');
  await world.queuePlan(planOf(NAMES, [['app-misc/c-1', 'build', 'app-misc/b-1']]));

  expect(await control(world, 'prioritise', { package: 'app-misc/a', bump: 7 })).toEqual({
    status: 200,
    body: { status: 'ok', prioritised: 1 },
  });

  expect((await world.ask('anvil')).package).toBe('=app-misc/a-1');
  expect((await world.queue()).find(({ package: name }) => name === '=app-misc/a-1')).toMatchObject({ bump: 7 });
  const { events } = (await world.get<{ events: { message: string; details: object }[] }>('/api/v1/events')).body;
  expect(events).toContainEqual(
    expect.objectContaining({
      message: '=app-misc/a-1 has priority 7',
      details: expect.objectContaining({ by: 'anyone', from: '127.0.0.1', bump: 7 }) as object,
    }),
  );
});

test('a session is given priority and weight; wrong wishes are refused by name', async () => {
  const world = await setup();
  const { session_id: id } = await world.queuePlan(planOf(['app-misc/a-1']));

  const refused = await Promise.all([
    control(world, 'prioritise', { bump: 1 }),
    control(world, 'prioritise', { package: 'app-misc/a' }),
    control(world, 'prioritise', { package: 'app-misc/a', weight: 2 }),
    control(world, 'prioritise', { session_id: id }),
    control(world, 'prioritise', { package: 'app-misc/a', bump: 101 }),
    control(world, 'prioritise', { package: 'app-misc/absent', bump: 1 }),
    control(world, 'prioritise', { session_id: 'absent', bump: 1 }),
  ]);

  expect(refused.map(({ status }) => status)).toEqual([400, 400, 400, 400, 400, 404, 404]);
  expect(await control(world, 'prioritise', { session_id: id, bump: 3, weight: 2 })).toMatchObject({ status: 200 });
  const row = world.database().connection.prepare('SELECT bump, weight FROM sessions').get();
  expect(row).toEqual({ bump: 3, weight: 2 });
  await world.post(`/api/v1/sessions/${id}/abort`, {});
  expect(await control(world, 'prioritise', { session_id: id, bump: 0 })).toMatchObject({ status: 409 });
});

test('a session is meant by its id, or by a name that only one has; else all of that name are listed', async () => {
  const world = await setup();
  const queued = async (name: string, cpv: string) => {
    const { body } = await world.post<{ session_id: string }>('/api/v1/queue', {
      plan: planOf([cpv]),
      session_name: name,
    });
    return body.session_id;
  };
  const [only, first, second] = [
    await queued('@world on anvil', 'app-misc/a-1'),
    await queued('nightly', 'app-misc/b-1'),
    await queued('nightly', 'app-misc/c-1'),
  ];
  const explained = (session: string, name: string) =>
    world.get<OfPackage & { error: string }>(`/api/v1/explain?package=${name}&session=${encodeURIComponent(session)}`);

  expect((await explained('@world on anvil', 'app-misc/a')).body).toMatchObject({ session_id: only });
  expect(await control(world, 'prioritise', { session_id: '@world on anvil', weight: 3 })).toMatchObject({
    status: 200,
  });
  expect(world.database().connection.prepare('SELECT id FROM sessions WHERE weight = 3').pluck().all()).toEqual([only]);
  expect((await explained(first, 'app-misc/b')).body).toMatchObject({ session_id: first });
  const several = await explained('nightly', 'app-misc/b');
  expect(several).toMatchObject({
    status: 409,
    body: { error: expect.stringContaining('2 sessions are called nightly') },
  });
  expect(several.body.error).toContain(`${first} (active)`);
  expect(several.body.error).toContain(`${second} (active)`);
  expect(await control(world, 'prioritise', { session_id: 'nightly', bump: 1 })).toMatchObject({ status: 409 });
});

test('a drone is given a limit of cores and labels, and keeps what is not named', async () => {
  const world = await setup();
  await world.join('anvil', { capabilities: { cores: 8, slots: 4, attempts: true } });
  await world.queuePlan(planOf(NAMES));

  const set = (body: object) => world.post('/api/v1/nodes/anvil/settings', body);
  expect(await set({ cores_limit: 4, labels: ['ssd', 'big', 'ssd'] })).toMatchObject({
    status: 200,
    body: { status: 'ok', name: 'anvil', cores_limit: 4, labels: ['big', 'ssd'] },
  });
  expect(await set({ labels: [] })).toMatchObject({ body: { cores_limit: 4, labels: [] } });

  const [node] = (await world.get<{ cores_limit: number }[]>('/api/v1/nodes')).body;
  expect(node).toMatchObject({ cores_limit: 4, labels: [] });
  expect(await whyDrone(world, 'anvil')).toMatchObject({ slots: 2, cores_limit: 4 });
  expect(await set({ cores_limit: null })).toMatchObject({ body: { cores_limit: null } });
  expect(await whyDrone(world, 'anvil')).toMatchObject({ slots: 4, cores_limit: null });
  expect(await set({ cores_limit: 0 })).toMatchObject({ status: 400 });
  expect(await set({ labels: ['; id'] })).toMatchObject({ status: 400 });
  expect(await world.post('/api/v1/nodes/absent/settings', {})).toMatchObject({ status: 404 });
});
