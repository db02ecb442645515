import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { type LogFile, type LogFileOptions, openLogFile } from './log-file.ts';
import { runProcess } from './process.ts';

type World = { readonly dir: string; readonly path: string; readonly log: LogFile; readonly problems: Error[] };

async function setup(options: Partial<LogFileOptions> = {}): Promise<World> {
  const dir = await mkdtemp(join(tmpdir(), 'log-'));
  const problems: Error[] = [];
  const path = options.path ?? join(dir, 'deeper', 'swarm.log');
  const onProblem = (error: Error) => void problems.push(error);
  const log = await openLogFile({ maxBytes: 1_000, keep: 3, lookEveryMs: 0, onProblem, ...options, path });
  onTestFinished(async () => {
    log.close();
    await rm(dir, { recursive: true, force: true });
  });
  return { dir, path, log, problems };
}

function line(number: number): string {
  return `${String(number).padStart(99, '0')}\n`;
}

function numbers(text: string): number[] {
  return text.split('\n').filter(Boolean).map(Number);
}

async function allLines(path: string): Promise<number[]> {
  const files = (await readdir(join(path, '..'))).sort((a, b) => b.localeCompare(a));
  const texts = await Promise.all(files.map((name) => readFile(join(path, '..', name), 'utf8')));
  return texts.flatMap(numbers);
}

test('lines are in the file when the turn is over, which only owner and group may read', async () => {
  const { path, log } = await setup();

  log.write(line(1));
  log.write(line(2));
  await turn();

  expect(numbers(await readFile(path, 'utf8'))).toEqual([1, 2]);
  // The umask of whoever runs the tests may take more away.
  expect((await stat(path)).mode & 0o777 & ~0o640).toBe(0);
});

test('no file grows beyond its size, each ends with a whole line, and no line is lost or out of order', async () => {
  const { path, log } = await setup({ keep: 9 });

  for (let number = 0; number < 75; number += 1) {
    log.write(line(number));
    if (number % 7 === 0) await turn();
  }
  await turn();

  expect(await allLines(path)).toEqual(Array.from({ length: 75 }, (_, number) => number));
  const sizes = await Promise.all((await readdir(join(path, '..'))).map((name) => stat(join(path, '..', name))));
  expect(sizes.map(({ size }) => size)).toEqual([500, 1000, 1000, 1000, 1000, 1000, 1000, 1000]);
});

test('only as many files as wanted are kept, the newest', async () => {
  const { path, log } = await setup({ keep: 2 });

  for (let number = 0; number < 55; number += 1) log.write(line(number));
  await turn();

  expect((await readdir(join(path, '..'))).sort()).toEqual(['swarm.log', 'swarm.log.1', 'swarm.log.2']);
  expect(await allLines(path)).toEqual(Array.from({ length: 25 }, (_, index) => 30 + index));
});

test('what an earlier run has written is kept and counts', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'log-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const path = join(dir, 'swarm.log');
  await writeFile(path, Array.from({ length: 10 }, (_, number) => line(number)).join(''));
  const { log } = await setup({ path });

  log.write(line(10));
  log.flush();

  expect(numbers(await readFile(`${path}.1`, 'utf8'))).toHaveLength(10);
  expect(numbers(await readFile(path, 'utf8'))).toEqual([10]);
});

test('a file that logrotate has moved away is made anew', async () => {
  const { path, log } = await setup({ maxBytes: null });
  log.write(line(1));
  log.flush();

  await rename(path, `${path}-20261123`);
  log.write(line(2));
  log.flush();

  expect(numbers(await readFile(`${path}-20261123`, 'utf8'))).toEqual([1]);
  expect(numbers(await readFile(path, 'utf8'))).toEqual([2]);
});

test('a full disk is told once and stops nothing', async () => {
  const { log, problems } = await setup({ path: '/dev/full' });

  for (const number of [1, 2, 3]) {
    log.write(line(number));
    await turn();
  }

  expect(problems).toMatchObject([{ code: 'ENOSPC' }]);
});

test('when it works again the file says how many lines it lacks', async () => {
  const { path, log, problems } = await setup();
  // A directory in the place of the file: root, too, cannot write that.
  await mkdir(path, { recursive: true });
  log.write(line(1));
  log.write(line(2));
  log.flush();

  await rm(path, { recursive: true });
  log.write(line(3));
  log.flush();

  const [loss, kept] = (await readFile(path, 'utf8')).split('\n');
  expect(problems).toHaveLength(1);
  expect(JSON.parse(loss ?? '')).toMatchObject({ level: 40, lines: 2, msg: expect.stringMatching(/not be written/) });
  expect(Number(kept)).toBe(3);
});

test('where the files cannot be renamed, the current one goes on, and that is told once', async () => {
  const { path, log, problems } = await setup({ keep: 1 });
  log.write(line(1));
  log.flush();
  // Not even root renames a file to a directory that holds something.
  await mkdir(`${path}.1/in-the-way`, { recursive: true });

  for (let number = 2; number < 25; number += 1) log.write(line(number));
  await turn();

  expect(numbers(await readFile(path, 'utf8'))).toHaveLength(24);
  expect(problems).toHaveLength(1);
});

test('a pipe that nobody reads is not waited for', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'log-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const path = join(dir, 'pipe');
  await runProcess({ command: 'mkfifo', args: [path] });
  const { log, problems } = await setup({ path });

  log.write(line(1));
  log.flush();

  expect(problems).toMatchObject([{ code: 'ENXIO' }]);
});

test('the last words of a process that ends at once are in the file', async () => {
  const { path } = await setup();
  const module = JSON.stringify(new URL('./log-file.ts', import.meta.url).href);
  const options = `{ path: ${JSON.stringify(path)}, maxBytes: null, keep: 1, onProblem() {} }`;
  const code = `import { openLogFile } from ${module};
    (await openLogFile(${options})).write('7\\n'); process.exit(3);`;
  const tsx = import.meta.resolve('tsx');

  const { exitCode } = await runProcess({
    command: process.execPath,
    args: ['--import', tsx, '--input-type=module', '--eval', code],
  });

  expect(exitCode).toBe(3);
  expect(numbers(await readFile(path, 'utf8'))).toEqual([7]);
});
