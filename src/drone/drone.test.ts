import { readdir } from 'node:fs/promises';
import { expect, onTestFinished, test } from 'vitest';
import { compiling, droneWorld, reported } from '../testing/drone-world.ts';
import type { FakeAttempt, FakeOrder } from '../testing/fake-control-plane.ts';
import type { DroneConfig } from './config.ts';
import { startDrone } from './drone.ts';

async function setup({ orders = [], ...more }: Partial<DroneConfig> & { orders?: FakeOrder[] } = {}) {
  const world = await droneWorld(more);
  world.plane.queue(...orders);
  onTestFinished(world.close);
  return {
    ...world,
    /** Started by the test, so that it can prepare the world. */
    start: () => {
      const drone = startDrone(world.config);
      onTestFinished(() => drone.stop());
      return drone;
    },
  };
}

test('a package is built with its dependencies, delivered and reported, and forgotten', async () => {
  const world = await setup({ orders: [{ package: '=app-misc/jq-1.7', dependencies: ['=dev-libs/onig-6.9'] }] });

  const drone = world.start();
  const { reports, uploads, log } = await reported(world, 1);
  await drone.stop();

  expect(await world.runs()).toEqual(['install =dev-libs/onig-6.9', 'build =app-misc/jq-1.7']);
  expect(reports).toMatchObject([{ id: 'anvil-id', package: '=app-misc/jq-1.7', status: 'success', attempt: 1 }]);
  expect(uploads.length).toBe(1);
  expect(uploads[0]?.subarray(257, 262).toString()).toBe('ustar');
  expect(log.toString()).toContain('>>> Installing (1 of 1) dev-libs/onig-6.9::swarmtest');
  expect(log.toString().trimEnd().endsWith('>>> Done.')).toBe(true);
  expect(await world.packageFiles()).toEqual([]);
  expect(await world.spooled()).toEqual([]);
  expect(await readdir(world.stateDir)).not.toContain('drone.lock');
});

test('nothing is installed for a package that needs nothing', async () => {
  const world = await setup({ orders: [{ package: '=app-misc/jq-1.7', dependencies: [] }] });

  world.start();
  await reported(world, 1);

  expect(await world.runs()).toEqual(['build =app-misc/jq-1.7']);
});

test('without a plan emerge finds the dependencies itself', async () => {
  const world = await setup({ orders: [{ package: 'app-misc/jq', dependencies: null }] });

  world.start();
  const { reports, uploads } = await reported(world, 1);

  expect(await world.runs()).toEqual(['install app-misc/jq', 'build app-misc/jq']);
  expect(reports[0]?.status).toBe('success');
  expect(uploads.length).toBe(1);
});

test('a drone says who it is, how busy it is and what it works on, also while it compiles', async () => {
  const world = await setup({ orders: [{ package: '=app-misc/gated-1.0' }] });
  const go = await world.gate('gated');

  world.start();
  const running = await compiling(world, 1);
  const soFar = world.plane.registrations.length;
  await world.plane.when(() => world.plane.registrations.length >= soFar + 3);
  const last = world.plane.registrations.at(-1);
  await go();
  await reported(world, 1);

  expect(running).toMatchObject([{ attempt: 1, package: '=app-misc/gated-1.0', phase: 'compile' }]);
  expect(last).toMatchObject({
    id: 'anvil-id',
    name: 'anvil',
    version: '3.2.0',
    current_task: '=app-misc/gated-1.0',
    capabilities: {
      slots: 1,
      attempts: true,
      cores: expect.any(Number),
      arch: expect.any(String),
    },
    metrics: {
      cpu_percent: expect.any(Number),
      ram_percent: expect.any(Number),
      load_1m: expect.any(Number),
    },
  });
});

test('a failed build is reported with its class, its phase and the line that says why', async () => {
  const world = await setup({ orders: [{ package: '=app-broken/fails-compile-1.0' }] });

  world.start();
  const { reports, uploads } = await reported(world, 1);

  expect(reports).toMatchObject([{ status: 'failed', failure_class: 'compile', phase: 'compile' }]);
  expect(reports[0]?.error_detail).toContain('swarm/missing.h');
  expect(uploads).toEqual([]);
});

test('a dependency that the binhost lacks is looked for once more, then reported', async () => {
  const world = await setup({ orders: [{ package: '=app-misc/jq-1.7', dependencies: ['=dev-libs/absent-1'] }] });

  world.start();
  const { reports } = await reported(world, 1);

  expect(await world.runs()).toEqual(['install =dev-libs/absent-1', 'install =dev-libs/absent-1 (fresh index)']);
  expect(reports).toMatchObject([{ status: 'failed', failure_class: 'dependency' }]);
  expect(reports[0]?.error_detail).toContain('=dev-libs/absent-1');
});

test('a dependency that was missing in a stale copy of the index is found in a fresh one', async () => {
  const world = await setup({ orders: [{ package: '=app-misc/jq-1.7', dependencies: ['=dev-libs/late-1'] }] });

  world.start();
  const { reports } = await reported(world, 1);

  expect(await world.runs()).toEqual([
    'install =dev-libs/late-1',
    'install =dev-libs/late-1 (fresh index)',
    'build =app-misc/jq-1.7',
  ]);
  expect(reports).toMatchObject([{ status: 'success' }]);
});

test('an emerge that ends well without a package is a missing binary', async () => {
  const world = await setup({ orders: [{ package: '=app-misc/empty-1.0' }] });

  world.start();
  const { reports } = await reported(world, 1);

  expect(reports).toMatchObject([{ status: 'failed', failure_class: 'missing_binary' }]);
});

test('two slots compile side by side', async () => {
  const orders = ['gated-a', 'gated-b'].map((name) => ({ package: `=app-misc/${name}-1.0` }));
  const world = await setup({ orders, slots: 2 });
  const gates = await Promise.all([world.gate('gated-a'), world.gate('gated-b')]);

  world.start();
  const running = await compiling(world, 1, 2);
  await Promise.all(gates.map((go) => go()));
  const both = await Promise.all([reported(world, 1), reported(world, 2)]);

  expect(running.length).toBe(2);
  expect(both.map((one) => one.reports[0]?.status)).toEqual(['success', 'success']);
});

test('two slots install their dependencies one after the other', async () => {
  const dependencies = ['=dev-libs/gated-need-1'];
  const orders = ['a', 'b'].map((name) => ({ package: `=app-misc/${name}-1.0`, dependencies }));
  const world = await setup({ orders, slots: 2 });
  const go = await world.gate('install');

  world.start();
  const isInstalling = () =>
    world.plane.registrations.at(-1)?.running?.filter((one) => one.phase === 'dependencies').length === 2;
  await world.plane.when(isInstalling);
  const soFar = world.plane.registrations.length;
  await world.plane.when(() => world.plane.registrations.length >= soFar + 10);
  await go();
  await Promise.all([reported(world, 1), reported(world, 2)]);

  const runs = await world.runs();
  expect(runs.filter((run) => run.startsWith('install')).length).toBe(2);
  expect(runs.filter((run) => run.startsWith('overlap'))).toEqual([]);
});

test('a paused drone asks for nothing until it may again', async () => {
  const world = await setup();
  world.plane.pause(true);

  world.start();
  await world.plane.when(() => world.plane.registrations.length >= 3);
  world.plane.queue({ package: '=app-misc/jq-1.7' });
  const asked = world.plane.calls.get('work') ?? 0;
  world.plane.pause(false);
  await reported(world, 1);

  expect(asked).toBe(0);
});

test('a build that is not current any more is ended and not spoken of', async () => {
  const world = await setup({ orders: [{ package: '=app-broken/hangs-1.0' }, { package: '=app-misc/jq-1.7' }] });

  const drone = world.start();
  await compiling(world, 1);
  world.plane.takeBack(1);
  await reported(world, 2);
  await drone.stop();

  expect(world.plane.attempts.get(1)?.reports).toEqual([]);
  expect(await world.leftRunning()).toEqual([]);
  expect(await world.spooled()).toEqual([]);
});

test('a drone that is stopped ends its build, hands it back and leaves nothing running', async () => {
  const world = await setup({ orders: [{ package: '=app-broken/hangs-1.0' }] });

  const drone = world.start();
  await compiling(world, 1);
  world.plane.pause(true);
  await drone.stop();
  await drone.done;

  const { reports } = world.plane.attempts.get(1) as FakeAttempt;
  expect(reports).toMatchObject([{ status: 'returned', error_detail: 'drone stopping', attempt: 1 }]);
  expect(world.plane.queued()).toEqual([{ package: '=app-broken/hangs-1.0' }]);
  expect(await world.leftRunning()).toEqual([]);
});

test('an answer about work that got lost is given again, and taken once', async () => {
  const world = await setup({ orders: [{ package: '=app-misc/jq-1.7' }] });
  world.plane.answerNext('work', { status: 500, body: { error: 'lost' } });

  world.start();
  await reported(world, 1);

  expect(await world.runs()).toEqual(['build =app-misc/jq-1.7']);
});

test('an id is made once and kept with the state', async () => {
  const world = await setup();
  const { id: _, ...config } = world.config;

  for (let start = 0; start < 2; start += 1) {
    const seen = world.plane.registrations.length;
    const drone = startDrone(config);
    await world.plane.when(() => world.plane.registrations.length > seen);
    await drone.stop();
  }

  const ids = new Set(world.plane.registrations.map((one) => one.id));
  expect([...ids]).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/)]);
});
