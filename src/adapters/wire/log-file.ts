import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';

export type LogFile = Database.Database;

/** Told of anything an operator should read. */
export type OnTrouble = (message: string, fields: Readonly<Record<string, unknown>>) => void;

const VERSION = 1;
/** Another program that reads the file is waited for so long, in milliseconds. */
const BUSY_TIMEOUT_MS = 2_000;
/** 16 MB of changes go into the file at once; copying them more often costs more than writing them. */
const CHECKPOINT_PAGES = 4_000;

// No index but the one on time: indexes in the order of drones or packages would cost four times the row itself.
// Searches go over windows of ids instead.
const SCHEMA = `
CREATE TABLE protocol_log (
  id INTEGER PRIMARY KEY,
  timestamp REAL NOT NULL,
  source_ip TEXT NOT NULL,
  source_node TEXT,
  method TEXT NOT NULL,
  path TEXT NOT NULL,
  msg_type TEXT NOT NULL,
  drone_id TEXT,
  package TEXT,
  session_id TEXT,
  status_code INTEGER NOT NULL,
  request_summary TEXT NOT NULL,
  response_summary TEXT NOT NULL,
  latency_ms REAL NOT NULL,
  content_length INTEGER NOT NULL,
  query TEXT,
  actor TEXT,
  user_agent TEXT,
  aborted INTEGER NOT NULL CHECK (aborted IN (0, 1)),
  request_bytes INTEGER,
  response_type TEXT,
  request_truncated INTEGER NOT NULL CHECK (request_truncated IN (0, 1)),
  response_truncated INTEGER NOT NULL CHECK (response_truncated IN (0, 1)),
  request_body TEXT,
  response_body TEXT
) STRICT;
CREATE INDEX protocol_log_time ON protocol_log (timestamp, msg_type, latency_ms);
CREATE TABLE wire_state (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO wire_state VALUES ('last_id', 0);
CREATE TABLE wire_drone (name TEXT NOT NULL, drone_id TEXT NOT NULL, PRIMARY KEY (name, drone_id)) STRICT, WITHOUT ROWID;
PRAGMA user_version = ${VERSION};
`;

/** Where a log that cannot be used is put; only the last one is kept. */
export function asidePath(path: string): string {
  return `${path}.damaged`;
}

/**
 * Open the log, or make it. A file that cannot be used is put aside and a new one begun: a log is worth less
 * than the program that writes it. Throws only when there cannot be a file at this place at all.
 */
export function openLogFile(path: string, onTrouble: OnTrouble): LogFile {
  mkdirSync(dirname(path), { recursive: true });
  try {
    return connect(path);
  } catch (cause) {
    putAside(path);
    onTrouble('the protocol log cannot be used and was put aside; a new one is begun', {
      path,
      aside: asidePath(path),
      reason: reasonOf(cause),
    });
    return connect(path);
  }
}

/** Whether an error says that the file itself is damaged. */
export function isDamage(error: unknown): boolean {
  const code = error instanceof Database.SqliteError ? error.code : '';
  return code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB';
}

export function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

function connect(path: string): LogFile {
  const file = new Database(path, { timeout: BUSY_TIMEOUT_MS });
  try {
    file.pragma('auto_vacuum = INCREMENTAL');
    file.pragma('journal_mode = WAL');
    // The last moments before a power failure may be missing from a log, and it stays readable.
    file.pragma('synchronous = NORMAL');
    file.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    file.pragma('cache_size = -16000');
    prepareSchema(file);
    return file;
  } catch (cause) {
    file.close();
    throw cause;
  }
}

function prepareSchema(file: LogFile): void {
  const version = file.pragma('user_version', { simple: true });
  if (version === VERSION) {
    // Proves that it can be read and written.
    file.prepare("UPDATE wire_state SET value = value WHERE name = 'last_id'").run();
    file.prepare('SELECT max(id), max(timestamp) FROM protocol_log').get();
    return;
  }
  const tables = file.prepare('SELECT count(*) FROM sqlite_schema').pluck().get();
  if (version !== 0 || tables !== 0)
    throw new Error(`it has version ${String(version)}, this program writes ${VERSION}`);
  file.transaction(() => file.exec(SCHEMA))();
}

/** Move a log out of the way of a new one. */
export function putAside(path: string): void {
  const aside = asidePath(path);
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${aside}${suffix}`, { force: true, recursive: true });
  for (const suffix of ['', '-wal', '-shm']) {
    try {
      renameSync(`${path}${suffix}`, `${aside}${suffix}`);
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    }
  }
}
