import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { completion, WIRE_NOW, type WireLogWorld, wireLogWorld } from '../../testing/wire-log-world.ts';

const worlds: WireLogWorld[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close();
});

async function setup(...options: Parameters<typeof wireLogWorld>): Promise<WireLogWorld> {
  const world = await wireLogWorld(...options);
  worlds.push(world);
  return world;
}

test('what does not fit into the queue is dropped and counted, and the rest is there', async () => {
  const world = await setup({ queueLimit: 5 });

  world.record(...Array.from({ length: 8 }, () => ({})));

  expect(world.log().counters()).toMatchObject({ dropped: 3, queued: 5 });
  expect(await world.list()).toHaveLength(5);
  expect(world.log().counters()).toMatchObject({ dropped: 3, queued: 0 });
});

test('bodies that would fill the memory are dropped and counted before the number is reached', async () => {
  const world = await setup();
  const responseBody = 'x'.repeat(8 * 1024 * 1024);

  world.record(...Array.from({ length: 8 }, () => ({ responseBody })));

  expect(world.log().counters().dropped).toBeGreaterThan(3);
});

test('an entry that cannot be stored is counted and does not take its batch along', async () => {
  const world = await setup();

  world.record({}, { at: Number.NaN }, {});

  expect(await world.ids()).toEqual([1, 3]);
  expect(world.log().counters().failed).toBe(1);
  expect(world.troubles).toEqual(['exchanges could not be written to the protocol log']);
});

test('entries and their numbers outlive a restart', async () => {
  const world = await setup();
  world.record({}, {});

  await world.reopen();
  world.record({});

  expect(await world.ids()).toEqual([1, 2, 3]);
});

test('nothing is lost when the thread is killed, and it is started again', async () => {
  const world = await setup();
  world.record({}, {});
  await world.list();
  world.record({});
  await world.log().workerThread()?.terminate();

  await vi.waitUntil(() => world.log().counters().restarts === 1 && world.log().workerThread() !== undefined);
  world.record({});

  expect(await world.ids()).toEqual([1, 2, 3, 4]);
});

test('a question under way when the thread dies is refused, not left open', async () => {
  const world = await setup();
  const asked = world.list().catch((error: { code: string }) => error.code);

  await world.log().workerThread()?.terminate();

  expect(await asked).toBe('WIRE_LOG_UNAVAILABLE');
});

test('a file that is no database is put aside and a new log begun', async () => {
  const world = await setup({}, (path) => writeFileSync(path, 'no database, but as long as one '.repeat(200)));

  world.record({});

  expect(await world.ids()).toEqual([1]);
  expect(existsSync(`${world.path}.damaged`)).toBe(true);
  expect(world.troubles).toEqual(['the protocol log cannot be used and was put aside; a new one is begun']);
});

test('a log that is damaged while it is written is put aside; what comes then is kept', async () => {
  const world = await setup();
  world.record(...Array.from({ length: 600 }, () => completion('x/y')));
  await world.reopen();
  await world.list();
  await world.log().close();
  const bytes = statSync(world.path).size;
  // The first page says what the file is; the others are no longer what it points to.
  const damaged = Buffer.concat([readFileSync(world.path).subarray(0, 4096), Buffer.alloc(bytes - 4096, 0xff)]);
  writeFileSync(world.path, damaged);
  await world.reopen();

  world.record({});
  await vi.waitUntil(async () => {
    world.record({});
    return (await world.list().catch(() => [])).length > 0;
  });

  expect(existsSync(`${world.path}.damaged`)).toBe(true);
  expect(world.troubles.length).toBeGreaterThan(0);
});

test('a log that cannot be opened at all is told of, counted, and refuses questions', async () => {
  const world = await setup({ path: 'file/protocol.db' }, (path) => writeFileSync(dirname(path), ''));

  world.record({});

  await expect(world.list()).rejects.toMatchObject({ code: 'WIRE_LOG_UNAVAILABLE' });
  expect(world.log().counters().failed).toBe(1);
  expect(world.troubles[0]).toBe('the protocol log cannot be opened; exchanges are not recorded');
});

test('what is too old goes, by the clock of the control plane', async () => {
  const world = await setup({ maxAgeMs: 1000, pruneEveryMs: 10 });
  world.record({ at: WIRE_NOW - 1001 }, { at: WIRE_NOW - 999 });

  await vi.waitUntil(async () => (await world.list()).length === 1);

  expect(await world.ids()).toEqual([2]);
});

test('the oldest go when the file would grow beyond its bound', async () => {
  const world = await setup({ maxBytes: 500_000 });
  const responseBody = 'x'.repeat(2_000);
  for (let round = 0; round < 10; round += 1) {
    world.record(...Array.from({ length: 200 }, () => ({ responseBody })));
    await world.list({}, { limit: 1 });
  }

  await vi.waitUntil(async () => (await world.log().stats(null)).bytes <= 500_000);

  expect(await world.ids({}, { order: 'desc', limit: 1 })).toEqual([2_000]);
  expect((await world.log().stats(null)).rows).toBeGreaterThan(50);
});

test('numbers are not given twice when everything was pruned', async () => {
  const world = await setup({ maxAgeMs: 1000, pruneEveryMs: 10 });
  world.record({ at: WIRE_NOW - 5000 });
  await world.list();
  await vi.waitUntil(async () => (await world.list()).length === 0);
  await world.reopen();

  world.record({});

  expect(await world.ids()).toEqual([2]);
});
