import Database from 'better-sqlite3';
import type { Connection } from './open.ts';
import { type Collapsed, collapseLive, fitQueueRow } from './upgrade-queue.ts';
import {
  type Fitted,
  fitConfig,
  fitEvent,
  fitHealth,
  fitHistory,
  fitNode,
  fitSession,
  type UpgradeContext,
} from './upgrade-rows.ts';
import { type OldRow, rowAsJson } from './upgrade-values.ts';

/** Rows by table, repairs by `table.column`. */
export type UpgradeCounts = {
  readonly kept: Readonly<Record<string, number>>;
  readonly repaired: Readonly<Record<string, number>>;
  readonly setAside: Readonly<Record<string, number>>;
  /** Short-lived logs that are not taken over; the backup has them. */
  readonly dropped: Readonly<Record<string, number>>;
};

type Copying = {
  readonly connection: Connection;
  readonly prefix: string;
  readonly counts: {
    kept: Record<string, number>;
    repaired: Record<string, number>;
    setAside: Record<string, number>;
    dropped: Record<string, number>;
  };
  readonly setAside: (table: string, row: OldRow, reason: string) => void;
};

type Options = { readonly prefix: string; readonly now: number; readonly onTable: (table: string) => void };

/** So many rows are held in memory at once, but for those of the queue that are still alive. */
const PAGE_ROWS = 1_000;
const DROPPED = ['metrics_log', 'protocol_log'] as const;
/** Tables whose numbers go on where they were, even if their last rows are gone. */
const NUMBERED = ['events', 'queue', 'build_history'] as const;

/** Copy the old tables, which are there under `prefix`, into the empty new ones. `now` in Unix seconds. */
export function copyOldTables(connection: Connection, { prefix, now, onTable }: Options): UpgradeCounts {
  const copying = begin(connection, prefix);
  const known = { nodeNames: new Map<string, string>(), sessionIds: new Set<string>(), now };
  const copy = (table: string, fit: (old: OldRow, context: UpgradeContext) => Fitted) => {
    copyTable(copying, table, (old) => fit(old, known));
    onTable(table);
  };
  copy('nodes', fitNode);
  readNodes(connection, known.nodeNames);
  copy('sessions', fitSession);
  readSessions(connection, known.sessionIds);
  copyQueue(copying, known);
  onTable('queue');
  copy('build_history', fitHistory);
  copy('drone_health', fitHealth);
  copy('config', fitConfig);
  copy('events', fitEvent);
  for (const table of DROPPED) countDropped(copying, table);
  for (const table of NUMBERED) continueNumbers(connection, table, prefix);
  countSessions(connection);
  return copying.counts;
}

function begin(connection: Connection, prefix: string): Copying {
  const counts: Copying['counts'] = { kept: {}, repaired: {}, setAside: {}, dropped: {} };
  const insert = connection.prepare('INSERT INTO upgrade_rejects (table_name, row_json, reason) VALUES (?, ?, ?)');
  const setAside = (table: string, row: OldRow, reason: string) => {
    insert.run(table, rowAsJson(row), reason);
    increase(counts.setAside, table);
  };
  return { connection, prefix, counts, setAside };
}

function readNodes(connection: Connection, names: Map<string, string>): void {
  for (const { id, name } of connection.prepare<[], { id: string; name: string }>('SELECT id, name FROM nodes').all())
    names.set(id, name);
}

function readSessions(connection: Connection, ids: Set<string>): void {
  for (const { id } of connection.prepare<[], { id: string }>('SELECT id FROM sessions').all()) ids.add(id);
}

function copyTable(copying: Copying, table: string, fit: (old: OldRow) => Fitted): void {
  const insert = insertInto(copying, table);
  for (const old of rowsOf(copying, table)) {
    const fitted = fit(old);
    if ('reason' in fitted) copying.setAside(table, old, fitted.reason);
    else insert(fitted.row, old);
  }
}

/** What is still alive is held back until all of it is known, because of duplicates. */
function copyQueue(copying: Copying, known: UpgradeContext): void {
  const insert = insertInto(copying, 'queue');
  const live: { row: OldRow; old: OldRow }[] = [];
  for (const old of rowsOf(copying, 'queue')) {
    const fitted = fitQueueRow(old, known);
    if ('reason' in fitted) copying.setAside('queue', old, fitted.reason);
    else if (isLive(fitted.row)) live.push({ row: fitted.row, old });
    else insert(fitted.row, old);
  }
  const collapsed = collapseLive(live.map((each) => each.row));
  const oldById = new Map(live.map(({ row, old }) => [row['id'], old]));
  setDuplicatesAside(copying, collapsed, oldById);
  const attempt = makeAttempt(copying.connection, known);
  for (const row of collapsed.rows) insert({ ...row, attempt: attempt(row) }, oldById.get(row['id']) ?? row);
}

function isLive({ status }: OldRow): boolean {
  return status === 'needed' || status === 'delegated';
}

function setDuplicatesAside(copying: Copying, { duplicates }: Collapsed, oldById: ReadonlyMap<unknown, OldRow>): void {
  for (const [id, keptId] of duplicates)
    copying.setAside('queue', oldById.get(id) ?? {}, `the same package is wanted by row ${String(keptId)} already`);
}

/** Who is building a package keeps it: an old agent's report finds its attempt by drone and package. */
function makeAttempt(connection: Connection, { nodeNames, now }: UpgradeContext): (row: OldRow) => number | null {
  const insert = connection.prepare(
    `INSERT INTO attempts (queue_id, package, drone_id, drone_name, session_id, state, granted_at, last_heard_at)
     VALUES (@id, @package, @assigned_to, @name, @session_id, 'running', @assigned_at, @now)`,
  );
  return (row) => {
    if (row['status'] !== 'delegated') return null;
    const name = nodeNames.get(String(row['assigned_to']));
    return Number(insert.run({ ...row, name, now }).lastInsertRowid);
  };
}

/** Insert a fitted row. What the schema still refuses (a name that is taken) is set aside with SQLite's reason. */
function insertInto({ connection, counts, setAside }: Copying, table: string): (row: OldRow, old: OldRow) => void {
  const statements = new Map<string, Database.Statement<[OldRow]>>();
  const prepare = (names: readonly string[]) => {
    const values = names.map((name) => `@${name}`).join(', ');
    return connection.prepare<[OldRow]>(`INSERT INTO ${table} (${names.join(', ')}) VALUES (${values})`);
  };
  return (row, old) => {
    const names = Object.keys(row);
    const key = names.join();
    const statement = statements.get(key) ?? prepare(names);
    statements.set(key, statement);
    try {
      statement.run(row);
    } catch (error) {
      if (!(error instanceof Database.SqliteError) || !error.code.startsWith('SQLITE_CONSTRAINT')) throw error;
      return setAside(table, old, error.message);
    }
    increase(counts.kept, table);
    for (const column of repairsOf(row, old)) increase(counts.repaired, `${table}.${column}`);
  };
}

/** What was something in the old row and is something else now. */
function repairsOf(row: OldRow, old: OldRow): string[] {
  return Object.keys(row).filter((column) => {
    const before = old[column];
    return before !== null && before !== undefined && before !== row[column];
  });
}

function* rowsOf({ connection, prefix }: Copying, table: string): Generator<OldRow> {
  if (columnsOf(connection, `${prefix}${table}`).length === 0) return;
  const page = connection.prepare<[number], OldRow & { v31_rowid: number }>(
    `SELECT rowid AS v31_rowid, * FROM ${prefix}${table} WHERE rowid > ? ORDER BY rowid LIMIT ${PAGE_ROWS}`,
  );
  for (let last = Number.MIN_SAFE_INTEGER, rows = page.all(last); rows.length > 0; rows = page.all(last)) {
    for (const { v31_rowid, ...row } of rows) {
      last = v31_rowid;
      yield row;
    }
  }
}

function countDropped({ connection, prefix, counts }: Copying, table: string): void {
  if (columnsOf(connection, `${prefix}${table}`).length === 0) return;
  counts.dropped[table] = connection.prepare(`SELECT count(*) FROM ${prefix}${table}`).pluck().get() as number;
}

/** SQLite remembers the highest number ever given, also of rows that were pruned. */
function continueNumbers(connection: Connection, table: string, prefix: string): void {
  const numberOf = connection.prepare<[string], { seq: number }>('SELECT seq FROM sqlite_sequence WHERE name = ?');
  const before = numberOf.get(`${prefix}${table}`)?.seq ?? 0;
  const after = numberOf.get(table);
  if (after === undefined) {
    connection.prepare('INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)').run(table, before);
  } else if (after.seq < before) {
    connection.prepare('UPDATE sqlite_sequence SET seq = ? WHERE name = ?').run(before, table);
  }
}

/** 3.1 never counted the packages of a session. */
function countSessions(connection: Connection): void {
  connection.exec(
    `UPDATE sessions SET total_packages = (SELECT count(*) FROM queue WHERE session_id = sessions.id)
     WHERE total_packages = 0`,
  );
}

/** The columns of a table; none if there is no such table. */
export function columnsOf(connection: Connection, table: string): string[] {
  return connection
    .prepare<[string], { name: string }>('SELECT name FROM pragma_table_info(?)')
    .all(table)
    .map((each) => each.name);
}

function increase(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1;
}
