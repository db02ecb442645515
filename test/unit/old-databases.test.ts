import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { afterEach, describe, expect, test } from 'vitest';
import { openConnection } from '../../src/adapters/sqlite/open.ts';
import { openSqliteStore } from '../../src/adapters/sqlite/store.ts';
import { makeOldDatabase, type OldDatabaseOptions } from '../../src/testing/old-database.ts';

const UPGRADE_PROCESS = fileURLToPath(new URL('../../src/testing/upgrade-process.ts', import.meta.url));
const TSX = fileURLToPath(import.meta.resolve('tsx'));
const KEYS = {
  ...{ nodes: 'id', sessions: 'id', queue: 'id', build_history: 'id', drone_health: 'node_id', config: 'key' },
  events: 'id',
} as const;

const dirs: string[] = [];
afterEach(() => {
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
});

type Row = Record<string, unknown>;

function setup(options: OldDatabaseOptions = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'old-database-'));
  dirs.push(dir);
  const path = join(dir, 'swarm.db');
  makeOldDatabase(path, options);
  return { dir, path, old: tablesOf(path), backups: () => readdirSync(dir).filter((name) => name.includes('backup')) };
}

function tablesOf(path: string): Record<string, Row[]> {
  const database = new Database(path);
  try {
    const names = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all() as string[];
    return Object.fromEntries(names.map((name) => [name, database.prepare(`SELECT * FROM ${name}`).all() as Row[]]));
  } finally {
    database.close();
  }
}

function upgrade(path: string): Record<string, Row[]> {
  openConnection(path).close();
  return tablesOf(path);
}

describe.each([
  ['3.1', {}],
  ['3.0', { isV30: true, seed: 7 }],
])('a database of %s', (_version, options) => {
  test('loses no row: each is in its table or set aside with a reason', () => {
    const { path, old } = setup(options);

    const upgraded = upgrade(path);

    for (const [table, key] of Object.entries(KEYS)) {
      const aside = (upgraded['upgrade_rejects'] ?? []).filter((row) => row['table_name'] === table);
      const kept = new Set((upgraded[table] ?? []).map((row) => row[key]));
      const setAside = new Set(aside.map((row) => (JSON.parse(String(row['row_json'])) as Row)[key]));
      const rows = (old[table] ?? []).map((row) => row[key]);
      expect(rows.filter((id) => kept.has(id) === setAside.has(id))).toEqual([]);
      expect(aside.every((row) => row['reason'] !== '')).toBe(true);
    }
  });

  test('keeps its history and its finished packages as they were', () => {
    const { path, old } = setup(options);

    const upgraded = upgrade(path);

    const before = (old['build_history'] ?? []).slice(0, 2_000);
    expect(upgraded['build_history']?.slice(0, 2_000)).toMatchObject(before);
    const received = (old['queue'] ?? []).filter((row) => row['status'] === 'received' && row['completed_at'] !== null);
    const after = new Map(upgraded['queue']?.map((row) => [row['id'], row]));
    for (const row of received) expect(after.get(row['id'])).toMatchObject(row);
  });

  test('is copied before, and the copy is what it was', () => {
    const { dir, path, old, backups } = setup(options);

    upgrade(path);

    expect(backups()).toHaveLength(1);
    expect(backups()[0]).toMatch(/^swarm\.db\.v31-backup-\d{8}T\d{6}Z$/);
    expect(tablesOf(join(dir, backups()[0] ?? ''))).toEqual(old);
  });
});

test('pause, expected tree, paused drones and failures of drones survive the upgrade', () => {
  const { path } = setup();

  const { config, nodes, drone_health } = upgrade(path);

  expect(config).toContainEqual(expect.objectContaining({ key: 'paused', value: 'true' }));
  expect(config).toContainEqual(expect.objectContaining({ key: 'expected_portage_timestamp', value: '1770685200' }));
  expect(nodes?.filter((row) => row['paused'] === 1).map((row) => row['name'])).toEqual(['bellows']);
  expect(drone_health).toContainEqual(expect.objectContaining({ node_id: 'id-drill', failures: 5, rebooted: 1 }));
});

test('events keep their numbers, and the upgrade is the next one, with its counts', () => {
  const { path, old } = setup();
  const before = (old['events'] ?? []).filter((row) => typeof row['timestamp'] === 'number');

  const { events = [], upgrade_rejects = [] } = upgrade(path);

  const last = events.at(-1);
  expect(events.slice(0, -1).map((row) => row['id'])).toEqual(before.map((row) => row['id']));
  // 302 was given to the row that had no time.
  expect(last).toMatchObject({ id: 303, event_type: 'control', message: expect.stringMatching(/v31-backup-\d/) });
  const details = JSON.parse(String(last?.['details_json'])) as { dropped: Row; set_aside: Record<string, number> };
  expect(details.dropped).toEqual({ metrics_log: 40, protocol_log: 40 });
  expect(Object.values(details.set_aside).reduce((sum, count) => sum + count)).toBe(upgrade_rejects.length);
});

test('of several wishes for one package the oldest stays, and takes over the build under way', () => {
  const { path, old } = setup();
  const [oldest, building] = (old['queue'] ?? []).filter((row) => row['package'] === '=app-misc/taken-1');

  const { queue = [], attempts = [], upgrade_rejects = [] } = upgrade(path);

  const left = queue.filter((row) => row['package'] === '=app-misc/taken-1');
  expect(left).toMatchObject([{ id: oldest?.['id'], status: 'delegated', assigned_to: 'id-anvil' }]);
  expect(attempts).toContainEqual(
    expect.objectContaining({ id: left[0]?.['attempt'], drone_id: 'id-anvil', state: 'running' }),
  );
  expect(upgrade_rejects).toContainEqual(
    expect.objectContaining({ reason: `the same package is wanted by row ${String(oldest?.['id'])} already` }),
  );
  expect(building?.['status']).toBe('delegated');
  const live = queue.filter((row) => row['status'] === 'needed' || row['status'] === 'delegated');
  expect(new Set(live.map((row) => `${String(row['session_id'])} ${String(row['package'])}`)).size).toBe(live.length);
});

test('what an old agent was building when the program was replaced is still its to report', async () => {
  const { path } = setup();
  const database = openSqliteStore(path);

  const view = await database.store.readCompletionView({
    droneId: 'id-anvil',
    package: '=app-misc/taken-1',
    attempt: null,
    isSuccess: true,
  });

  expect(view).toMatchObject({ attempt: { state: 'running', droneId: 'id-anvil' }, queued: { state: 'delegated' } });
  expect(view.queued?.attempt).toBe(view.attempt?.id);
  database.close();
});

test('a build whose drone is unknown is needed again', () => {
  const { path } = setup();

  const { queue } = upgrade(path);

  expect(queue).toContainEqual(expect.objectContaining({ package: 'app-misc/lost', status: 'needed', attempt: null }));
});

test('texts in columns of numbers become numbers where they are one', () => {
  const { path } = setup();

  const { nodes } = upgrade(path);

  expect(nodes).toContainEqual(
    expect.objectContaining({ id: 'id-text', cores: null, ram_gb: 12.5, last_seen: 1759999000 }),
  );
  expect(nodes).toContainEqual(expect.objectContaining({ id: 'id-half', cores: 4, capabilities_json: '{}' }));
});

test('an upgraded database is opened like any other, without another copy', () => {
  const { path, backups } = setup();
  const once = upgrade(path);

  expect(upgrade(path)).toEqual(once);
  expect(backups()).toHaveLength(1);
});

test('an old database that another program has open is left alone', () => {
  const { path, backups } = setup();
  const other = new Database(path);
  other.prepare('SELECT count(*) FROM queue').get();

  expect(() => openConnection(path)).toThrow(/in use by another program: stop the old control plane/);

  expect(other.prepare('SELECT count(*) FROM nodes').pluck().get()).toBe(8);
  other.close();
  expect(backups()).toEqual([]);
});

test.each(['checked', 'backed up', 'renamed', 'queue', 'converted', 'committed'])(
  'an upgrade killed when it has just %s is done by the next start',
  async (step) => {
    const { path, old, dir } = setup({ queueRows: 3_000, historyRows: 20_000 });
    const child = spawn(process.execPath, ['--import', TSX, UPGRADE_PROCESS, path, step], { stdio: 'inherit' });

    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);

    const left = tablesOf(path);
    expect(left['build_history']?.length).toBe((old['build_history']?.length ?? 0) - (step === 'committed' ? 1 : 0));
    if (step !== 'committed') expect(left).toEqual(old);
    const { queue = [], events = [], build_history = [] } = upgrade(path);
    expect(queue.length).toBeGreaterThan(2_900);
    expect(build_history.length).toBeGreaterThan(20_000);
    expect(events.filter((row) => String(row['message']).startsWith('Database upgraded'))).toHaveLength(1);
    expect(readdirSync(dir).filter((name) => name.endsWith('.partial'))).toEqual([]);
  },
);

test('an old database that is damaged is left as it is', () => {
  const { path, backups } = setup();
  const bytes = readFileSync(path);
  overwriteLater(path, bytes);
  const damaged = readFileSync(path);

  expect(() => openConnection(path)).toThrow(expect.objectContaining({ code: 'DATABASE_DAMAGED' }));

  expect(readFileSync(path).equals(damaged)).toBe(true);
  expect(backups()).toEqual([]);
});

/** Not the first pages: those say what tables there are. */
function overwriteLater(path: string, bytes: Buffer): void {
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(8_192, 0xa5), 0, 8_192, Math.floor(bytes.length / 8_192) * 4_096);
  closeSync(file);
}
