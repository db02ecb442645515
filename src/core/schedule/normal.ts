/** Share of a standard normal above z: Chebyshev fit of the complementary error function (Numerical Recipes, 6.2.2). */
export function upperTail(z: number): number {
  if (z < 0) return 1 - upperTail(-z);
  const x = z / Math.SQRT2;
  const t = 2 / (2 + x);
  let sum = 0;
  for (const coefficient of COMPLEMENTARY_ERROR) sum = sum * t + coefficient;
  return 0.5 * t * Math.exp(sum - x * x);
}

/** The z below which a standard normal lies with the given probability, which is above 0 and below 1. */
export function normalQuantile(probability: number): number {
  if (probability > 0.5) return -normalQuantile(1 - probability);
  // Abramowitz, Stegun 26.2.23 is good to 4.5e-4; one Newton step makes it as good as `upperTail`.
  const t = Math.sqrt(-2 * Math.log(probability));
  const first = ((0.010328 * t + 0.802853) * t + 2.515517) / (((0.001308 * t + 0.189269) * t + 1.432788) * t + 1) - t;
  const density = Math.exp((-first * first) / 2) / Math.sqrt(2 * Math.PI);
  return first - (upperTail(-first) - probability) / density;
}

/** From the highest power of t down. */
const COMPLEMENTARY_ERROR = [
  0.17087277, -0.82215223, 1.48851587, -1.13520398, 0.27886807, -0.18628806, 0.09678418, 0.37409196, 1.00002368,
  -1.26551223,
];
