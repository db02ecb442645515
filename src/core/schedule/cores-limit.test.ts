import { expect, test } from 'vitest';
import { slotsWithin } from './cores-limit.ts';

test('a drone limited to half of its cores has half of its slots, and never none', () => {
  expect([slotsWithin(6, 24, 12), slotsWithin(2, 8, 1), slotsWithin(6, 24, 24), slotsWithin(6, 24, 48)]).toEqual([
    3, 1, 6, 6,
  ]);
});

test('without a limit, or without knowing its cores, it has them all', () => {
  expect([slotsWithin(6, 24, null), slotsWithin(6, null, 4)]).toEqual([6, 6]);
});
