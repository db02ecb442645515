import { expect, onTestFinished, test } from 'vitest';
import { compiling, createDiary, droneWorld, reported } from '../testing/drone-world.ts';
import type { FakeOrder } from '../testing/fake-control-plane.ts';
import type { DroneConfig } from './config.ts';
import { startDrone } from './drone.ts';

async function setup({ orders = [], ...more }: Partial<DroneConfig> & { orders?: FakeOrder[] } = {}) {
  const diary = createDiary();
  const world = await droneWorld({ log: diary.log, ...more });
  world.plane.queue(...orders);
  onTestFinished(world.close);
  return {
    ...world,
    diary,
    /** Started by the test, so that it can prepare the world. */
    start: () => {
      const drone = startDrone(world.config);
      onTestFinished(() => drone.stop());
      return drone;
    },
  };
}

test('a control plane that is away costs neither the build nor a byte of its log', async () => {
  const world = await setup({ orders: [{ package: '=app-misc/gated-1.0' }] });
  const go = await world.gate('gated');

  world.start();
  await compiling(world, 1);
  await world.plane.goAway();
  await go();
  await world.diary.has('build ended');
  await world.plane.comeBack();
  const { reports, uploads, log, logBytesReceived } = await reported(world, 1);

  expect(reports).toMatchObject([{ status: 'success', attempt: 1 }]);
  expect(uploads.length).toBe(1);
  expect(log.toString().match(/>>> Compiling source/g)?.length).toBe(1);
  expect(log.toString().trimEnd().endsWith('>>> Done.')).toBe(true);
  expect(logBytesReceived).toBe(log.length);
});

test('a log of any bytes arrives whole and in order, in chunks of 256 KiB', async () => {
  const world = await setup({ orders: [{ package: '=app-broken/spew-1.0' }] });
  world.plane.answerNext('appendLog', { status: 503, body: { error: 'busy' } });

  world.start();
  const { log, logBytesReceived } = await reported(world, 1);

  expect(log.length).toBeGreaterThan(700_000);
  expect(log.includes('x'.repeat(640_000))).toBe(true);
  expect(logBytesReceived).toBe(log.length);
  expect(world.plane.calls.get('appendLog')).toBeGreaterThanOrEqual(4);
});

test('a log goes on where the control plane says that it has a gap', async () => {
  const world = await setup({ orders: [{ package: '=app-misc/gated-1.0' }] });
  const go = await world.gate('gated');

  world.start();
  const one = await world.plane.when(() => {
    const attempt = world.plane.attempts.get(1);
    return attempt !== undefined && attempt.log.includes('Compiling') && attempt;
  });
  const before = one.log;
  one.log = Buffer.alloc(0);
  await go();
  await reported(world, 1);

  expect(one.log.subarray(0, before.length).equals(before)).toBe(true);
  expect(one.log.toString().trimEnd().endsWith('>>> Done.')).toBe(true);
});

test('a package that arrived damaged is sent again, twice at most', async () => {
  const damage = { status: 422, body: { error: 'sha256 differs' } };
  const world = await setup({ orders: [{ package: '=app-misc/jq-1.7' }, { package: '=app-misc/yq-1.0' }] });
  world.plane.answerNext('uploadPackage', damage, damage);

  world.start();
  const first = await reported(world, 1);
  const callsForFirst = world.plane.calls.get('uploadPackage');
  world.plane.answerNext('uploadPackage', damage, damage, damage);
  const second = await reported(world, 2);

  expect(callsForFirst).toBe(3);
  expect(first.reports).toMatchObject([{ status: 'success' }]);
  expect(world.plane.calls.get('uploadPackage')).toBe(6);
  expect(second.reports).toMatchObject([
    { status: 'failed', failure_class: 'corrupt', error_detail: 'sha256 differs' },
  ]);
});

test('a package that is refused for what it is, is not sent again', async () => {
  const world = await setup({ orders: [{ package: '=app-misc/jq-1.7' }] });
  world.plane.answerNext('uploadPackage', { status: 422, body: { error: 'USE differs: +gif' } });

  const drone = world.start();
  const { reports } = await reported(world, 1);
  await drone.stop();

  expect(world.plane.calls.get('uploadPackage')).toBe(1);
  expect(reports).toMatchObject([{ status: 'failed', failure_class: 'corrupt', error_detail: 'USE differs: +gif' }]);
  expect(await world.packageFiles()).toEqual([]);
});

test('a control plane in trouble gets package and report again until it takes them', async () => {
  const world = await setup({ orders: [{ package: '=app-misc/jq-1.7' }] });
  const trouble = { status: 503, body: { error: 'database is locked' } };
  world.plane.answerNext('uploadPackage', trouble, trouble);
  world.plane.answerNext('complete', trouble);

  world.start();
  const { uploads, reports } = await reported(world, 1);

  expect(uploads.length).toBe(1);
  expect(reports.length).toBe(1);
  expect(world.plane.calls.get('uploadPackage')).toBe(3);
  expect(world.plane.calls.get('complete')).toBe(2);
});

test('a package that is finished for an attempt of the past is dropped', async () => {
  const world = await setup({ orders: [{ package: '=app-misc/gated-1.0' }], heartbeatMs: 60_000 });
  const go = await world.gate('gated');

  const drone = world.start();
  await world.plane.when(() => world.plane.attempts.get(1)?.log.includes('Compiling') === true);
  world.plane.takeBack(1);
  await go();
  await world.plane.when(() => world.plane.calls.get('uploadPackage') === 1);
  await drone.stop();

  expect(world.plane.attempts.get(1)).toMatchObject({ uploads: [], reports: [] });
  expect(await world.packageFiles()).toEqual([]);
  expect(await world.spooled()).toEqual([]);
});

test('a drone that could not deliver keeps the package and delivers it after its next start', async () => {
  const world = await setup({ orders: [{ package: '=app-misc/gated-1.0' }], stopMs: 100 });
  const go = await world.gate('gated');

  const first = startDrone(world.config);
  await compiling(world, 1);
  await world.plane.goAway();
  await go();
  await world.diary.has('build ended');
  await first.stop();
  const kept = await world.spooled();
  await world.plane.comeBack();
  world.start();
  const { reports } = await reported(world, 1);

  expect(kept).toEqual(['1']);
  expect(reports).toMatchObject([{ status: 'success' }]);
  expect(await world.runs()).toEqual(['build =app-misc/gated-1.0']);
});

test('a drone with too much to deliver takes no more work', async () => {
  const orders = ['a', 'b'].map((name) => ({ package: `=app-misc/${name}-1.0` }));
  const world = await setup({ orders, slots: 2, spoolLimit: 1 });
  const trouble = { status: 503, body: { error: 'no room' } };
  const go = await world.gate('gated');
  world.plane.queue({ package: '=app-misc/gated-1.0' });
  world.plane.answerNext('uploadPackage', ...Array.from({ length: 8 }, () => trouble));

  world.start();
  const told = await world.plane.when(() => {
    const all = [...world.plane.attempts.values()];
    return all.length === 3 && all.filter((one) => one.reports.length > 0).length;
  });
  await go();
  await reported(world, 3);

  expect(told).toBeGreaterThanOrEqual(1);
});
