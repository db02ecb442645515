import { expect } from 'vitest';
import type { SqliteStore } from '../../src/adapters/sqlite/store.ts';

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

/** What is kept in memory must be what the tables say. */
export function checkMemory(database: SqliteStore): void {
  checkTotals(database);
  checkRows(database);
  checkHolders(database);
  checkWishes(database);
  const { live } = database;
  const delivered = "SELECT attempt FROM binpkgs WHERE attempt IN (SELECT id FROM attempts WHERE state = 'running')";
  for (const attempt of ids(database, delivered)) expect(live.mayHaveDelivered(attempt)).toBe(true);
  const [last = 0] = ids(database, 'SELECT coalesce(max(id), 0) FROM attempts');
  expect(live.lastAttempt()).toBeGreaterThanOrEqual(last);
}

function ids({ connection }: SqliteStore, sql: string, ...parameters: string[]): number[] {
  return connection
    .prepare<string[], number>(sql)
    .pluck()
    .all(...parameters);
}

function checkTotals({ connection }: SqliteStore): void {
  const recounted = `SELECT coalesce(session_id, '') AS session_id, status, ready, count(*) AS packages FROM queue
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`;
  const kept = 'SELECT * FROM queue_totals WHERE packages <> 0 ORDER BY session_id, status, ready';
  expect(connection.prepare(kept).all()).toEqual(connection.prepare(recounted).all());
}

/** What is over may still be known, as what it is. */
function checkRows({ connection, live }: SqliteStore): void {
  type Row = { id: number; status: string; state: string };
  for (const row of connection.prepare<[], Row>('SELECT * FROM queue').all()) {
    const known = live.queue.get(row.id);
    if (row.status === 'received') expect(known?.status ?? 'received').toBe('received');
    else expect(row).toMatchObject(known ?? { id: 'not known' });
  }
  for (const row of connection.prepare<[], Row>('SELECT * FROM attempts').all()) {
    const known = live.attempts.get(row.id);
    if (row.state === 'running') expect(known).toEqual(row);
    else expect(known?.state ?? row.state).toBe(row.state);
  }
}

function checkHolders(database: SqliteStore): void {
  const { connection, live } = database;
  const drones = connection.prepare<[], string>('SELECT id FROM nodes UNION SELECT drone_id FROM attempts').pluck();
  const lastTaken = connection
    .prepare<[string], number>("SELECT max(ended_at) FROM attempts WHERE state = 'reclaimed' AND drone_id = ?")
    .pluck();
  for (const id of drones.all()) {
    expect(live.heldBy(id).map((row) => row.id)).toEqual(
      ids(database, "SELECT id FROM attempts WHERE state = 'running' AND drone_id = ? ORDER BY id", id),
    );
    expect(live.lastTakenFrom(id) ?? 0).toBeGreaterThanOrEqual(lastTaken.get(id) ?? 0);
  }
}

function checkWishes(database: SqliteStore): void {
  const names = database.connection.prepare<[], string>('SELECT DISTINCT package FROM queue').pluck().all();
  for (const name of names) {
    const known = database.live.wishesFor(name).map((row) => row.id);
    expect(known.sort((one, other) => one - other)).toEqual(
      ids(database, "SELECT id FROM queue WHERE package = ? AND status IN ('needed', 'delegated') ORDER BY id", name),
    );
  }
}
