import { afterEach, expect, test } from 'vitest';
import { type ControlPlaneWorld, controlPlaneWorld } from '../../src/testing/control-plane-world.ts';
import { planOf } from '../../src/testing/plans.ts';

const worlds: ControlPlaneWorld[] = [];
afterEach(async () => {
  await Promise.all(worlds.splice(0).map((world) => world.close()));
});

async function setup(): Promise<ControlPlaneWorld> {
  const world = await controlPlaneWorld();
  worlds.push(world);
  return world;
}

async function untilAsleep(world: ControlPlaneWorld, count: number): Promise<void> {
  while (world.clock.sleepers() < count) await new Promise(setImmediate);
}

test('heartbeats of others do not wake a drone that waits for work', async () => {
  const world = await setup();
  for (const drone of ['anvil', 'bellows']) await world.join(drone);
  const waiting = world.get('/api/v1/work?id=anvil&holding=&wait=30');
  await untilAsleep(world, 1);
  const before = world.clock.sleeps();

  for (let beats = 0; beats < 20; beats += 1) await world.join('bellows');
  await untilAsleep(world, 1);

  expect(world.clock.sleeps()).toBe(before);
  world.clock.advance(30_000);
  await waiting;
});

test('a clock that is set forward takes no build away', async () => {
  const world = await setup();
  await world.join('anvil');
  await world.queuePlan(planOf(['app-misc/lib-1']));
  const { attempt } = await world.ask('anvil');

  world.clock.set(86_400_000);
  await world.plane().reconcile();

  expect(await world.queue()).toMatchObject([{ status: 'delegated', attempt }]);
  expect((await world.get('/api/v1/nodes')).body).toMatchObject([{ name: 'anvil', online: true }]);
});

test('a clock that is set back neither keeps a silent drone nor stretches a pause', async () => {
  const world = await setup();
  for (const drone of ['anvil', 'bellows']) await world.join(drone);
  await world.queuePlan(planOf(['app-misc/lib-1', 'app-misc/app-1']));
  const { attempt = 0, package: granted = '' } = await world.ask('anvil');
  await world.report('anvil', attempt, granted ?? '', { status: 'failed', failure_class: 'compile' });
  await world.ask('anvil');

  world.clock.set(-86_400_000);
  await world.plane().reconcile();
  world.clock.advance(10_000);
  expect((await world.ask('bellows')).package).toBe(granted);
  world.clock.advance(200_000);
  await world.plane().reconcile();

  expect((await world.get('/api/v1/status')).body).toMatchObject({ delegated: 0, nodes_online: 0 });
});

test('a name can be taken over whatever other drones are called', async () => {
  const world = await setup();
  await world.join('old', { name: 'anvil' });
  await world.join('third', { name: 'anvil.was.old' });
  world.clock.advance(60_000);
  await world.plane().reconcile();

  expect((await world.post('/api/v1/register', { id: 'new', name: 'anvil' })).status).toBe(200);
});

const WORK = '/api/v1/work';
test.each([WORK, `/${WORK}`, '/api/v1//work', '/api/v1/%77ork', `${WORK}/`])(
  'a page of another site gets no work by asking %s',
  async (path) => {
    const world = await setup();
    await world.join('anvil');

    const { statusCode } = await world.plane().app.inject({
      method: 'GET',
      url: `${path}?id=anvil`,
      headers: { origin: 'http://evil.example', host: 'localhost:8100' },
    });

    expect(statusCode).toBe(403);
  },
);

test('an image on a page of another site gets no work either', async () => {
  const world = await setup();
  await world.join('anvil');

  const { statusCode } = await world.plane().app.inject({
    method: 'GET',
    url: '/api/v1/work?id=anvil',
    headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', host: 'localhost:8100' },
  });

  expect(statusCode).toBe(403);
});
