import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Heartbeat } from '../../app/ports.ts';
import { openSqliteStore, type SqliteStore } from './store.ts';

const NOW = 1_700_000_000_000;
const BY = { name: 'test', role: 'admin', address: '192.0.2.7' } as const;

let database: SqliteStore;
beforeEach(() => {
  database = openSqliteStore(':memory:');
});
afterEach(() => database.close());

function beat(change: Partial<Heartbeat> = {}): Heartbeat {
  return {
    id: 'drone-1',
    name: 'one',
    ip: '192.0.2.1',
    isSweeper: false,
    cores: 8,
    ramGb: 16,
    capabilities: { cores: 8 },
    metrics: { cpu_percent: 10 },
    currentTask: null,
    version: '3.2.0',
    running: [],
    knowsAttempts: true,
    ...change,
  };
}

async function reportOf(id: string, now = NOW) {
  await database.store.settle(now);
  const nodes = await database.reports.nodes({ includeOffline: true, now });
  return nodes.find((node) => node.id === id);
}

test('an idle heartbeat is written later, together with others, and is seen by who asks before', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'heartbeats-')), 'swarm.db');
  const own = openSqliteStore(file);
  const other = new Database(file, { readonly: true });
  const seenByOthers = other.prepare<[], number>('SELECT last_seen FROM nodes').pluck();
  await own.store.heartbeat(beat(), NOW);

  for (let turn = 1; turn <= 5; turn += 1) {
    await own.store.heartbeat(beat({ metrics: { cpu_percent: 10 + turn } }), NOW + turn * 1000);
  }

  expect(seenByOthers.get()).toBe(NOW / 1000);
  const nodes = await own.reports.nodes({ includeOffline: true, now: NOW });
  expect(nodes[0]).toMatchObject({ lastSeenAt: NOW + 5000, metrics: { cpu_percent: 15 } });
  expect(seenByOthers.get()).toBe(NOW / 1000 + 5);
  other.close();
  own.close();
  rmSync(dirname(file), { recursive: true });
});

test('a heartbeat that measured nothing keeps what was measured before', async () => {
  await database.store.heartbeat(beat(), NOW);
  await database.store.heartbeat(beat({ metrics: { cpu_percent: 70 } }), NOW + 1000);
  await database.store.heartbeat(beat({ metrics: {} }), NOW + 2000);
  await database.store.heartbeat(beat({ metrics: {}, currentTask: 'syncing' }), NOW + 3000);

  expect(await reportOf('drone-1')).toMatchObject({ lastSeenAt: NOW + 3000, metrics: { cpu_percent: 70 } });
});

test.each([
  { what: 'its address', change: { ip: '192.0.2.9' }, seen: { ip: '192.0.2.9' } },
  { what: 'what it can', change: { capabilities: { cores: 16 }, cores: 16 }, seen: { cores: 16 } },
  { what: 'its task', change: { currentTask: 'syncing' }, seen: { currentTask: 'syncing' } },
])('a heartbeat that changes $what is written at once', async ({ change, seen }) => {
  await database.store.heartbeat(beat(), NOW);
  await database.store.heartbeat(beat(), NOW + 1000);

  await database.store.heartbeat(beat(change), NOW + 2000);

  const nodes = await database.reports.nodes({ includeOffline: true, now: NOW });
  expect(nodes[0]).toMatchObject({ ...seen, lastSeenAt: NOW + 2000 });
});

test('a drone that was paused is told so by its next heartbeat', async () => {
  await database.store.heartbeat(beat(), NOW);
  await database.store.setNodePaused('one', true, BY, NOW);

  expect(await database.store.heartbeat(beat(), NOW + 1000)).toMatchObject({ isPaused: true });
  expect(await database.store.heartbeat(beat(), NOW + 2000)).toMatchObject({ isPaused: true });
});

test('a drone that was given up comes back with its next heartbeat, though that says nothing new', async () => {
  await database.store.heartbeat(beat(), NOW);
  await database.store.apply([{ kind: 'drone-offline', droneId: 'drone-1', lastSeenAt: NOW }]);

  const outcome = await database.store.heartbeat(beat(), NOW + 90_000);

  expect(outcome).toMatchObject({ events: [{ type: 'register' }] });
  expect(await reportOf('drone-1')).toMatchObject({ status: 'online' });
});

test('a drone that was removed is registered anew by its next heartbeat', async () => {
  await database.store.heartbeat(beat(), NOW);
  await database.store.removeNode('one', BY, NOW);

  await database.store.heartbeat(beat(), NOW + 1000);

  expect(await reportOf('drone-1')).toMatchObject({ status: 'online', createdAt: NOW + 1000 });
});

test('the report of a drone that did not change is the same object, so that its text can be kept', async () => {
  await database.store.heartbeat(beat(), NOW);
  await database.store.heartbeat(beat({ id: 'drone-2', name: 'two' }), NOW);
  const [one, two] = [await reportOf('drone-1'), await reportOf('drone-2')];

  await database.store.heartbeat(beat({ metrics: { cpu_percent: 90 } }), NOW + 1000);

  expect(await reportOf('drone-1')).not.toBe(one);
  expect(await reportOf('drone-2')).toBe(two);
});

test('a report that was read within a write that is undone does not stay', async () => {
  await database.store.heartbeat(beat(), NOW);
  await reportOf('drone-1');
  const rename = database.connection.prepare("UPDATE nodes SET name = 'other' WHERE id = 'drone-1'");
  const undone = database.write(() => {
    rename.run();
    void database.reports.nodes({ includeOffline: true, now: NOW });
    throw new Error('no');
  });

  await expect(undone).rejects.toThrow('no');

  expect(await reportOf('drone-1')).toMatchObject({ name: 'one' });
});

test('drones are reported by name, also when one comes between or changes its name', async () => {
  await database.store.heartbeat(beat({ id: 'a', name: 'aa' }), NOW);
  await database.store.heartbeat(beat({ id: 'c', name: 'cc' }), NOW);
  const names = async () => (await database.reports.nodes({ includeOffline: true, now: NOW })).map((node) => node.name);
  expect(await names()).toEqual(['aa', 'cc']);

  await database.store.heartbeat(beat({ id: 'b', name: 'bb' }), NOW);
  expect(await names()).toEqual(['aa', 'bb', 'cc']);

  await database.store.heartbeat(beat({ id: 'a', name: 'dd' }), NOW);
  expect(await names()).toEqual(['bb', 'cc', 'dd']);
});
