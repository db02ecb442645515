import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { SwarmError } from '../../core/errors.ts';
import { MIGRATIONS } from './migrations.ts';

export type Connection = Database.Database;

/** How long another writer of the same file is waited for, in milliseconds. */
const BUSY_TIMEOUT_MS = 5_000;
/** A control plane that is being stopped lets go within this time. */
const LOCK_TIMEOUT_MS = 500;

/**
 * Hold a database for one control plane. The lock is one of the operating system, on an empty database
 * beside the real one: it goes with the process, however that ends, and readers of the real one are free.
 * @throws SwarmError DATABASE_UNUSABLE when another control plane holds it.
 */
export function holdDatabase(path: string): { release(): void } {
  if (path === ':memory:') return { release: () => {} };
  const lock = connect(`${path}.lock`, path);
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    lock.close();
    throw new SwarmError('DATABASE_UNUSABLE', `another control plane is using the database ${path}`, { cause });
  }
  return { release: () => lock.close() };
}

function connect(file: string, path: string): Connection {
  try {
    mkdirSync(dirname(file), { recursive: true });
    return new Database(file, { timeout: LOCK_TIMEOUT_MS });
  } catch (cause) {
    throw new SwarmError('DATABASE_UNUSABLE', `cannot open the database ${path}: ${reasonOf(cause)}`, { cause });
  }
}

/**
 * Open (or create) the database and bring it to the newest version.
 * @throws SwarmError DATABASE_UNUSABLE when it cannot be opened, is damaged, or is newer than we are.
 */
export function openConnection(path: string): Connection {
  let connection: Connection | undefined;
  try {
    if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
    connection = new Database(path, { timeout: BUSY_TIMEOUT_MS });
    connection.pragma('journal_mode = WAL');
    // WAL with NORMAL never corrupts; FULL also keeps the last commits when the power fails.
    connection.pragma('synchronous = FULL');
    connection.pragma('foreign_keys = ON');
    migrate(connection, path);
    return connection;
  } catch (cause) {
    connection?.close();
    if (cause instanceof SwarmError) throw cause;
    throw new SwarmError('DATABASE_UNUSABLE', `cannot open the database ${path}: ${reasonOf(cause)}`, { cause });
  }
}

function migrate(connection: Connection, path: string): void {
  const version = connection.pragma('user_version', { simple: true }) as number;
  const newest = Math.max(...MIGRATIONS.map((migration) => migration.version));
  if (version > newest) {
    throw new SwarmError(
      'DATABASE_UNUSABLE',
      `the database ${path} has version ${version}, this program knows ${newest}: use the newer program`,
    );
  }
  if (version === 0 && hasTables(connection)) {
    throw new SwarmError('DATABASE_UNUSABLE', `the database ${path} was not made by this program`);
  }
  for (const migration of MIGRATIONS.filter((each) => each.version > version)) {
    connection.transaction(() => {
      connection.exec(migration.sql);
      connection.pragma(`user_version = ${migration.version}`);
    })();
  }
}

function hasTables(connection: Connection): boolean {
  return connection.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' LIMIT 1").get() !== undefined;
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
