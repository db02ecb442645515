import { expect, test } from 'vitest';
import { forget, readHistory, readSaved, remember, save } from './kept-queries.ts';

function storage(first: Readonly<Record<string, string>> = {}) {
  const values = new Map(Object.entries(first));
  return {
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => void values.set(key, value),
  };
}

test('what is run again comes to the top, once', () => {
  const place = storage();
  for (const sql of ['SELECT 1', 'SELECT 2', 'SELECT 1']) remember({ sql, at: 1 }, place);

  expect(readHistory(place).map(({ sql }) => sql)).toEqual(['SELECT 1', 'SELECT 2']);
});

test('a name is kept once, and forgotten', () => {
  const place = storage();
  save({ name: 'b', sql: 'SELECT 1', at: 1 }, place);
  save({ name: 'a', sql: 'SELECT 2', at: 1 }, place);
  save({ name: 'b', sql: 'SELECT 3', at: 1 }, place);
  expect(readSaved(place).map(({ name, sql }) => `${name}: ${sql}`)).toEqual(['a: SELECT 2', 'b: SELECT 3']);

  forget('a', place);
  expect(readSaved(place)).toHaveLength(1);
});

test('what others have written there harms nobody', () => {
  expect(readHistory(storage({ 'build-swarm-queries': '{' }))).toEqual([]);
  expect(readHistory(storage({ 'build-swarm-queries': '[1, {"sql": 5}, {"sql": "SELECT 1"}]' }))).toHaveLength(1);
});
