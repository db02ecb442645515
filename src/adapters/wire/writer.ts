import { COLUMNS, rowOf, type WireRow } from './entry.ts';
import { isDamage, type LogFile, reasonOf } from './log-file.ts';
import { batchSize, exchangeAt, type Value } from './messages.ts';

export type Written = { readonly failed: number; readonly reason: string | null };

/** Puts batches into the file. */
export type Writer = {
  /** One transaction; an entry that cannot be stored is counted and the others are kept. Throws when none can. */
  write(firstId: number, values: readonly Value[]): Written;
  /** The newest id that was ever given. */
  lastId(): number;
  /** Ids of the drones that have ever had this name, as far as is known. */
  dronesNamed(name: string): readonly string[];
};

/** Names are remembered for filters; more than this many drones nobody has. */
const MAX_NAMES = 20_000;

export function createWriter(file: LogFile): Writer {
  // A batch that comes a second time, because the thread died before it could say so, changes nothing.
  const insert = file.prepare(
    `INSERT INTO protocol_log (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map(() => '?').join(', ')}) ON CONFLICT (id) DO NOTHING`,
  );
  const begin = file.prepare('BEGIN IMMEDIATE');
  const commit = file.prepare('COMMIT');
  const saveLastId = file.prepare("UPDATE wire_state SET value = max(value, ?) WHERE name = 'last_id'");
  const readLastId = file.prepare<[], number>("SELECT value FROM wire_state WHERE name = 'last_id'").pluck();
  const names = createNames(file);

  const insertRow = (row: WireRow): void => {
    insert.run(COLUMNS.map((column) => row[column]));
    if (row.source_node !== null && row.drone_id !== null) names.learn(row.source_node, row.drone_id);
  };

  const insertAll = (firstId: number, values: readonly Value[]): Written => {
    let failed = 0;
    let reason: string | null = null;
    for (let index = 0; index < batchSize(values); index += 1) {
      try {
        const row = rowOf(firstId + index, exchangeAt(values, index));
        if (row !== undefined) insertRow(row);
      } catch (error) {
        // What ended the transaction, or tells of a broken file, is not about this one entry.
        if (!file.inTransaction || isDamage(error)) throw error;
        failed += 1;
        reason = reasonOf(error);
      }
    }
    return { failed, reason };
  };

  return {
    write: (firstId, values) => {
      begin.run();
      try {
        const written = insertAll(firstId, values);
        saveLastId.run(firstId + batchSize(values) - 1);
        commit.run();
        return written;
      } catch (error) {
        if (file.inTransaction) file.exec('ROLLBACK');
        throw error;
      }
    },
    lastId: () => readLastId.get() ?? 0,
    dronesNamed: names.dronesNamed,
  };
}

/** Which drones have had which name, so that the log can be searched by either. */
function createNames(file: LogFile) {
  const add = file.prepare('INSERT INTO wire_drone (name, drone_id) VALUES (?, ?) ON CONFLICT DO NOTHING');
  const known = new Map<string, Set<string>>();
  let size = 0;
  const remember = (name: string, droneId: string): boolean => {
    const ids = known.get(name) ?? new Set<string>();
    if (ids.has(droneId) || size >= MAX_NAMES) return false;
    known.set(name, ids.add(droneId));
    size += 1;
    return true;
  };
  const rows = file.prepare<[], { name: string; drone_id: string }>('SELECT name, drone_id FROM wire_drone').all();
  for (const row of rows) remember(row.name, row.drone_id);
  return {
    learn: (name: string, droneId: string): void => {
      if (remember(name, droneId)) add.run(name, droneId);
    },
    dronesNamed: (name: string): readonly string[] => [...(known.get(name) ?? [])],
  };
}
