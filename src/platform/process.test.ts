import { EventEmitter, once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { type ProcessRequest, runProcess, startProcess } from './process.ts';
import { isGroupAlive, killGroup } from './process-group.ts';

/** Ignores SIGTERM, and so do its child and grandchild; says when all of them are there. */
const STUBBORN = `trap '' TERM; (trap '' TERM; (trap '' TERM; echo ready; sleep 600) & wait) & wait; sleep 600`;

function bash(script: string, more: Partial<ProcessRequest> = {}): ProcessRequest {
  return { command: 'bash', args: ['-c', script], ...more };
}

/** Starts `request`, and resolves once it has printed `ready`. */
async function startReady(request: ProcessRequest) {
  const lines = new EventEmitter();
  const ready = once(lines, 'ready');
  const running = await startProcess({ ...request, onLine: (line) => void lines.emit(line) });
  onTestFinished(() => killGroup(running.pid, { graceMs: 0 }));
  await ready;
  return running;
}

async function scratch(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'process-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

test('the exit code and both streams of a command are told', async () => {
  const heard: string[] = [];

  const result = await runProcess(
    bash('echo out; echo err >&2; exit 7', { onLine: (line, stream) => void heard.push(`${stream}: ${line}`) }),
  );

  expect(result).toEqual({ exitCode: 7, signal: null, timedOut: false, wentSilent: false, aborted: false });
  expect(heard.sort()).toEqual(['stderr: err', 'stdout: out']);
});

test('a command that does not exist is an error that names it', async () => {
  await expect(runProcess({ command: 'no-such-program', args: [] })).rejects.toMatchObject({
    code: 'PROCESS_FAILED',
    message: expect.stringContaining('no-such-program'),
  });
});

test('a command reads the given input, and an empty one otherwise', async () => {
  const heard: string[] = [];
  const onLine = (line: string) => void heard.push(line);

  await runProcess({ command: 'cat', args: [], input: 'hello\n', onLine });
  await runProcess({ command: 'cat', args: [], onLine });

  expect(heard).toEqual(['hello']);
});

test('input that the command does not read is no error', async () => {
  const result = await runProcess({ command: 'true', args: [], input: Buffer.alloc(1024 * 1024) });

  expect(result.exitCode).toBe(0);
});

test('a log file holds every byte, whatever it is', async () => {
  const logFile = join(await scratch(), 'build.log');

  await runProcess({ command: 'head', args: ['-c', '3000000', '/dev/urandom'], logFile });

  expect((await readFile(logFile)).length).toBe(3_000_000);
});

test('a slow listener slows the command down and misses nothing', async () => {
  let lines = 0;
  let bytes = 0;
  let atWork = 0;
  let mostAtWork = 0;

  await runProcess({
    command: 'seq',
    args: ['100000'],
    onData: async (chunk) => {
      atWork += 1;
      mostAtWork = Math.max(mostAtWork, atWork);
      await wait(2);
      bytes += chunk.length;
      atWork -= 1;
    },
    onLine: () => void (lines += 1),
  });

  expect({ lines, bytes, mostAtWork }).toEqual({ lines: 100_000, bytes: 588_895, mostAtWork: 1 });
});

test('a listener that throws ends the command', async () => {
  const running = await startProcess(
    bash('while :; do echo line; done', {
      onLine: () => {
        throw new Error('the disk is full');
      },
    }),
  );

  await expect(running.done).rejects.toThrow('the disk is full');
  expect(isGroupAlive(running.pid)).toBe(false);
});

test('a command that takes too long is ended with all it started', async () => {
  const running = await startProcess(bash('sleep 600 & sleep 600', { timeoutMs: 50 }));

  expect(await running.done).toMatchObject({ signal: 'SIGTERM', timedOut: true, wentSilent: false });
  expect(isGroupAlive(running.pid)).toBe(false);
});

test('a command that prints nothing for too long is ended', async () => {
  const running = await startProcess(bash('echo once; exec sleep 600', { silentTimeoutMs: 200 }));

  expect(await running.done).toMatchObject({ signal: 'SIGTERM', wentSilent: true, timedOut: false });
});

test('an aborted command is ended, and one aborted before is not started', async () => {
  const abort = new AbortController();
  const running = await startReady(bash('echo ready; exec sleep 600', { signal: abort.signal }));

  abort.abort();

  expect(await running.done).toMatchObject({ signal: 'SIGTERM', aborted: true });
  expect(await runProcess({ command: 'no-such-program', args: [], signal: abort.signal })).toMatchObject({
    exitCode: null,
    aborted: true,
  });
});

test('what ignores SIGTERM is killed after the grace time, grandchildren too', async () => {
  const running = await startReady(bash(STUBBORN, { graceMs: 100 }));
  expect(isGroupAlive(running.pid)).toBe(true);

  await running.kill();

  expect(isGroupAlive(running.pid)).toBe(false);
  expect(await running.done).toMatchObject({ exitCode: null, signal: 'SIGKILL' });
});

test('what a command leaves behind in its group ends with it', async () => {
  const running = await startProcess(bash(`(trap '' TERM; echo ready; sleep 600) & exit 3`, { graceMs: 100 }));

  expect(await running.done).toMatchObject({ exitCode: 3, signal: null });
  expect(isGroupAlive(running.pid)).toBe(false);
});

test('a stranger that holds the output open is not waited for', async () => {
  let stranger = 0;
  const result = await runProcess(
    // It holds standard error, and has its own session before the command ends.
    bash(`read -r session < <(setsid bash -c 'echo $$; exec sleep 600'); echo $session; exit 4`, {
      onLine: (line) => {
        stranger = Number(line);
      },
    }),
  );

  expect(result).toMatchObject({ exitCode: 4, timedOut: false });
  expect(process.kill(stranger, 'SIGKILL')).toBe(true);
});

test('killing a group of which nothing is left does nothing', async () => {
  const running = await startProcess(bash('exit 0'));
  await running.done;

  await killGroup(running.pid);

  expect(isGroupAlive(running.pid)).toBe(false);
});
