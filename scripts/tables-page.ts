import { openConnection } from '../src/adapters/sqlite/open.ts';

type Column = { name: string; type: string; notnull: 0 | 1; pk: number };

/** The page of tables, line by line, as a new database has them. */
export function tableLines(): string[] {
  const database = openConnection(':memory:');
  try {
    const names = database
      .prepare<[], { name: string }>(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
      )
      .all();
    return names.flatMap(({ name }) => [
      `## ${name}`,
      '',
      '| column | type | |',
      '|---|---|---|',
      ...(database.pragma(`table_info(${name})`) as Column[]).map(
        (column) => `| \`${column.name}\` | ${column.type} | ${remarkOn(column)} |`,
      ),
      '',
    ]);
  } finally {
    database.close();
  }
}

function remarkOn({ pk, notnull }: Column): string {
  if (pk > 0) return 'key';
  return notnull ? '' : 'may be null';
}
