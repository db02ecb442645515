import { Z90 } from './robust.ts';

/** A log-normal distribution of reference seconds (a drone of slowness 1). */
export type LogNormalSeconds = {
  readonly p50S: number;
  readonly p90S: number;
  /** Standard deviation of the natural logarithm: p90S = p50S × e^(1.28 × logSigma). */
  readonly logSigma: number;
};

/** A build that has run longer than this many standard deviations shows that the estimate was too sure of itself. */
const LATEST_DEVIATION = 2;
const SMALLEST_SHARE = 1e-9;

/** The distribution whose logarithm has this mean and standard deviation. */
export function logNormal(mean: number, logSigma: number): LogNormalSeconds {
  return { p50S: Math.exp(mean), p90S: Math.exp(mean + Z90 * logSigma), logSigma };
}

/**
 * Reference seconds within which such a share (0 to 1) of builds ends: with a share drawn by chance, a duration drawn
 * by chance.
 */
export function durationAt({ p50S, logSigma }: LogNormalSeconds, share: number): number {
  return p50S * Math.exp(logSigma * normalQuantile(share));
}

/**
 * The same for what is left of a build that has run for `elapsedS` reference seconds: the part of the distribution
 * beyond that. A build that is long overdue is not expected to end at once: the longer it was, the longer it may be.
 */
export function remainingAt({ p50S, logSigma }: LogNormalSeconds, elapsedS: number, share: number): number {
  if (!(elapsedS > 0)) return durationAt({ p50S, p90S: p50S, logSigma }, share);
  const distance = Math.log(elapsedS / p50S);
  const sigma = Math.max(logSigma, distance / LATEST_DEVIATION, 1e-6);
  const left = upperTail(distance / sigma);
  return Math.max(0, p50S * Math.exp(sigma * normalQuantile(1 - left * (1 - share))) - elapsedS);
}

/** The share of a standard normal distribution above `z` (Abramowitz and Stegun 26.2.17, to within 7.5e-8). */
function upperTail(z: number): number {
  if (z < 0) return 1 - upperTail(-z);
  const t = 1 / (1 + 0.2316419 * z);
  const [b1, b2, b3, b4, b5] = [0.31938153, -0.356563782, 1.781477937, -1.821255978, 1.330274429];
  const series = t * (b1 + t * (b2 + t * (b3 + t * (b4 + t * b5))));
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series;
}

/** The value below which such a share of a standard normal distribution lies (ibid. 26.2.23, to within 4.5e-4). */
function normalQuantile(share: number): number {
  if (share < 0.5) return -normalQuantile(1 - share);
  const t = Math.sqrt(-2 * Math.log(Math.max(SMALLEST_SHARE, 1 - share)));
  // The formula is off by 3e-4 at the middle, which must be the middle.
  if (share === 0.5) return 0;
  return t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
}
