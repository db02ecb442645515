import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { openSqliteStore, type SqliteStore } from '../../src/adapters/sqlite/store.ts';
import type { AttemptFacts, Breadth } from '../../src/app/ports.ts';
import type { Change } from '../../src/core/change.ts';
import { decideCompletion } from '../../src/core/completion.ts';
import { decideGrant } from '../../src/core/grant.ts';
import type { AttemptId } from '../../src/core/ids.ts';
import { DEFAULT_POLICY } from '../../src/core/policy.ts';
import { reconcile } from '../../src/core/reconcile.ts';

export const START = 1_700_000_000_000;
const POLICY = { ...DEFAULT_POLICY, retryBackoffMs: 5, ageBlockedAfterMs: 100, leaseMs: 60_000 };
export const BY = { name: 'test', role: 'admin', address: '192.0.2.7' } as const;

const FILES = ['', '-wal', '-redo.0', '-redo.1'];

/** A directory with a database, for one test. */
export type Place = { readonly dir: string; readonly path: string; remove(): void };

export function newPlace(): Place {
  const dir = mkdtempSync(join(tmpdir(), 'redo-'));
  return { dir, path: join(dir, 'swarm.db'), remove: () => rmSync(dir, { recursive: true, force: true }) };
}

/** What is left of a database when its program is killed at this moment. */
export function killed(path: string): Place {
  const place = newPlace();
  for (const end of FILES) if (existsSync(path + end)) copyFileSync(path + end, place.path + end);
  return place;
}

/** All that the tables say, and that others have been told. */
export function contents({ connection }: SqliteStore): Record<string, unknown[]> {
  const all = (sql: string) => connection.prepare(sql).all();
  return {
    queue: all('SELECT * FROM queue ORDER BY id'),
    attempts: all('SELECT * FROM attempts ORDER BY id'),
    events: all('SELECT * FROM events ORDER BY id'),
    history: all('SELECT * FROM build_history ORDER BY id'),
    nodes: all('SELECT * FROM nodes ORDER BY id'),
    health: all('SELECT * FROM drone_health ORDER BY node_id'),
    sessions: all('SELECT * FROM sessions ORDER BY id'),
    binpkgs: all('SELECT * FROM binpkgs ORDER BY attempt'),
    config: all('SELECT * FROM config ORDER BY key'),
    totals: all('SELECT * FROM queue_totals WHERE packages <> 0 ORDER BY session_id, status, ready'),
  };
}

/** From now on there is no room for rows of this table. */
export function fillUp({ connection }: SqliteStore, table: string): void {
  makeRoom({ connection });
  const pages = connection.pragma('page_count', { simple: true });
  connection.pragma(`max_page_count = ${Number(pages)}`);
  connection.exec(`CREATE TEMP TRIGGER fills_up AFTER INSERT ON main.${table} BEGIN
    INSERT INTO config VALUES ('filler', hex(zeroblob(4000000)), 0); END`);
}

/** There is room again. */
export function makeRoom({ connection }: Pick<SqliteStore, 'connection'>): void {
  connection.exec('DROP TRIGGER IF EXISTS temp.fills_up');
  connection.pragma('max_page_count = 1000000');
}

/** What is kept in memory must be what the tables say. */
export function checkMemory({ connection, live }: SqliteStore): void {
  const all = <T>(sql: string) => connection.prepare<[], T>(sql).all();
  const recount = `SELECT coalesce(session_id, '') AS session_id, status, ready, count(*) AS packages FROM queue
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`;
  expect(all('SELECT * FROM queue_totals WHERE packages <> 0 ORDER BY session_id, status, ready')).toEqual(
    all(recount),
  );
  type Row = { id: number; package: string; status: string; drone_id: string; state: string };
  for (const row of all<Row>('SELECT * FROM queue')) {
    if (row.status === 'received') expect(live.queue.get(row.id)?.status ?? 'received').toBe('received');
    else expect(row).toMatchObject({ ...live.queue.get(row.id) });
    if (row.status !== 'received') expect(live.queue.get(row.id)).toBeDefined();
  }
  for (const row of all<Row>('SELECT * FROM attempts')) {
    if (row.state === 'running') expect(live.attempts.get(row.id)).toEqual(row);
    else expect(live.attempts.get(row.id)?.state ?? row.state).toBe(row.state);
  }
  for (const { drone_id: id } of all<Row>('SELECT id AS drone_id FROM nodes UNION SELECT drone_id FROM attempts')) {
    const held = connection
      .prepare("SELECT * FROM attempts WHERE state = 'running' AND drone_id = ? ORDER BY id")
      .all(id);
    expect(live.heldBy(id)).toEqual(held);
    type Taken = { at: number | null };
    const { at } = connection
      .prepare<[string], Taken>("SELECT max(ended_at) AS at FROM attempts WHERE state = 'reclaimed' AND drone_id = ?")
      .get(id) as Taken;
    expect(live.lastTakenFrom(id) ?? 0).toBeGreaterThanOrEqual(at ?? 0);
  }
  for (const name of new Set(all<Row>('SELECT package FROM queue').map((row) => row.package))) {
    const wishes = connection
      .prepare<[string], number>(
        "SELECT id FROM queue WHERE package = ? AND status IN ('needed', 'delegated') ORDER BY id",
      )
      .pluck()
      .all(name);
    expect(
      live
        .wishesFor(name)
        .map((row) => row.id)
        .sort((one, other) => one - other),
    ).toEqual(wishes);
  }
  expect(readyIds(live)).toEqual(
    connection
      .prepare("SELECT id FROM queue WHERE status = 'needed' AND ready = 1 ORDER BY rank DESC, id")
      .pluck()
      .all(),
  );
  const delivered = all<{ attempt: number }>(
    "SELECT attempt FROM binpkgs WHERE attempt IN (SELECT id FROM attempts WHERE state = 'running')",
  );
  for (const { attempt } of delivered) expect(live.mayHaveDelivered(attempt)).toBe(true);
  expect(live.lastAttempt()).toBeGreaterThanOrEqual(
    connection.prepare<[], number>('SELECT coalesce(max(id), 0) FROM attempts').pluck().get() as number,
  );
}

function readyIds(live: SqliteStore['live']): number[] {
  const ids: number[] = [];
  live.visitReady((row) => {
    ids.push(row.id);
    return 'next';
  });
  return ids;
}

/** The store as the use cases ask it, with what was acknowledged. */
export function createActor(database: SqliteStore, clock: { now: number }) {
  const { store } = database;
  const told = new Map<number, string>();
  const apply = async (changes: readonly Change[]) => {
    const applied = await store.apply(changes);
    for (const event of applied?.events ?? []) told.set(event.id, event.message);
    return applied;
  };
  const heard = (droneId: string): Change => ({ kind: 'drone-heard', droneId, at: clock.now });
  return {
    told,
    ask: async (droneId: string): Promise<AttemptId | null> => {
      const decide = async (breadth: Breadth) => {
        const view = await store.readGrantView(droneId, clock.now, breadth);
        const holding = view?.held.map((attempt) => attempt.id);
        return view && decideGrant(view, holding, POLICY, clock.now);
      };
      const narrow = await decide('narrow');
      const decision = narrow?.kind === 'nothing' && narrow.looked ? await decide('wide') : narrow;
      if (decision === undefined) return null;
      const changes = decision.kind === 'grant' ? decision.changes : [];
      return (await apply([heard(droneId), ...changes]))?.granted ?? null;
    },
    report: async (attempt: AttemptId, status: string): Promise<string | undefined> => {
      const facts = (await store.readAttempt(attempt)) as AttemptFacts;
      const key = { droneId: facts.droneId, package: facts.package, attempt, isSuccess: status === 'success' };
      const view = await store.readCompletionView(key);
      const said = { package: facts.package, status, durationS: 3, error: '', failureClass: null, phase: 'compile' };
      const { changes, state } = decideCompletion(view, said, POLICY, clock.now);
      return (await apply([...(view.drone ? [heard(facts.droneId)] : []), ...changes])) && state;
    },
    deliver: async (attempt: AttemptId): Promise<boolean> => {
      const facts = await store.readAttempt(attempt);
      const cpv = `${facts?.package.replace(/^=/, '')}`;
      const path = `${cpv}-${attempt}.gpkg.tar`;
      return store.saveArtifact({ attempt, cpv, buildId: 1, path, sizeBytes: 9, sha256: 'aa', block: { CPV: cpv } });
    },
    reconcile: async () => {
      await store.settle(clock.now);
      const due = {
        seenBefore: clock.now - POLICY.offlineAfterMs,
        heardBefore: clock.now - POLICY.leaseMs,
        blockedBefore: clock.now - POLICY.ageBlockedAfterMs,
        failuresToGround: POLICY.failuresToGround,
        ageingsAllowed: POLICY.ageingsAllowed,
      };
      for (const changes of reconcile(await store.readReconcileView(due), POLICY, clock.now)) await apply(changes);
    },
    beat: (droneId: string, more: { task?: string | null; running?: readonly AttemptId[]; load?: number } = {}) =>
      store.heartbeat(
        {
          id: droneId,
          name: droneId,
          ip: '192.0.2.1',
          isSweeper: droneId.startsWith('sweeper'),
          cores: 8,
          ramGb: 16,
          capabilities: { cores: 8, slots: 2 },
          metrics: more.load === undefined ? null : { load_1m: more.load },
          currentTask: more.task ?? null,
          version: '3.2.0',
          running: (more.running ?? []).map((attempt) => ({ attempt, package: 'p', phase: 'compile', elapsed_s: 1 })),
          knowsAttempts: true,
        },
        clock.now,
      ),
    queue: (session: string, names: readonly string[], rank = (index: number) => -index) =>
      store.addSession({
        id: session,
        name: session,
        plan: null,
        packages: names.map((name, index) => ({
          package: `=app-misc/${name}-1`,
          cpv: `app-misc/${name}-1`,
          state: 'needed' as const,
          isReady: true,
          rank: rank(index),
          failureClass: null,
          error: null,
        })),
        events: [],
        expectedPortageTimestamp: null,
        at: clock.now,
      }),
  };
}

/** Open, look, and close again. */
export function looking<T>(path: string, look: (database: SqliteStore) => T): T {
  const database = openSqliteStore(path);
  try {
    return look(database);
  } finally {
    database.close();
  }
}
