import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { runProcess, startProcess } from './process.ts';
import { isGroupAlive, killGroup } from './process-group.ts';

const guard = { python: 'python3' };

test('a guarded command prints, reads and exits as it would alone', async () => {
  const heard: string[] = [];

  const result = await runProcess({
    command: 'bash',
    args: ['-c', 'cat; [[ -e /proc/$$/fd/3 ]] || echo alone; exit 9'],
    input: 'hello\n',
    onLine: (line) => void heard.push(line),
    guard,
  });

  expect(result).toMatchObject({ exitCode: 9, signal: null });
  // The guard's pipe is not handed on: a command that held it could not be ended by its closing.
  expect(heard).toEqual(['hello', 'alone']);
});

test.each(['SIGKILL', 'SIGSEGV', 'SIGTERM'] as const)(
  'a guarded command that dies of %s is told as such',
  async (name) => {
    const result = await runProcess({ command: 'bash', args: ['-c', `ulimit -c 0; kill -${name} $$`], guard });

    expect(result).toMatchObject({ exitCode: null, signal: name });
  },
);

test('a guarded command that does not exist exits with 127', async () => {
  const heard: string[] = [];
  const onLine = (line: string) => void heard.push(line);

  const result = await runProcess({ command: 'no-such-program', args: [], guard, onLine });

  expect(result.exitCode).toBe(127);
  expect(heard.join()).toContain('no-such-program');
});

test('a guarded command handles SIGTERM itself', async () => {
  const lines = new EventEmitter();
  const ready = once(lines, 'line');
  const running = await startProcess({
    command: 'bash',
    args: ['-c', `trap 'exit 42' TERM; echo ready; sleep 600 & wait`],
    onLine: () => void lines.emit('line'),
    guard,
  });
  await ready;

  await running.kill();

  expect(await running.done).toMatchObject({ exitCode: 42, signal: null });
});

test('a stubborn session that a guarded command made is killed after the grace time', async () => {
  const lines = new EventEmitter();
  const told = once(lines, 'line') as Promise<[string]>;
  const running = await startProcess({
    command: 'bash',
    args: ['-c', `trap '' TERM; setsid bash -c "trap '' TERM; echo \\$\\$; sleep 600" & wait; sleep 600`],
    onLine: (line) => void lines.emit('line', line),
    graceMs: 100,
    guard,
  });
  const session = Number((await told)[0]);
  onTestFinished(() => killGroup(session, { graceMs: 0 }));

  await running.kill();

  expect([isGroupAlive(running.pid), isGroupAlive(session)]).toEqual([false, false]);
});

test('nothing of a guarded command outlives a parent that was killed with SIGKILL', async () => {
  const fixture = fileURLToPath(new URL('./fixtures/guarded-parent.mts', import.meta.url));
  const tsx = fileURLToPath(import.meta.resolve('tsx'));
  const parent = spawn(process.execPath, ['--import', tsx, fixture], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface(parent.stdout), 'line')) as [string];
  const [group, session] = line.split(' ').map(Number) as [number, number];
  onTestFinished(async () => void (await Promise.all([group, session].map((id) => killGroup(id, { graceMs: 0 })))));
  expect([isGroupAlive(group), isGroupAlive(session)]).toEqual([true, true]);

  parent.kill('SIGKILL');
  await once(parent, 'exit');

  await expect.poll(() => [isGroupAlive(group), isGroupAlive(session)], { timeout: 5_000 }).toEqual([false, false]);
});
