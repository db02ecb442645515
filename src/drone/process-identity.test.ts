import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { isGroupAlive } from '../platform/process-group.ts';
import { BUILD_MARK, endLeftOver, identityOf, isStillThere, type ProcessIdentity } from './process-identity.ts';

/** A process group of its own: a shell, and a child of it. */
async function setup(env: Record<string, string> = {}) {
  const child = spawn('bash', ['-c', 'sleep 1000 & echo started; wait'], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, ...env },
  });
  await once(child.stdout, 'data');
  const leader = (await identityOf(child.pid ?? 0)) as ProcessIdentity;
  onTestFinished(() => {
    if (isGroupAlive(leader.pid)) process.kill(-leader.pid, 'SIGKILL');
  });
  const killLeader = async () => {
    const exit = once(child, 'exit');
    process.kill(leader.pid, 'SIGKILL');
    await exit;
  };
  return { leader, killLeader };
}

test('what a build left running is ended, with all of its group', async () => {
  const { leader } = await setup();

  expect(await endLeftOver(leader, 500)).toBe(true);

  expect(isGroupAlive(leader.pid)).toBe(false);
});

test('a stranger that has got the number since is left alone', async () => {
  const { leader } = await setup();

  expect(await endLeftOver({ ...leader, startTime: `${Number(leader.startTime) - 1}` }, 500)).toBe(false);
  expect(await endLeftOver({ ...leader, bootId: 'another start of the machine' }, 500)).toBe(false);

  expect(isGroupAlive(leader.pid)).toBe(true);
  expect(await isStillThere(leader)).toBe(true);
});

test('a build whose leader is gone is known by its mark', async () => {
  const { leader, killLeader } = await setup({ [BUILD_MARK]: '7' });
  await killLeader();

  expect(await endLeftOver(leader, 500)).toBe(true);

  expect(isGroupAlive(leader.pid)).toBe(false);
});

test('a group without leader and without mark is left alone', async () => {
  const { leader, killLeader } = await setup();
  await killLeader();

  expect(await endLeftOver(leader, 500)).toBe(false);

  expect(isGroupAlive(leader.pid)).toBe(true);
});

test('nothing is ended where nothing is left', async () => {
  const { leader } = await setup();
  await endLeftOver(leader, 500);

  expect(await endLeftOver(leader, 500)).toBe(false);
});
