import { expect, test } from 'vitest';
import { createMoments } from './moments.ts';
import type { Moment } from './past-state.ts';

const moment = (rows?: number): Moment => ({
  ...{ timestamp: 0, status: {}, nodes: {} },
  ...(rows === undefined ? {} : { queue: Array.from({ length: rows }, () => ({})) as NonNullable<Moment['queue']> }),
});

test('a moment without its queue is enough only where no queue is asked for', () => {
  const moments = createMoments();
  moments.keep(5, moment());

  expect(moments.get(5, false)).toBeDefined();
  expect(moments.get(5, true)).toBeUndefined();
});

test('so many moments are kept, those that were looked at last', () => {
  const moments = createMoments();
  moments.keep(0, moment());
  for (let at = 1; at < 200; at += 1) {
    moments.get(0, false);
    moments.keep(at, moment());
  }

  expect(moments.get(0, false)).toBeDefined();
  expect(moments.get(1, false)).toBeUndefined();
  expect(moments.get(199, false)).toBeDefined();
});

test('of large queues few are kept, and the newest always', () => {
  const moments = createMoments();
  for (let at = 1; at <= 4; at += 1) moments.keep(at, moment(60_000));
  expect([1, 2, 3, 4].map((at) => moments.get(at, true) !== undefined)).toEqual([false, false, true, true]);

  moments.keep(5, moment(400_000));
  expect([4, 5].map((at) => moments.get(at, true) !== undefined)).toEqual([false, true]);
});
