import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { withLock } from './lock.ts';

test('only one does the work at a time, and the others are told that they wait', async () => {
  const name = `lock-${process.pid}-one`;
  let atWork = 0;
  let mostAtWork = 0;
  let done = 0;
  let waited = 0;
  const work = async () => {
    atWork += 1;
    mostAtWork = Math.max(mostAtWork, atWork);
    await new Promise(setImmediate);
    atWork -= 1;
    done += 1;
  };

  await Promise.all(Array.from({ length: 8 }, () => withLock(name, work, () => void (waited += 1))));

  expect({ mostAtWork, done, waited }).toEqual({ mostAtWork: 1, done: 8, waited: 7 });
});

test('work that fails lets go of the lock', async () => {
  const name = `lock-${process.pid}-two`;
  const failing = withLock(name, () => Promise.reject(new Error('no')));

  await expect(failing).rejects.toThrow('no');
  expect(await withLock(name, () => Promise.resolve('next'))).toBe('next');
});

test('the lock of a process that was killed is free', async () => {
  const name = `lock-${process.pid}-three`;
  const fixture = fileURLToPath(new URL('./fixtures/lock-holder.mts', import.meta.url));
  const tsx = fileURLToPath(import.meta.resolve('tsx'));
  const holder = spawn(process.execPath, ['--import', tsx, fixture, name], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(createInterface(holder.stdout), 'line');

  const next = withLock(
    name,
    () => Promise.resolve('next'),
    () => void holder.kill('SIGKILL'),
  );

  expect(await next).toBe('next');
  expect(holder.killed).toBe(true);
});
