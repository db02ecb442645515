import { expect, test } from 'vitest';
import { moveEnd, rangeBetween, shareOf } from './brush.ts';

const HOUR = { start: 1000, end: 4600 };

test('two places of the waveform are a time, whichever way they were drawn', () => {
  expect(rangeBetween(0.75, 0.25, HOUR)).toEqual({ start: 1900, end: 3700 });
  expect(rangeBetween(0.25, 0.75, HOUR)).toEqual({ start: 1900, end: 3700 });
});

test('a click chooses nothing', () => {
  expect(rangeBetween(0.5, 0.501, HOUR)).toBeUndefined();
});

test('an end stays within what is shown, and on its side of the other', () => {
  const chosen = { start: 2000, end: 3000 };
  expect(moveEnd(chosen, 'start', -5000, HOUR)).toEqual({ start: 1000, end: 3000 });
  expect(moveEnd(chosen, 'start', 5000, HOUR)).toEqual({ start: 2999, end: 3000 });
  expect(moveEnd(chosen, 'end', 5000, HOUR)).toEqual({ start: 2000, end: 4600 });
});

test('times outside are at the edges', () => {
  expect([0, 2800, 9999].map((time) => shareOf(time, HOUR))).toEqual([0, 0.5, 1]);
});
