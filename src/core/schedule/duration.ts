import { normalQuantile, upperTail } from './normal.ts';

/** What is known of a duration: log-normal, in seconds on a drone of slowness 1. */
export type DurationEstimate = {
  readonly p50S: number;
  /** Standard deviation of the logarithm; 0 is certainty. */
  readonly logSigma: number;
};

/** So many standard deviations above the median lies the P90. */
const P90_SIGMAS = 1.2816;
/** Beyond so many standard deviations the quotient of two tails is noise, and its limit is used instead. */
const FAR_TAIL = 5;

/** Expected value of a log-normal: above its median, since a build that goes wrong takes much longer. */
export function expectedS({ p50S, logSigma }: DurationEstimate): number {
  return p50S * Math.exp((logSigma * logSigma) / 2);
}

/** The P90, and never less than expected: how long to allow for where being late costs more than being early. */
export function cautiousS(estimate: DurationEstimate): number {
  return Math.max(expectedS(estimate), estimate.p50S * Math.exp(P90_SIGMAS * estimate.logSigma));
}

/**
 * Expected seconds still to go, given that the build has run for `elapsedS` and has not ended: the mean residual
 * life of the log-normal. It falls as the build proceeds and rises again once it is overdue, because a build that has
 * taken twice its median is likely to be one of the long ones. Both arguments for the same drone.
 */
export function residualS(estimate: DurationEstimate, elapsedS: number): number {
  const meanS = expectedS(estimate);
  const { p50S, logSigma } = estimate;
  if (elapsedS <= 0) return meanS;
  if (logSigma < 1e-6) return Math.max(0, meanS - elapsedS);
  const z = Math.log(elapsedS / p50S) / logSigma;
  if (z > FAR_TAIL) return (elapsedS * logSigma) / z;
  return Math.max(0, (meanS * upperTail(z - logSigma)) / upperTail(z) - elapsedS);
}

/** The estimate for a drone on which everything takes `factor` times as long. */
export function scaled(estimate: DurationEstimate, factor: number): DurationEstimate {
  return { p50S: estimate.p50S * factor, logSigma: estimate.logSigma };
}

/**
 * A duration drawn from the estimate, given that it is longer than `elapsedS`. `chance` is above 0 and below 1; equal
 * chances give equal quantiles. Both times for the same drone.
 */
export function drawnS({ p50S, logSigma }: DurationEstimate, chance: number, elapsedS = 0): number {
  if (logSigma < 1e-6) return Math.max(p50S, elapsedS);
  const longer = elapsedS > 0 ? upperTail(Math.log(elapsedS / p50S) / logSigma) : 1;
  const above = Math.min(1 - 1e-12, Math.max(1e-12, longer * (1 - chance)));
  return Math.max(elapsedS, p50S * Math.exp(-logSigma * normalQuantile(above)));
}
