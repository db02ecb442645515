import { expect, test } from 'vitest';
import { cellText, csvOf, drawingOf, jsonOf, kindsOf, widthsOf } from './results.ts';

const ANSWER = {
  columns: ['name', 'built_at', 'amount'],
  rows: [
    ['a "b", c', 1_795_000_000, 3],
    ['', 1_794_000_000, null],
    ['=cmd', 1_796_000_000, 5],
  ] satisfies (string | number | null)[][],
};

test('CSV doubles quotes, and tells nothing from an empty text', () => {
  expect(csvOf(ANSWER).split('\r\n')).toEqual([
    'name,built_at,amount',
    '"a ""b"", c",1795000000,3',
    '"",1794000000,',
    '=cmd,1796000000,5',
    '',
  ]);
});

test('JSON is a list of objects', () => {
  expect(JSON.parse(jsonOf(ANSWER))).toMatchObject([{ amount: 3 }, { amount: null }, { name: '=cmd' }]);
});

test('binary values say that they are', () => {
  expect([cellText(null), cellText({ blob: '00ff', bytes: 2 }), cellText({ blob: '00', bytes: 9 })]).toEqual([
    ...['NULL', "x'00ff'", "x'00'…"],
  ]);
});

test('columns are as wide as they need, within bounds', () => {
  expect(widthsOf({ columns: ['a', 'b'], rows: [['x'.repeat(100), 'y']] })).toEqual([44, 6]);
});

test('moments are told from numbers by name and size', () => {
  expect(kindsOf(ANSWER)).toEqual(['text', 'time', 'number']);
  expect(kindsOf({ columns: ['built_at'], rows: [[12]] })).toEqual(['number']);
});

test('lines are drawn in the order of time, and over texts in the order of the rows', () => {
  expect(drawingOf(ANSWER, 1, [2])).toEqual({
    places: [1_794_000_000, 1_795_000_000, 1_796_000_000],
    series: [{ label: 'amount', values: [null, 3, 5] }],
    labels: undefined,
  });
  expect(drawingOf(ANSWER, 0, [2])).toMatchObject({ places: [0, 1, 2], labels: ['a "b", c', '', '=cmd'] });
});
