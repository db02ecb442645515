import { expect, test } from 'vitest';
import { createLoginLimit } from './login-limit.ts';

function setup() {
  const time = { now: 1_000_000 };
  return { time, limit: createLoginLimit(() => time.now) };
}

test('the eleventh wrong token of an address within a minute is refused, until the minute is over', () => {
  const { time, limit } = setup();

  const first = Array.from({ length: 12 }, () => limit.fail('10.0.0.7'));

  expect(first).toEqual([...Array(10).fill('counted'), 'first-refused', 'refused']);
  expect(limit.retryAfterS('10.0.0.7')).toBe(60);
  time.now += 59_500;
  expect(limit.retryAfterS('10.0.0.7')).toBe(1);
  time.now += 500;
  expect(limit.retryAfterS('10.0.0.7')).toBe(0);
  expect(limit.fail('10.0.0.7')).toBe('counted');
});

test('other addresses are not held off', () => {
  const { limit } = setup();
  for (let count = 0; count < 50; count += 1) limit.fail('10.0.0.7');

  expect(limit.retryAfterS('10.0.0.8')).toBe(0);
  expect(limit.fail('10.0.0.8')).toBe('counted');
});

test('of a hundred thousand addresses only the newest are remembered', () => {
  const { limit } = setup();
  for (let count = 0; count < 11; count += 1) limit.fail('first');
  const before = process.memoryUsage().heapUsed;

  for (let number = 0; number < 100_000; number += 1) limit.fail(`10.${number}`);

  expect(limit.retryAfterS('first')).toBe(0);
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(20 * 1024 * 1024);
});

test('a clock that is set back holds nobody off for longer than it should', () => {
  const { time, limit } = setup();
  for (let count = 0; count < 11; count += 1) limit.fail('10.0.0.7');

  time.now -= 3_600_000;

  expect(limit.retryAfterS('10.0.0.7')).toBe(0);
});
