import { expect, test } from 'vitest';
import { LOG_TAIL_LENGTH, plainLine, tailLines } from './log-text.ts';

test('colours and control characters are gone, tabs and other alphabets stay', () => {
  expect(plainLine('\u001b[01;31m\u001b[Kerror: \u001b[m\u001b[K‘x’\t\u0007\u0000déjà \u001b]0;title\u0007')).toBe(
    'error: ‘x’\tdéjà',
  );
});

test('lines end at line ends of every kind', () => {
  expect(tailLines('a\nb\r\nc\rd')).toEqual(['a', 'b', 'c', 'd']);
});

test('of a long text only whole lines of the end are left', () => {
  const lines = tailLines(`first\n${'second '.repeat(10)}\n${'x'.repeat(LOG_TAIL_LENGTH - 10)}\nlast`);

  expect(lines.length).toBe(2);
  expect(lines[1]).toBe('last');
});

test('a line without end is cut', () => {
  expect(tailLines('x'.repeat(20_000))[0]).toHaveLength(2000);
});
