import { basename } from 'node:path';
import Database from 'better-sqlite3';
import { SwarmError } from '../../core/errors.ts';
import { damageIn } from './damage.ts';
import { swarm } from './migrations/0001-swarm.ts';
import type { Connection } from './open.ts';
import { backUp } from './upgrade-backup.ts';
import { columnsOf, copyOldTables, type UpgradeCounts } from './upgrade-copy.ts';

/** What an upgrade did: the copy of the old file, and the rows kept, repaired and set aside. */
export type Upgrade = UpgradeCounts & { readonly backup: string };

export type UpgradeOptions = {
  /** Unix milliseconds. */
  readonly now: number;
  /** Told what has just been done; for tests that end the process there. */
  readonly onStep?: (step: string) => void;
};

/** Every database of 3.0 and 3.1 has these tables and, among others, these columns. */
const OLD_COLUMNS = {
  nodes: ['id', 'name', 'last_seen', 'capabilities_json'],
  queue: ['id', 'package', 'status', 'assigned_to', 'failure_count'],
  build_history: ['id', 'package', 'drone_id', 'built_at'],
  sessions: ['id', 'status', 'started_at'],
  config: ['key', 'value'],
  drone_health: ['node_id', 'failures', 'grounded_until'],
} as const;
/** Tables of old databases that some lack; together with those above, all that the program ever made. */
const OLD_EXTRAS = ['metrics_log', 'protocol_log', 'events'] as const;
const RENAMED = 'v31_';

/** Whether this is a database of build-swarm 3.0 or 3.1, which wrote no version into it. */
export function isV31(connection: Connection): boolean {
  if (connection.pragma('user_version', { simple: true }) !== 0) return false;
  return Object.entries(OLD_COLUMNS).every(([table, wanted]) => {
    const columns = new Set(columnsOf(connection, table));
    return wanted.every((column) => columns.has(column));
  });
}

/**
 * Turn a database of 3.0 or 3.1 into version 1 of ours, in its place: a checked copy is made first, then
 * everything happens in one transaction. A process that is killed leaves the old database.
 * @throws SwarmError DATABASE_DAMAGED, STORE_FULL, DATABASE_UNUSABLE (somebody else has it open)
 */
export function upgradeFromV31(path: string, { now, onStep = () => {} }: UpgradeOptions): Upgrade {
  const connection = new Database(path, { timeout: LOCK_TIMEOUT_MS });
  try {
    checkWhole(connection);
    holdAlone(connection, path);
    onStep('checked');
    const backup = backUp(connection, path, now);
    onStep('backed up');
    const counts = connection.transaction(() => convert(connection, { now, onStep }, basename(backup))).immediate();
    onStep('committed');
    return { backup, ...counts };
  } finally {
    connection.close();
  }
}

/** An old control plane that is just being stopped lets go within this time. */
const LOCK_TIMEOUT_MS = 500;

function checkWhole(connection: Connection): void {
  const damage = damageIn(connection);
  if (damage !== undefined) throw new SwarmError('DATABASE_DAMAGED', `the file is damaged: ${damage}`);
}

/**
 * Nobody else may write between the copy and the end of the upgrade: the lock is kept from one
 * transaction to the next. Without a WAL, since that could not be left again in this mode.
 */
function holdAlone(connection: Connection, path: string): void {
  try {
    connection.pragma('locking_mode = EXCLUSIVE');
    connection.pragma('journal_mode = DELETE');
    connection.pragma('synchronous = FULL');
    // Rows come table by table; they are checked as a whole at the end.
    connection.pragma('foreign_keys = OFF');
    connection.exec('BEGIN EXCLUSIVE; COMMIT');
  } catch (cause) {
    if (!(cause instanceof Database.SqliteError) || !cause.code.startsWith('SQLITE_BUSY')) throw cause;
    const message = `the database ${path} is of version 3.1 and in use by another program: stop the old control plane, then start this one again`;
    throw new SwarmError('DATABASE_UNUSABLE', message, { cause });
  }
}

function convert(connection: Connection, { now, onStep }: Required<UpgradeOptions>, backup: string): UpgradeCounts {
  renameOldTables(connection);
  onStep('renamed');
  connection.exec(swarm.sql);
  connection.exec(REJECTS);
  const counts = copyOldTables(connection, { prefix: RENAMED, now: now / 1000, onTable: onStep });
  recordUpgrade(connection, { now, backup, counts });
  for (const name of oldTables(connection, RENAMED)) connection.exec(`DROP TABLE ${RENAMED}${name}`);
  checkReferences(connection);
  connection.pragma(`user_version = ${swarm.version}`);
  onStep('converted');
  return counts;
}

const REJECTS =
  'CREATE TABLE upgrade_rejects (table_name TEXT NOT NULL, row_json TEXT NOT NULL, reason TEXT NOT NULL) STRICT';

/** Their indexes keep their names, which may be ours, and are of no use any more. */
function renameOldTables(connection: Connection): void {
  const names = oldTables(connection, '');
  const indexes = connection
    .prepare<[], { name: string; tbl_name: string }>(
      "SELECT name, tbl_name FROM sqlite_schema WHERE type IN ('index', 'trigger') AND sql IS NOT NULL",
    )
    .all()
    .filter((each) => names.includes(each.tbl_name));
  for (const { name } of indexes) dropByName(connection, name);
  for (const name of names) connection.exec(`ALTER TABLE ${name} RENAME TO ${RENAMED}${name}`);
}

function dropByName(connection: Connection, name: string): void {
  const type = connection.prepare('SELECT type FROM sqlite_schema WHERE name = ?').pluck().get(name);
  connection.exec(`DROP ${type === 'trigger' ? 'TRIGGER' : 'INDEX'} "${name.replaceAll('"', '""')}"`);
}

function oldTables(connection: Connection, prefix: string): string[] {
  const known: readonly string[] = [...Object.keys(OLD_COLUMNS), ...OLD_EXTRAS];
  return known.filter((name) => columnsOf(connection, `${prefix}${name}`).length > 0);
}

function recordUpgrade(
  connection: Connection,
  { now, backup, counts }: { now: number; backup: string; counts: UpgradeCounts },
): void {
  const setAside = Object.values(counts.setAside).reduce((sum, count) => sum + count, 0);
  const message = `Database upgraded from 3.1: ${counts.kept['queue'] ?? 0} queue rows, ${counts.kept['build_history'] ?? 0} results and ${counts.kept['events'] ?? 0} events kept, ${setAside} rows set aside in upgrade_rejects; the old file is kept beside it as ${backup}`;
  const details = {
    kept: counts.kept,
    repaired: counts.repaired,
    set_aside: counts.setAside,
    dropped: counts.dropped,
    backup,
  };
  connection
    .prepare('INSERT INTO events (timestamp, event_type, message, details_json) VALUES (?, ?, ?, ?)')
    .run(now / 1000, 'control', message, JSON.stringify(details));
}

function checkReferences(connection: Connection): void {
  const broken = connection.pragma('foreign_key_check') as unknown[];
  if (broken.length > 0) throw new Error(`the upgrade left broken references: ${JSON.stringify(broken.slice(0, 3))}`);
}
