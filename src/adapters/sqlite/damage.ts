import type { Connection } from './open.ts';

/** What quick_check also reports, and what is no damage: rows that an older schema let in. */
const ABOUT_CONTENT = /^(CHECK constraint failed in|(NULL|NUMERIC|TEXT) value in|NON-\w+ value in|non-\w+ value in)/i;
/** So many rows of that kind may hide what is worse; nobody has more. */
const MOST_REPORTED = 1_000_000;

/** The first thing that is wrong with the structure of the file, in SQLite's words. Reads all of it. */
export function damageIn(connection: Connection): string | undefined {
  const rows = connection.pragma(`quick_check(${MOST_REPORTED})`) as { quick_check: string }[];
  return rows.map((row) => row.quick_check).find((text) => text !== 'ok' && !ABOUT_CONTENT.test(text));
}
