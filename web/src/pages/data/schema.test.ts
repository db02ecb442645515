import { expect, test } from 'vitest';
import { columnsOf, tablesOf } from './schema.ts';

test('columns are those that the statement names, without its rules', () => {
  const columns = columnsOf(`CREATE TABLE queue (
    id INTEGER PRIMARY KEY AUTOINCREMENT, -- its number, as people see it
    status TEXT NOT NULL DEFAULT 'needed, or so' CHECK (status IN ('needed', 'delegated')),
    "odd name" REAL,
    parent INTEGER REFERENCES queue (id) ON DELETE SET NULL,
    anything,
    CHECK ((status = 'delegated') = (parent IS NOT NULL)),
    PRIMARY KEY (id, status)
  ) STRICT`);

  expect(columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
    ...['id INTEGER', 'status TEXT', 'odd name REAL', 'parent INTEGER', 'anything '],
  ]);
  expect(columns.filter(({ isKey }) => isKey).map(({ name }) => name)).toEqual(['id']);
});

test('columns that were added later are among them', () => {
  expect(columnsOf('CREATE TABLE a (b TEXT\n, c REAL CHECK (c >= 0)) STRICT').map(({ name }) => name)).toEqual([
    'b',
    'c',
  ]);
});

test('tables come by name with their rows, and indexes are none', () => {
  const tables = tablesOf(
    [
      { name: 'nodes', sql: 'CREATE TABLE nodes (id TEXT)' },
      { name: 'nodes_id', sql: 'CREATE INDEX nodes_id ON nodes (id)' },
      { name: 'events', sql: 'CREATE TABLE events (id INTEGER)' },
    ],
    { nodes: 3 },
  );

  expect(tables.map(({ name, rows }) => [name, rows])).toEqual([
    ['events', undefined],
    ['nodes', 3],
  ]);
});
