import { expect, test } from 'vitest';
import { amountOf, settingWords } from './setting-words.ts';

test.each([
  ['120', 's', '2 minutes', 120],
  ['2000', 'ms', '2 seconds', 2],
  ['90', 's', '90 seconds', 90],
  ['5', 'min', '5 minutes', 300],
  ['7200', 's', '2 hours', 7200],
  ['1', 's', '1 second', 1],
  ['0.5', 's', '0.5 seconds', 0.5],
  ['7', 'd', '7 days', 604_800],
  ['8', '', '8', 8],
])('%s %s is said as %s', (value, unit, words, amount) => {
  expect(settingWords({ value, unit })).toBe(words);
  expect(amountOf({ value, unit })).toBe(amount);
});

test('what is no number stays as it is', () => {
  expect(settingWords({ value: 'sweeper-', unit: '' })).toBe('sweeper-');
});
