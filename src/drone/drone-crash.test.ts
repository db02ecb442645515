import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { droneWorld } from '../testing/drone-world.ts';
import type { FakeOrder } from '../testing/fake-control-plane.ts';
import { startDrone } from './drone.ts';

/** A drone in a process of its own dies at `fault`; what follows is up to the test. */
async function setup({ order, fault }: { order: FakeOrder; fault?: string }) {
  const world = await droneWorld();
  onTestFinished(world.close);
  world.plane.queue(order);
  const child = world.spawnDrone(fault);
  const died = once(child, 'exit').then(([, signal]) => signal as string);
  return {
    ...world,
    child,
    died,
    restart: () => {
      const drone = startDrone(world.config);
      onTestFinished(() => drone.stop());
      return drone;
    },
    told: (attempt: number) => world.plane.when(() => (world.plane.attempts.get(attempt)?.reports.length ?? 0) > 0),
    statuses: (attempt: number) => world.plane.attempts.get(attempt)?.reports.map((report) => report.status),
  };
}

test('a drone that is killed while it builds hands the package back, and builds it after its restart', async () => {
  const world = await setup({ order: { package: '=app-broken/hangs-once-1.0' }, fault: 'mid-build' });

  expect(await world.died).toBe('SIGKILL');
  const drone = world.restart();
  await world.told(2);
  await drone.stop();

  expect(world.statuses(1)).toEqual(['returned']);
  expect(world.statuses(2)).toEqual(['success']);
  expect(world.plane.attempts.get(1)?.uploads).toEqual([]);
  expect(world.plane.attempts.get(2)?.uploads.length).toBe(1);
  expect(await world.leftRunning()).toEqual([]);
  expect(await world.spooled()).toEqual([]);
});

test('a drone that is killed with a finished package delivers it after its restart, built once', async () => {
  const world = await setup({ order: { package: '=app-misc/jq-1.7' }, fault: 'after-build' });

  expect(await world.died).toBe('SIGKILL');
  const drone = world.restart();
  await world.told(1);
  await drone.stop();

  expect(await world.runs()).toEqual(['build =app-misc/jq-1.7']);
  expect(world.statuses(1)).toEqual(['success']);
  expect(world.plane.attempts.get(1)?.uploads.length).toBe(1);
  expect(
    world.plane.attempts
      .get(1)
      ?.log.toString()
      .match(/>>> Done\./g)?.length,
  ).toBe(1);
  expect(await world.spooled()).toEqual([]);
});

test('a drone that is killed between upload and report delivers the same bytes again and reports once', async () => {
  const world = await setup({ order: { package: '=app-misc/jq-1.7' }, fault: 'after-upload' });

  expect(await world.died).toBe('SIGKILL');
  expect(world.statuses(1)).toEqual([]);
  const drone = world.restart();
  await world.told(1);
  await drone.stop();

  const uploads = world.plane.attempts.get(1)?.uploads ?? [];
  expect(await world.runs()).toEqual(['build =app-misc/jq-1.7']);
  expect(world.statuses(1)).toEqual(['success']);
  expect(uploads.length).toBe(2);
  expect(uploads[0]?.equals(uploads[1] ?? Buffer.alloc(0))).toBe(true);
  expect(await world.packageFiles()).toEqual([]);
});

test('a drone that died at a fault point does not die there again', async () => {
  const world = await setup({ order: { package: '=app-misc/jq-1.7' }, fault: 'after-build' });
  await world.died;

  world.spawnDrone('after-build');
  await world.told(1);

  expect(world.statuses(1)).toEqual(['success']);
});

test('nothing that a drone started outlives its kill -9', async () => {
  const world = await setup({ order: { package: '=app-broken/hangs-1.0' } });
  await world.plane.when(() => world.plane.registrations.at(-1)?.running?.[0]?.phase === 'compile');
  const running = await world.leftRunning();

  world.child.kill('SIGKILL');
  await world.died;
  const drone = world.restart();
  await world.told(1);
  world.plane.pause(true);
  await drone.stop();

  expect(running.length).toBeGreaterThan(0);
  expect(world.statuses(1)).toEqual(['returned']);
  expect(await world.leftRunning()).toEqual([]);
});

test('SIGTERM ends a drone in order', async () => {
  const world = await setup({ order: { package: '=app-broken/hangs-1.0' } });
  await world.plane.when(() => world.plane.registrations.at(-1)?.running?.[0]?.phase === 'compile');

  world.child.kill('SIGTERM');
  await world.died;

  expect(world.child.exitCode).toBe(0);
  expect(world.statuses(1)).toEqual(['returned']);
  expect(await world.leftRunning()).toEqual([]);
});

test('a second drone on the same state is told who has it', async () => {
  const world = await setup({ order: { package: '=app-broken/hangs-1.0' } });
  await world.plane.when(() => world.plane.registrations.length > 0);

  const second = startDrone(world.config);

  await expect(second.done).rejects.toMatchObject({
    code: 'DRONE_STATE_UNUSABLE',
    message: expect.stringContaining(`process ${world.child.pid}`),
  });
});
