import { expect, onTestFinished, test } from 'vitest';
import { droneWorld, reported } from '../testing/drone-world.ts';
import type { FakeOrder } from '../testing/fake-control-plane.ts';
import { startDrone } from './drone.ts';

/** The report of a drone about the build of `order`. */
async function reportOf(order: FakeOrder) {
  const world = await droneWorld({ lookMs: 50, diskMs: 100 });
  onTestFinished(world.close);
  world.plane.queue(order);
  const drone = startDrone(world.config);
  onTestFinished(() => drone.stop());
  const { reports, log } = await reported(world, 1);
  return { report: reports[0], log: log.toString(), leftRunning: await world.leftRunning() };
}

test('a build that hangs is ended for want of progress, and not blamed on the package', async () => {
  const { report, leftRunning } = await reportOf({ package: '=a/hangs-1', more: { silent_timeout_s: 0.5 } });

  expect(report).toMatchObject({ status: 'failed', failure_class: 'silent', phase: 'compile', confidence: 'certain' });
  expect(leftRunning).toEqual([]);
});

test('the same line over and over, with a running clock, is no progress', async () => {
  const { report } = await reportOf({ package: '=a/spins-1', more: { silent_timeout_s: 0.5, timeout_s: 15 } });

  expect(report).toMatchObject({ failure_class: 'silent' });
});

test('a build that takes too long is ended, whatever it prints', async () => {
  const { report } = await reportOf({ package: '=a/spins-1', more: { timeout_s: 0.5 } });

  expect(report).toMatchObject({ status: 'failed', failure_class: 'timeout', confidence: 'certain' });
});

test('a build that computes without a word gets on', async () => {
  const { report } = await reportOf({ package: '=a/burns-1', more: { silent_timeout_s: 2 } });

  expect(report).toMatchObject({ status: 'success' });
  expect(report?.cpu_s).toBeGreaterThan(0.5);
});

test('a build that only grows its directory gets on, and what it used is told', async () => {
  const { report } = await reportOf({ package: '=a/digs-1', more: { silent_timeout_s: 2 } });

  expect(report).toMatchObject({ status: 'success' });
  expect(report?.peak_memory_mb).toBeGreaterThan(64);
  expect(report?.peak_memory_mb).toBeLessThan(200);
  expect(report?.disk_mb).toBeGreaterThan(4);
  expect(report?.disk_mb).toBeLessThan(15);
});

test.each([
  [{ max_jobs: 3 }, 'MAKEOPTS is -j3'],
  [{}, 'MAKEOPTS is unset'],
])('an order %o is built with so many jobs', async (more, line) => {
  const { log } = await reportOf({ package: '=a/makeopts-1', more });

  expect(log).toContain(line);
});

test('a failure is reported with the line that says why and its number in the log', async () => {
  const { report, log } = await reportOf({ package: '=a/fails-compile-1', dependencies: ['=b/one-1', '=b/two-1'] });

  expect(report).toMatchObject({
    failure_class: 'compile',
    first_error: 'main.c:3:10: fatal error: swarm/missing.h: No such file or directory',
    confidence: 'certain',
  });
  expect(log.split('\n')[(report?.first_error_line ?? 0) - 1]).toBe(report?.first_error);
  expect(report?.excerpt).toContain('failed (compile phase)');
});

test('a heartbeat says for how long a build has made no progress, and what memory it has', async () => {
  const world = await droneWorld({ lookMs: 50 });
  onTestFinished(world.close);
  world.plane.queue({ package: '=a/hangs-1' });
  const drone = startDrone(world.config);
  onTestFinished(() => drone.stop());

  const build = await world.plane.when(() =>
    world.plane.registrations.at(-1)?.running?.find((one) => (one.idle_s ?? 0) >= 1),
  );

  expect(build.phase).toBe('compile');
  expect(build.memory_mb).toBeGreaterThan(0);
});
