import { expect, test } from 'vitest';
import { statisticsSearch } from './statistics-search.ts';
import { binLabel, commonest, trendText } from './statistics-words.ts';

test('bins are named by their bounds', () => {
  const bounds: readonly (readonly [number, number | null])[] = [
    [0, 1],
    [30, 60],
    [300, 600],
    [28_800, null],
  ];
  expect(bounds.map(([from, to]) => binLabel({ from_s: from, to_s: to }))).toEqual([
    'under 1s',
    '30s – 1m',
    '5m – 10m',
    'over 8h',
  ]);
});

test('small changes are none', () => {
  expect([1.25, 0.5, 1.02, null].map(trendText)).toEqual(['25% slower', '50% faster', 'as before', '–']);
});

test('rare classes are added up', () => {
  const classes = [
    { name: 'a', failed: 5, course: [5, 0] },
    { name: 'b', failed: 2, course: [1, 1] },
    { name: 'c', failed: 1, course: [0, 1] },
  ];
  expect(commonest(classes, 1)).toMatchObject({ shown: [{ name: 'a' }], others: [1, 2] });
  expect(commonest(classes, 3).others).toBeUndefined();
});

test('addresses are read with care', () => {
  expect(statisticsSearch({ view: 'builds', span: 'week', text: '', drone: 3 })).toEqual({});
  expect(statisticsSearch({ view: 'drones', span: 'all', text: 'gcc', drone: 'anvil' })).toEqual({
    ...{ view: 'drones', span: 'all', text: 'gcc', drone: 'anvil' },
  });
});
