/** A value that is not known exactly. */
export type Guess = { readonly mean: number; readonly variance: number };

/**
 * What two guesses of one value say together: each counts by its precision, so that one fresh measurement outweighs a
 * vague fall-back and is steadied by a good one (partial pooling; Gelman and Hill 2007, chapter 12). Where they are
 * further apart than both admit, the vaguer one gives way, as one with heavy tails would (O'Hagan 1979); of two
 * equally firm ones neither does, and the result is as uncertain as they are far apart.
 */
export function blend(a: Guess, b: Guess): Guess {
  const excess = Math.max(0, (a.mean - b.mean) ** 2 - a.variance - b.variance);
  const [weightA, weightB] = [1 / (a.variance + excess * blameOn(a, b)), 1 / (b.variance + excess * blameOn(b, a))];
  const weight = weightA + weightB;
  return { mean: (weightA * a.mean + weightB * b.mean) / weight, variance: 1 / weight };
}

/** The part of a contradiction that is put on `a`: half if they are equally firm, next to none if it is much firmer. */
function blameOn(a: Guess, b: Guess): number {
  return 1 / (1 + (b.variance / a.variance) ** 4);
}
