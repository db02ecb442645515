import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { SwarmError } from '../../core/errors.ts';
import { damageIn } from './damage.ts';
import { MIGRATIONS } from './migrations.ts';
import { storeError } from './store-error.ts';
import { isV31, type UpgradeOptions, upgradeFromV31 } from './upgrade-v31.ts';

export type Connection = Database.Database;

/** How long another writer of the same file is waited for, in milliseconds. */
const BUSY_TIMEOUT_MS = 5_000;
/** How long once the program serves: others that only read are never waited for. */
const RUNNING_BUSY_TIMEOUT_MS = 50;
/** A control plane that is being stopped lets go within this time. */
const LOCK_TIMEOUT_MS = 500;

/** Up to this size a database is checked at every start; that takes some hundredths of a second. */
const ALWAYS_CHECKED_BYTES = 16 * 1024 * 1024;
/** Up to this size it is checked after a start that was not preceded by an orderly end. */
const CHECKED_BYTES = 256 * 1024 * 1024;

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
    throw cannotOpen(path, cause);
  }
}

/**
 * Open (or create) the database and bring it to the newest version; one of 3.0 or 3.1 is upgraded after a
 * copy of it was made. What cannot be used is left as it is.
 * @throws SwarmError DATABASE_UNUSABLE when it cannot be opened, is not ours, or is newer than we are;
 *   DATABASE_DAMAGED; STORE_FULL when there is no room to upgrade it.
 */
export function openConnection(path: string, upgrading: UpgradeOptions = { now: Date.now() }): Connection {
  let connection: Connection | undefined;
  try {
    const files = lookAt(path);
    if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
    connection = new Database(path, { timeout: BUSY_TIMEOUT_MS });
    checkVersion(connection, path);
    checkLength(connection, files);
    if (isV31(connection)) {
      connection.close();
      upgradeFromV31(path, upgrading);
      connection = new Database(path, { timeout: BUSY_TIMEOUT_MS });
    }
    checkOwner(connection, path);
    checkWhole(connection, files);
    configure(connection);
    migrate(connection);
    // From here on the whole program waits while SQLite does.
    connection.pragma(`busy_timeout = ${RUNNING_BUSY_TIMEOUT_MS}`);
    return connection;
  } catch (cause) {
    connection?.close();
    throw cannotOpen(path, cause);
  }
}

type Files = { readonly sizeBytes: number; readonly wasLeftOpen: boolean };

/**
 * Before SQLite sees it: it would take an empty file for a new database and throw away the WAL beside it,
 * which may be all that is left of the old one.
 */
function lookAt(path: string): Files {
  const sizeBytes = sizeOf(path);
  const wasLeftOpen = sizeOf(`${path}-wal`) > 0 || sizeOf(`${path}-journal`) > 0;
  if (sizeBytes === 0 && sizeOf(`${path}-wal`) > 0)
    throw new SwarmError('DATABASE_DAMAGED', `the file is empty or gone, but there is data in ${path}-wal`);
  return { sizeBytes, wasLeftOpen };
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function checkVersion(connection: Connection, path: string): void {
  const version = versionOf(connection);
  const newest = Math.max(...MIGRATIONS.map((migration) => migration.version));
  if (version <= newest) return;
  throw new SwarmError(
    'DATABASE_UNUSABLE',
    `the database ${path} has version ${version}, this program knows ${newest}: use the newer program`,
  );
}

function checkOwner(connection: Connection, path: string): void {
  if (versionOf(connection) > 0 || !hasTables(connection)) return;
  throw new SwarmError('DATABASE_UNUSABLE', `the database ${path} was not made by this program`);
}

/** Whole pages, unless a process died while it wrote some; then the log beside it has them. */
function checkLength(connection: Connection, { sizeBytes, wasLeftOpen }: Files): void {
  const pageBytes = connection.pragma('page_size', { simple: true }) as number;
  if (wasLeftOpen || sizeBytes % pageBytes === 0) return;
  throw new SwarmError(
    'DATABASE_DAMAGED',
    `the file is cut off: ${sizeBytes} bytes are not whole pages of ${pageBytes}`,
  );
}

/** A page that is damaged would otherwise be noticed only when somebody needs it. */
function checkWhole(connection: Connection, { sizeBytes, wasLeftOpen }: Files): void {
  if (sizeBytes > (wasLeftOpen ? CHECKED_BYTES : ALWAYS_CHECKED_BYTES)) return;
  const damage = damageIn(connection);
  if (damage !== undefined) throw new SwarmError('DATABASE_DAMAGED', `the file is damaged: ${damage}`);
}

function configure(connection: Connection): void {
  connection.pragma('journal_mode = WAL');
  // WAL with NORMAL never corrupts; that the last commits survive a power failure is the work of durable.ts.
  connection.pragma('synchronous = NORMAL');
  connection.pragma('foreign_keys = ON');
  // The pages that every request touches stay in memory; SQLite's own 2 MB do not hold a large queue.
  connection.pragma('cache_size = -6144');
}

function migrate(connection: Connection): void {
  const version = versionOf(connection);
  for (const migration of MIGRATIONS.filter((each) => each.version > version)) {
    connection.transaction(() => {
      connection.exec(migration.sql);
      connection.pragma(`user_version = ${migration.version}`);
    })();
  }
}

function versionOf(connection: Connection): number {
  return connection.pragma('user_version', { simple: true }) as number;
}

function hasTables(connection: Connection): boolean {
  return connection.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' LIMIT 1").get() !== undefined;
}

/** One that names the file is good as it is. */
function cannotOpen(path: string, thrown: unknown): SwarmError {
  const cause = storeError(thrown);
  if (cause instanceof SwarmError && cause.message.includes(path) && cause.code !== 'DATABASE_DAMAGED') return cause;
  const code = cause instanceof SwarmError ? cause.code : 'DATABASE_UNUSABLE';
  const reason = cause instanceof Error ? cause.message : String(cause);
  const advice = code === 'DATABASE_DAMAGED' ? '; nothing was changed or deleted' : '';
  return new SwarmError(code, `cannot open the database ${path}: ${reason}${advice}`, { cause: thrown });
}
