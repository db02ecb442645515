import { expect, test } from 'vitest';
import { drawnS, expectedS, residualS } from './duration.ts';

const estimate = { p50S: 100, logSigma: 0.8 };

test('half of the drawn durations are below the median, and their mean is the expected value', () => {
  const drawn = Array.from({ length: 9_999 }, (_, at) => drawnS(estimate, (at + 0.5) / 9_999));

  expect(drawn[4_999]).toBeCloseTo(100, 1);
  expect(drawn.reduce((sum, each) => sum + each, 0) / drawn.length / expectedS(estimate)).toBeCloseTo(1, 2);
});

test('the P90 is 1.2816 standard deviations above the median', () => {
  expect(drawnS(estimate, 0.9)).toBeCloseTo(100 * Math.exp(1.2816 * 0.8), 0);
});

test('what remains of a running build is the mean of what can still be drawn', () => {
  for (const elapsedS of [10, 100, 300]) {
    const drawn = Array.from({ length: 9_999 }, (_, at) => drawnS(estimate, (at + 0.5) / 9_999, elapsedS));
    const mean = drawn.reduce((sum, each) => sum + each, 0) / drawn.length;

    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(elapsedS);
    expect(residualS(estimate, elapsedS) / (mean - elapsedS)).toBeCloseTo(1, 1);
  }
});

test('an overdue build is expected to take the longer the longer it has taken', () => {
  const residuals = [200, 400, 1_000, 10_000, 1_000_000].map((elapsedS) => residualS(estimate, elapsedS));

  expect(residuals).toEqual(residuals.toSorted((left, right) => left - right));
});

test('a certain duration counts down to nothing', () => {
  const certain = { p50S: 100, logSigma: 0 };

  expect([0, 60, 100, 200].map((elapsedS) => residualS(certain, elapsedS))).toEqual([100, 40, 0, 0]);
});
