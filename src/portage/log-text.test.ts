import { expect, test } from 'vitest';
import { plainLine } from './log-text.ts';

test('colours and control characters are gone, tabs and other alphabets stay', () => {
  expect(plainLine('\u001b[01;31m\u001b[Kerror: \u001b[m\u001b[K‘x’\t\u0007\u0000déjà \u001b]0;title\u0007')).toBe(
    'error: ‘x’\tdéjà',
  );
});

test('a line without end is cut', () => {
  expect(plainLine('x'.repeat(20_000))).toHaveLength(2000);
});
