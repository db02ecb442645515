import { expect, test } from 'vitest';
import { cut, duration, fit, oneLine, wrap } from './text.ts';

test.each([
  [0, '0s'],
  [59_400, '59s'],
  [59_600, '1m 0s'],
  [125_000, '2m 5s'],
  [3_840_000, '1h 4m'],
  [-5, '0s'],
])('%i ms is %s', (ms, text) => {
  expect(duration(ms)).toBe(text);
});

test('text is cut or filled to a width, and says that something is missing', () => {
  expect(cut('dev-libs/swarmjson', 9, '…')).toBe('dev-libs…');
  expect(cut('dev-libs/swarmjson', 2, '...')).toBe('de');
  expect(cut('short', 5, '…')).toBe('short');
  expect(fit('short', 8, '…')).toBe('short   ');
});

test('lines are broken at blanks, and a word is never broken', () => {
  expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
  expect(wrap('/a/very/long/path is kept', 8)).toEqual(['/a/very/long/path', 'is kept']);
});

test('control characters and colours out of a log become nothing or a blank', () => {
  expect(oneLine('\u001b[31merror:\u001b[0m\tno\r\nmore\u0007 ')).toBe('error: no more');
});
