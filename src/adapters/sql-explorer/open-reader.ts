import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { Vocabulary } from './screen.ts';

/** How long SQLite waits for a lock, in milliseconds. Readers of a log need none but after a crash. */
const BUSY_TIMEOUT_MS = 1_000;

/**
 * Open the swarm's database, and the file of the protocol log beside it if there is one, for reading only. Four
 * things keep it so: the way the files are opened, `query_only`, the checks of every query, and a process of its
 * own. What SQLite knows by name is asked for before the connection is shut off.
 */
export function openReader(path: string, wirePath: string): { connection: Database.Database; known: Vocabulary } {
  const connection = new Database(path, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
  if (existsSync(wirePath)) connection.prepare('ATTACH ? AS wire').run(wirePath);
  const known = {
    functions: namesOf(connection, 'pragma_function_list'),
    modules: namesOf(connection, 'pragma_module_list'),
  };
  connection.pragma('query_only = ON');
  connection.pragma('trusted_schema = OFF');
  connection.pragma('temp_store = MEMORY');
  connection.pragma('mmap_size = 0');
  return { connection, known };
}

function namesOf(connection: Database.Database, list: string): ReadonlySet<string> {
  const rows = connection.prepare<[], { name: string }>(`SELECT DISTINCT lower(name) AS name FROM ${list}`).all();
  return new Set(rows.map((row) => row.name));
}
