import fc from 'fast-check';
import { expect, test } from 'vitest';
import { blend } from './pooling.ts';

const guess = fc.record({
  mean: fc.double({ min: -10, max: 10, noNaN: true }),
  variance: fc.double({ min: 0.01, max: 4, noNaN: true }),
});

test('the result lies between the guesses, whichever comes first', () => {
  fc.assert(
    fc.property(guess, guess, (a, b) => {
      const both = blend(a, b);

      expect(both.mean).toBeGreaterThanOrEqual(Math.min(a.mean, b.mean) - 1e-9);
      expect(both.mean).toBeLessThanOrEqual(Math.max(a.mean, b.mean) + 1e-9);
      expect(blend(b, a).mean).toBeCloseTo(both.mean, 6);
      expect(blend(b, a).variance).toBeCloseTo(both.variance, 6);
    }),
  );
});

test('two guesses that agree are surer than either, and two equally firm ones that do not are less sure', () => {
  const guesses = [0, 0.2, 1, 3].map((mean) => blend({ mean: 0, variance: 0.09 }, { mean, variance: 0.09 }));

  expect(guesses[1]?.variance).toBeCloseTo(0.045, 9);
  expect(guesses[2]?.variance).toBeGreaterThan(0.09);
  expect(guesses[3]?.mean).toBeCloseTo(1.5, 9);
  expect(guesses[3]?.variance).toBeGreaterThan(1);
});

test('one fresh build outweighs a vague fall-back', () => {
  const category = { mean: Math.log(60), variance: 1.44 };
  const build = { mean: Math.log(240), variance: 0.09 };

  expect(Math.exp(blend(category, build).mean)).toBeGreaterThan(200);
});

test('however far off a vague guess is, it draws a firm one away by less than half its deviation', () => {
  const firm = { mean: 0, variance: 0.09 };
  const offsets = [0.2, 1, 3, 10, 100].map((mean) => blend(firm, { mean, variance: 1.44 }).mean);

  expect(Math.max(...offsets)).toBeLessThan(0.15);
  expect(offsets.at(-1)).toBeLessThan(0.01);
});
