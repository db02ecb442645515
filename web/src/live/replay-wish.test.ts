import { expect, test } from 'vitest';
import { readWish, shellSearch, wishAround, wishText } from './replay-wish.ts';

test('what an address says is read as it was written', () => {
  const wish = { from: 1795469170, to: 1795469770.5, at: 1795469290.125 };
  expect(wishText(wish)).toBe('1795469170_1795469770.5_1795469290.125');
  expect(readWish(wishText(wish))).toEqual(wish);
});

test('a place outside of the time is moved to its edge', () => {
  expect(readWish('1795469170_1795469770_1795460000')?.at).toBe(1795469170);
});

test.each([undefined, 7, '', 'x', '1795469770_1795469170_1795469200', '1_2_3', '1795469170_1795469770'])(
  '%s is no replay',
  (text) => {
    expect(readWish(text)).toBeUndefined();
    expect(shellSearch({ replay: text })).toEqual({});
  },
);

test('around a moment of lately there is no time to come', () => {
  expect(wishAround(10_000, 10_060)).toEqual({ from: 8_200, to: 10_060, at: 10_000 });
  expect(wishAround(10_000, 99_999)).toEqual({ from: 8_200, to: 11_800, at: 10_000 });
});
