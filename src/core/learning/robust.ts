/** A value that counts as much as its weight, which is above 0. */
export type Weighted = { readonly value: number; readonly weight: number };

const NOTHING: Weighted = { value: Number.NaN, weight: 0 };

/** The 90 % quantile of the standard normal distribution. */
export const Z90 = 1.2815515655446004;

/** What makes the median absolute deviation of normally distributed values their standard deviation (Hampel 1974). */
export const MAD_TO_SD = 1.482602218505602;

/**
 * The value with half of the weight on either side; where the halves meet between two values, their mean. Less than
 * half of the weight can be arbitrarily wrong without moving it out of the rest. NaN for nothing.
 */
export function weightedMedian(values: readonly Weighted[]): number {
  return weightedQuantile(values, 0.5);
}

/** The value below which `share` (0 to 1) of the weight lies, as `weightedMedian` takes it. NaN for nothing. */
export function weightedQuantile(values: readonly Weighted[], share: number): number {
  const sorted = values.toSorted((a, b) => a.value - b.value);
  const aim = share * totalWeight(sorted);
  let below = 0;
  for (let index = 0; index < sorted.length; index += 1) {
    const { value, weight } = sorted[index] ?? NOTHING;
    below += weight;
    // Sums of fractions never meet their half exactly.
    if (Math.abs(below - aim) <= 1e-9 * below) return (value + (sorted[index + 1]?.value ?? value)) / 2;
    if (below > aim) return value;
  }
  return sorted.at(-1)?.value ?? Number.NaN;
}

/** The standard deviation about `centre` as the median absolute deviation tells it, deaf to outliers. NaN for nothing. */
export function robustSpread(values: readonly Weighted[], centre: number): number {
  return MAD_TO_SD * weightedMedian(values.map(({ value, weight }) => ({ value: Math.abs(value - centre), weight })));
}

/** How many equally weighted values would tell as much (Kish 1965). 0 for nothing. */
export function effectiveCount(values: readonly Weighted[]): number {
  const squares = values.reduce((sum, { weight }) => sum + weight * weight, 0);
  return squares === 0 ? 0 : totalWeight(values) ** 2 / squares;
}

/**
 * A variance of which `count` values say `measured`, drawn towards `prior` as if `priorCount` earlier values had said
 * that (the conjugate prior of a variance; Gelman et al., Bayesian Data Analysis, 2.6).
 */
export function shrunkVariance(
  measured: { readonly variance: number; readonly count: number },
  prior: { readonly variance: number; readonly count: number },
): number {
  const total = measured.count + prior.count;
  return measured.count <= 0
    ? prior.variance
    : (measured.count * measured.variance + prior.count * prior.variance) / total;
}

function totalWeight(values: readonly Weighted[]): number {
  return values.reduce((sum, { weight }) => sum + weight, 0);
}
