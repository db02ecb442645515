import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { SwarmError } from '../../core/errors.ts';
import { damageIn } from './damage.ts';
import type { Connection } from './open.ts';
import { storeError } from './store-error.ts';

const PARTIAL = '.partial';

/**
 * A copy of the database beside it, `swarm.db.v31-backup-20260131T235959Z`, complete, checked and on the
 * disk when this returns its path. `now` in Unix milliseconds.
 * @throws SwarmError STORE_FULL, DATABASE_DAMAGED, DATABASE_UNUSABLE; then there is no copy.
 */
export function backUp(connection: Connection, path: string, now: number): string {
  const backup = freeName(`${path}.v31-backup-${utcOf(now)}`);
  const partial = `${backup}${PARTIAL}`;
  removePartials(path);
  try {
    connection.prepare('VACUUM INTO ?').run(partial);
    chmodSync(partial, statSync(path).mode & 0o777);
    sync(partial);
    compare(connection, partial);
    renameSync(partial, backup);
    sync(dirname(backup));
    return backup;
  } catch (cause) {
    rmSync(partial, { force: true });
    throw failure(path, storeError(cause));
  }
}

function utcOf(now: number): string {
  return new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');
}

function freeName(wish: string): string {
  let name = wish;
  for (let number = 2; existsSync(name); number += 1) name = `${wish}-${number}`;
  return name;
}

/** What upgrades that were killed have left behind. */
function removePartials(path: string): void {
  const prefix = `${basename(path)}.v31-backup-`;
  for (const name of readdirSync(dirname(path))) {
    if (name.startsWith(prefix) && name.endsWith(PARTIAL)) rmSync(join(dirname(path), name), { force: true });
  }
}

function sync(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** The copy must be whole in SQLite's eyes, and have every row. */
function compare(source: Connection, copyPath: string): void {
  const copy = new Database(copyPath, { readonly: true });
  try {
    const damage = damageIn(copy);
    if (damage !== undefined) throw new SwarmError('DATABASE_DAMAGED', `the backup copy is damaged: ${damage}`);
    for (const { name } of tablesOf(source)) {
      if (rowsOf(source, name) !== rowsOf(copy, name))
        throw new SwarmError('DATABASE_DAMAGED', `the backup copy has not all rows of the table ${name}`);
    }
  } finally {
    copy.close();
  }
}

function tablesOf(connection: Connection): { name: string }[] {
  return connection.prepare<[], { name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
}

function rowsOf(connection: Connection, table: string): unknown {
  return connection
    .prepare(`SELECT count(*) FROM "${table.replaceAll('"', '""')}"`)
    .pluck()
    .get();
}

function failure(path: string, cause: unknown): unknown {
  const code = cause instanceof SwarmError ? cause.code : 'DATABASE_UNUSABLE';
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new SwarmError(
    code,
    `cannot upgrade the database ${path}: no backup could be made, nothing was changed: ${reason}`,
    {
      cause,
    },
  );
}
