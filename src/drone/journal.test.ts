import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type Journal, openSpool } from './journal.ts';
import { successReport } from './report.ts';

const measures = { peakMemoryMb: 64, diskMb: null, cpuS: 1.5, leastDiskMb: null, memoryKills: 0 };

async function setup() {
  const stateDir = await mkdtemp(join(tmpdir(), 'spool-'));
  onTestFinished(() => rm(stateDir, { recursive: true, force: true }));
  await mkdir(join(stateDir, 'attempts'));
  return { stateDir, spool: openSpool(stateDir) };
}

const journal = (attempt: number): Journal => ({
  format: 1,
  state: 'granted',
  attempt,
  package: '=a/b-1',
  grantedAtMs: 5,
  order: {
    atom: '=a/b-1',
    dependencies: null,
    session_id: null,
    binhost: '/binhost/',
  },
  process: {
    pid: 7,
    startTime: '99',
    bootId: 'x',
  },
});

test('what was written is read again by the next drone, oldest attempt first', async () => {
  const { spool, stateDir } = await setup();
  const result = { path: '/p', sha256: 'a', sizeBytes: 1, format: 'gpkg' } as const;
  const { process: _, ...granted } = journal(9) as Journal & { process?: unknown };
  const built: Journal = { ...granted, state: 'built', result, report: successReport({ durationS: 3, measures }) };

  await spool.write(journal(10));
  await spool.write(journal(9));
  await spool.write(built);

  expect(await openSpool(stateDir).readAll()).toEqual([built, journal(10)]);
});

test('a forgotten attempt leaves nothing, its log included', async () => {
  const { spool, stateDir } = await setup();
  await spool.write(journal(3));
  await writeFile(spool.logFile(3), 'text');

  await spool.remove(3);

  expect(await readdir(join(stateDir, 'attempts'))).toEqual([]);
});

test('a draft that was cut off by a crash is not read, and a journal of no use is forgotten', async () => {
  const { spool, stateDir } = await setup();
  await spool.write(journal(4));
  await writeFile(join(stateDir, 'attempts/4/journal.json.new'), '{"format":1,"sta');
  await mkdir(join(stateDir, 'attempts/5'));
  await writeFile(join(stateDir, 'attempts/5/journal.json'), '{"format":99}');

  expect(await spool.readAll()).toEqual([journal(4)]);
  expect(await readdir(join(stateDir, 'attempts'))).toEqual(['4']);
});
