import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type ChildPoolOptions, createChildPool } from './child-pool.ts';

const MB = 2 ** 20;
const LIMITS = { timeoutMs: 10_000 };

function setup(more: Partial<ChildPoolOptions> = {}) {
  const pool = createChildPool({
    module: new URL('./fixtures/stubborn-child.ts', import.meta.url),
    args: ['one', 'it\'s $2 "two"'],
    size: 2,
    idleMs: 60_000,
    maxDataBytes: 256 * MB,
    maxHeapBytes: 64 * MB,
    ...more,
  });
  onTestFinished(() => pool.close());
  const pidOf = async () => {
    const answer = await pool.ask('who are you?', LIMITS);
    return answer.kind === 'answered' ? (answer.value as { pid: number }).pid : answer;
  };
  return { pool, pidOf };
}

/** One that has ended stays in the list until whoever adopted it looks. */
function isThere(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout !== '' && !stdout.startsWith('Z');
}

test('questions are answered by one process after the other, with its arguments as they were given', async () => {
  const { pool, pidOf } = setup();

  const first = await pidOf();
  const answer = await pool.ask({ any: ['thing', 1n] }, LIMITS);

  expect(answer).toEqual({
    kind: 'answered',
    value: { pid: first, question: { any: ['thing', 1n] }, args: ['one', 'it\'s $2 "two"'] },
  });
});

test('a process that takes too long is killed, and the next question has a new one', async () => {
  const { pool, pidOf } = setup();
  const first = await pidOf();

  const answer = await pool.ask('run for ever', { timeoutMs: 100 });

  expect(answer).toEqual({ kind: 'timeout' });
  expect(isThere(first as number)).toBe(false);
  expect(await pidOf()).not.toBe(first);
});

test('a process that dies says why', async () => {
  const { pool, pidOf } = setup();

  expect(await pool.ask('die', LIMITS)).toMatchObject({
    kind: 'died',
    said: expect.stringContaining('as it was told'),
  });
  expect(await pidOf()).toBeTypeOf('number');
});

test('a program that cannot be started is told as such', async () => {
  const { pool } = setup({ module: new URL('./fixtures/no-such-child.ts', import.meta.url) });

  expect(await pool.ask('anybody?', LIMITS)).toMatchObject({
    kind: 'died',
    said: expect.stringContaining('no-such-child'),
  });
});

test('a process that nobody asks ends', async () => {
  const { pidOf } = setup({ idleMs: 1 });

  const pid = await pidOf();

  await vi.waitFor(() => expect(isThere(pid as number)).toBe(false));
});

test('a process ends with its parent, even in the middle of an answer', async () => {
  const file = fileURLToPath(new URL('./fixtures/pool-parent.ts', import.meta.url));
  const parent = spawn(process.execPath, ['--import', 'tsx', file], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface(parent.stdout), 'line')) as [string];
  const pid = Number(line);
  expect(isThere(pid)).toBe(true);

  parent.kill('SIGKILL');

  await vi.waitFor(() => expect(isThere(pid)).toBe(false), { timeout: 10_000 });
});
