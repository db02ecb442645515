import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSqliteStore, type SqliteStore } from '../../src/adapters/sqlite/store.ts';
import { checkMemory, contents } from './redo-checks.ts';
import {
  createActor,
  fillUp,
  HEARTBEAT,
  killed,
  looking,
  makeRoom,
  newPlace,
  type Place,
  START,
} from './redo-world.ts';

let place: Place;
let database: SqliteStore;
let actor: ReturnType<typeof createActor>;
const clock = { now: START };
const NAMES = ['a', 'b', 'c', 'd', 'e'];
const FULL = { code: 'STORE_FULL' };

beforeEach(async () => {
  place = newPlace();
  clock.now = START;
  start();
  await actor.beat('anvil');
});
afterEach(() => {
  database.close();
  place.remove();
});

function start(): void {
  database = openSqliteStore(place.path);
  actor = createActor(database, clock);
}

const attempts = (opened: SqliteStore) =>
  opened.connection.prepare('SELECT id FROM attempts ORDER BY id').pluck().all();

test('while the database is full what the log takes is acknowledged, is in effect, and survives a crash', async () => {
  await actor.queue('s1', ['base', 'tool']);
  fillUp(database, 'attempts');

  const attempt = (await actor.ask('anvil')) as number;
  expect(await actor.report(attempt, 'returned')).toBe('needed');
  clock.now += 10_000;
  const next = await actor.ask('anvil');
  await expect(actor.queue('s2', ['lib'])).rejects.toMatchObject(FULL);
  await database.store.heartbeat(
    { ...HEARTBEAT, running: [{ attempt: 2, package: 'p', phase: 'merge', elapsed_s: 1 }] },
    clock.now,
  );

  expect([attempt, next]).toEqual([1, 2]);
  expect(database.live.heldBy('anvil').map((row) => [row.id, row.phase])).toEqual([[2, 'merge']]);
  // Questions are answered, though they are told what was there before.
  expect(attempts(database)).toEqual([]);
  const copy = killed(place.path);
  makeRoom(database);
  const there = contents(database);
  expect(there['attempts']).toHaveLength(2);
  expect(looking(copy.path, contents)).toEqual(there);
  copy.remove();
  checkMemory(database);
});

test('a control plane that stops while the database is full leaves the log to the next one', async () => {
  await actor.queue('s1', ['base']);
  fillUp(database, 'attempts');
  await actor.ask('anvil');

  database.close();
  database = openSqliteStore(place.path);

  expect(database.live.heldBy('anvil')).toHaveLength(1);
  expect(attempts(database)).toEqual([1]);
});

/** A file system for the log alone, in which there is hardly any room. */
function tinyLog(): Place | undefined {
  const at = newPlace();
  const disk = join(at.dir, 'disk');
  mkdirSync(disk);
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', disk]).status !== 0) return undefined;
  for (const end of ['-redo.0', '-redo.1']) symlinkSync(join(disk, `log${end}`), at.path + end);
  return { ...at, remove: () => (spawnSync('umount', [disk]), at.remove()) };
}

const tiny = tinyLog();
const canMount = tiny !== undefined;
tiny?.remove();

/** Fill the log until it takes nothing of this size; says what was taken last, and why no more is. */
async function exhaust(size: number): Promise<{ taken: unknown; refused: unknown }> {
  let taken: unknown;
  for (let count = 0; count < 200; count += 1) {
    const metrics = { count, text: 'x'.repeat(size) };
    try {
      await database.store.heartbeat({ ...HEARTBEAT, metrics }, START + count);
    } catch (refused) {
      return { taken, refused };
    }
    taken = metrics;
  }
  return { taken, refused: undefined };
}

async function startWithTinyLog(): Promise<void> {
  database.close();
  place.remove();
  place = tinyLog() as Place;
  start();
  await actor.beat('anvil');
  await actor.queue('s1', NAMES);
  await database.store.settle(START);
}

test.skipIf(!canMount)('where the log takes nothing more the tables do, and the log begins anew', async () => {
  await startWithTinyLog();

  expect((await exhaust(1_000)).refused).toBeUndefined();
  expect(await actor.ask('anvil')).toBe(1);

  const there = contents(database);
  const copy = killed(place.path);
  expect(looking(copy.path, contents)).toEqual(there);
  copy.remove();
});

test.skipIf(!canMount)(
  'where neither takes anything a request is refused and leaves nothing, until there is room',
  async () => {
    await startWithTinyLog();
    fillUp(database, 'attempts');
    database.connection.exec(`CREATE TEMP TRIGGER nothing_fits AFTER UPDATE ON main.redo BEGIN
      INSERT INTO config VALUES ('filler', hex(zeroblob(4000000)), 0); END`);
    await exhaust(1_000);

    const { taken, refused } = await exhaust(10);
    await expect(actor.ask('anvil')).rejects.toMatchObject({ ...FULL, status: 507 });
    await expect(actor.ask('anvil')).rejects.toMatchObject(FULL);

    expect(refused).toMatchObject(FULL);
    expect(database.live.heldBy('anvil')).toEqual([]);
    const full = killed(place.path);
    expect(looking(full.path, attempts)).toEqual([]);
    database.connection.exec('DROP TRIGGER temp.nothing_fits');
    makeRoom(database);
    expect(contents(database)['nodes']).toMatchObject([{ metrics_json: JSON.stringify(taken) }]);
    const attempt = (await actor.ask('anvil')) as number;
    expect(await actor.report(attempt, 'returned')).toBe('needed');
    const copy = killed(place.path);
    expect(attempts(database)).toEqual([attempt]);
    expect(looking(copy.path, contents)).toEqual(contents(database));
    checkMemory(database);
    full.remove();
    copy.remove();
  },
);
