import fc from 'fast-check';
import { expect, test } from 'vitest';
import { robustSpread, shrunkVariance, weightedMedian, weightedQuantile } from './robust.ts';

const equal = (...values: number[]) => values.map((value) => ({ value, weight: 1 }));
const anyValues = fc.array(
  fc.record({ value: fc.integer({ min: -1_000, max: 1_000 }), weight: fc.integer({ min: 1, max: 9 }) }),
  { minLength: 1, maxLength: 20 },
);

test('with equal weights the median is the middle one, or halfway between the middle two', () => {
  expect(weightedMedian(equal(9, 1, 5))).toBe(5);
  expect(weightedMedian(equal(9, 1, 5, 6))).toBe(5.5);
});

test('a value of weight n counts like n values', () => {
  fc.assert(
    fc.property(anyValues, fc.constantFrom(0.25, 0.5, 0.9), (values, share) => {
      const repeated = values.flatMap(({ value, weight }) => equal(...Array<number>(weight).fill(value)));

      expect(weightedQuantile(values, share)).toBe(weightedQuantile(repeated, share));
    }),
  );
});

test('neither the order nor a minority of wild values takes the median out of the others', () => {
  fc.assert(
    fc.property(anyValues, fc.array(fc.constantFrom(-1e9, 1e9), { maxLength: 19 }), (values, wild) => {
      const good = values.map(({ value }) => value);
      const bad = wild.slice(0, good.length - 1);

      const median = weightedMedian(equal(...good, ...bad));

      expect(median).toBe(weightedMedian(equal(...bad.toReversed(), ...good.toReversed())));
      expect(median).toBeGreaterThanOrEqual(Math.min(...good));
      expect(median).toBeLessThanOrEqual(Math.max(...good));
    }),
  );
});

test('the spread of normally distributed values is their standard deviation, whatever one of them says', () => {
  // Quantiles of the standard normal distribution at 5, 15, … 95 %.
  const normal = [-1.645, -1.036, -0.674, -0.385, -0.126, 0.126, 0.385, 0.674, 1.036, 1.645];

  expect(robustSpread(equal(...normal), 0)).toBeCloseTo(1, 1);
  expect(robustSpread(equal(...normal.slice(0, -1), 1e6), 0)).toBeCloseTo(1, 1);
});

test('a variance goes from what was expected to what is seen as more is seen', () => {
  const prior = { variance: 1, count: 4 };
  const variances = [0, 1, 4, 400].map((count) => shrunkVariance({ variance: 3, count }, prior));

  expect(variances[0]).toBe(1);
  expect(variances[2]).toBe(2);
  expect(variances[3]).toBeCloseTo(3, 1);
  expect(variances).toEqual(variances.toSorted((a, b) => a - b));
});
