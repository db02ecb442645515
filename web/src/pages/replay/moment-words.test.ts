import { expect, test } from 'vitest';
import { fieldOf, momentWords, timeOfField } from './moment-words.ts';

const at = (...parts: [number, number, number, number, number, number]) => new Date(...parts).getTime() / 1000;
const NOW = at(2026, 10, 23, 21, 15, 0);

test('a moment is said as people say it', () => {
  expect(momentWords(at(2026, 10, 23, 0, 0, 1), NOW)).toMatchObject({ day: 'today' });
  expect(momentWords(at(2026, 10, 22, 23, 59, 59), NOW)).toMatchObject({ clock: '23:59:59', day: 'of yesterday' });
  expect(momentWords(at(2026, 10, 18, 14, 3, 22), NOW).day).toMatch(/^of .*18/);
});

test('a field of a form keeps the time to the second, wherever one is', () => {
  expect(fieldOf(NOW)).toBe('2026-11-23T21:15:00');
  expect(timeOfField(fieldOf(NOW))).toBe(NOW);
  expect(timeOfField('')).toBeUndefined();
});
