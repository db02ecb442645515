import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEFAULT_TIME_LIMITS, timeLimits } from './timeouts.ts';

const POLICY = DEFAULT_TIME_LIMITS;

test('a package of which nothing is known gets all the time there is', () => {
  expect(timeLimits(null, POLICY)).toEqual({ totalS: 86_400, silentS: 7_200 });
});

test('a short build is not hurried', () => {
  expect(timeLimits(12, POLICY)).toEqual({ totalS: 7_200, silentS: 1_800 });
});

test('a long build gets a multiple of what it is expected to take', () => {
  expect(timeLimits(7_200, POLICY)).toEqual({ totalS: 28_800, silentS: 3_600 });
});

test('who ran out of time gets twice as much the next time, up to the cap', () => {
  const totals = [0, 1, 2, 3, 99].map((timeouts) => timeLimits(3_600, POLICY, timeouts).totalS);

  expect(totals).toEqual([14_400, 28_800, 57_600, 86_400, 86_400]);
});

test('a build that takes no longer than expected is never ended, whatever the settings, unless the cap says so', () => {
  const seconds = fc.double({ min: 0, max: 1e6, noNaN: true });
  const policy = fc.record({
    factor: fc.double({ min: 1, max: 100, noNaN: true }),
    floorS: seconds,
    capS: seconds,
    silentShare: fc.double({ min: 0, max: 1, noNaN: true }),
    silentFloorS: seconds,
    silentCapS: seconds,
  });
  fc.assert(
    fc.property(policy, seconds, fc.nat({ max: 50 }), (numbers, p90S, timeouts) => {
      const { totalS, silentS } = timeLimits(p90S, numbers, timeouts);

      expect(totalS).toBeGreaterThanOrEqual(Math.max(numbers.floorS, Math.min(p90S, numbers.capS)));
      expect(silentS).toBeGreaterThanOrEqual(numbers.silentFloorS);
      expect(totalS).toBeLessThanOrEqual(Math.ceil(Math.max(numbers.floorS, numbers.capS)));
      expect(Number.isInteger(totalS) && Number.isInteger(silentS)).toBe(true);
    }),
  );
});

test('nonsense for an expectation counts as none', () => {
  expect([Number.NaN, Number.POSITIVE_INFINITY, -1].map((p90S) => timeLimits(p90S, POLICY).totalS)).toEqual([
    86_400, 86_400, 86_400,
  ]);
});
