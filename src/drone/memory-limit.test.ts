import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { droneWorld, reported } from '../testing/drone-world.ts';

/** A control group of this machine in which there are 400 MB; undefined where nobody lets us make one. */
function makeGroup(): string | undefined {
  const lines = readFileSync('/proc/self/cgroup', 'utf8').split('\n');
  const [name, limit, path] = [
    ...lines
      .flatMap((line) => /^\d+:(?:[^:]*,)?memory(?:,[^:]*)?:(.*)$/.exec(line)?.slice(1) ?? [])
      .map((each) => ['memory', 'memory.limit_in_bytes', each]),
    ...lines.flatMap((line) => /^0::(.*)$/.exec(line)?.slice(1) ?? []).map((each) => ['', 'memory.max', each]),
  ][0] ?? ['', '', ''];
  const group = join('/sys/fs/cgroup', name ?? '', path ?? '', `build-swarm-test-${process.pid}`);
  try {
    mkdirSync(group);
  } catch {
    return undefined;
  }
  try {
    writeFileSync(join(group, limit ?? ''), String(400 * 1024 * 1024));
    return group;
  } catch {
    rmdirSync(group);
    return undefined;
  }
}

const group = makeGroup();

test.skipIf(group === undefined)('what the kernel kills for want of memory is not blamed on the package', async () => {
  const world = await droneWorld({ lookMs: 50 });
  onTestFinished(async () => {
    await world.close();
    rmdirSync(group ?? '');
  });
  world.plane.queue({ package: '=a/devours-1' });

  const drone = world.spawnDrone();
  writeFileSync(join(group ?? '', 'cgroup.procs'), String(drone.pid));
  const { reports } = await reported(world, 1);

  expect(reports[0]).toMatchObject({ status: 'failed', failure_class: 'oom', confidence: 'certain', phase: 'compile' });
  expect(reports[0]?.conclusion).toContain('the kernel');
  expect(reports[0]?.peak_memory_mb).toBeGreaterThan(0);
});
