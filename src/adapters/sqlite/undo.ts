import type { Connection } from './open.ts';

/** A row by its columns, as SQLite has it. */
export type Row = Readonly<Record<string, string | number | null>>;

/** A table and the table of its changes, each with the name of the column that tells the row. */
export type Undoable = {
  readonly table: string;
  readonly key: string;
  readonly changes: string;
  readonly changeKey: string;
  /** Columns that a change leaves NULL when they were then what they are after it. */
  readonly partial?: ReadonlySet<string>;
};

/**
 * The rows of a table at a time (Unix seconds): the present ones, with every later change undone, newest first.
 * Rows that were there before and are gone come last; rows that came later are still among them where only
 * their own columns tell.
 */
export function rowsAt(connection: Connection, undoable: Undoable, at: number): Row[] {
  const { table, key, changes, changeKey, partial } = undoable;
  const present = connection.prepare<[], Row>(`SELECT * FROM main.${table} ORDER BY rowid`).all();
  const rows = new Map(present.map((row) => [row[key], row]));
  const later = connection.prepare<[number], Row>(`SELECT * FROM main.${changes} WHERE at > ? ORDER BY id DESC`);
  for (const change of later.iterate(at)) {
    const of = change[changeKey] ?? null;
    if (change['existed'] === 0) rows.delete(of);
    else rows.set(of, { ...rows.get(of), ...told(change, partial), [key]: of });
  }
  return [...rows.values()];
}

function told(change: Row, partial?: ReadonlySet<string>): Row {
  if (partial === undefined) return change;
  return Object.fromEntries(Object.entries(change).filter(([name, value]) => value !== null || !partial.has(name)));
}
