import type Database from 'better-sqlite3';
import type { SqlAnswer } from '../../app/sql-explorer.ts';
import { HIDDEN_TABLES } from './allowed.ts';

/** Every table that queries may read, with the number of its rows. */
export function listTables(connection: Database.Database): SqlAnswer {
  const count = ({ schema, name }: Table) =>
    connection
      .prepare(`SELECT count(*) FROM ${quoted(schema)}.${quoted(name)}`)
      .pluck()
      .get() as number;
  return json({ tables: Object.fromEntries(tablesOf(connection).map((table) => [table.name, count(table)])) });
}

/** Every table that queries may read, with the statement that made it. */
export function listSchema(connection: Database.Database): SqlAnswer {
  return json({ schema: tablesOf(connection).map(({ name, sql }) => ({ name, sql })) });
}

type Table = { schema: string; name: string; sql: string };

/** A table of the main file hides one of the same name in the other, as it does in queries. */
function tablesOf(connection: Database.Database): Table[] {
  const schemas = connection.pragma('database_list') as { name: string }[];
  const found = new Map<string, Table>();
  for (const { name: schema } of schemas.filter(({ name }) => name !== 'temp')) {
    const tables = connection
      .prepare<[], { name: string; sql: string }>(
        `SELECT name, sql FROM ${quoted(schema)}.sqlite_schema WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_'`,
      )
      .all();
    for (const table of tables) if (!found.has(table.name)) found.set(table.name, { schema, ...table });
  }
  return [...found.values()]
    .filter(({ name }) => !HIDDEN_TABLES.has(name.toLowerCase()))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function json(value: unknown): SqlAnswer {
  return { body: Buffer.from(JSON.stringify(value)) };
}
