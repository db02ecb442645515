import fc from 'fast-check';
import { expect, test } from 'vitest';
import { durationAt, logNormal, remainingAt } from './log-normal.ts';

const distribution = fc.record({
  mean: fc.double({ min: 0, max: 10, noNaN: true }),
  sigma: fc.double({ min: 0.05, max: 1.5, noNaN: true }),
});
const share = fc.double({ min: 0.01, max: 0.99, noNaN: true });

test('half of the builds end by P50 and nine of ten by P90', () => {
  const hour = logNormal(Math.log(3600), 0.4);

  expect(hour.p50S).toBeCloseTo(3600);
  expect(durationAt(hour, 0.5)).toBe(hour.p50S);
  expect(durationAt(hour, 0.9) / hour.p90S).toBeCloseTo(1, 3);
  expect(remainingAt(hour, 0, 0.9)).toBe(durationAt(hour, 0.9));
});

test('what is left of a build follows the distribution beyond the time it has run', () => {
  const hour = logNormal(Math.log(3600), 0.4);
  // Half of the builds that run at P50 are over when three quarters of all are.
  expect(3600 + remainingAt(hour, 3600, 0.5)).toBeCloseTo(durationAt(hour, 0.75), -1);
});

test('a running build has something left, which grows with the share and never goes back in time', () => {
  fc.assert(
    fc.property(distribution, fc.double({ min: 0, max: 5, noNaN: true }), share, share, (given, elapsed, a, b) => {
      const estimate = logNormal(given.mean, given.sigma);
      const elapsedS = elapsed * estimate.p50S;
      const [low, high] = [a, b].toSorted((x, y) => x - y).map((each) => remainingAt(estimate, elapsedS, each));

      expect(low).toBeGreaterThanOrEqual(0);
      expect(high).toBeGreaterThanOrEqual(low ?? Number.NaN);
    }),
  );
});

test('a build that took ten times what it should is not said to be nearly done', () => {
  const minute = logNormal(Math.log(60), 0.1);

  const left = [600, 1_200, 2_400].map((elapsedS) => remainingAt(minute, elapsedS, 0.5));

  expect(left[0]).toBeGreaterThan(120);
  expect(left).toEqual(left.toSorted((a, b) => a - b));
});
