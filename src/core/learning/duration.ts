import { logSlownessOf } from './drone-speed.ts';
import { categoryOf, type Footing, type Knowledge, type RememberedBuild } from './knowledge.ts';
import { type LogNormalSeconds, logNormal } from './log-normal.ts';
import { blend, type Guess } from './pooling.ts';
import { effectiveCount, robustSpread, shrunkVariance, type Weighted, weightedMedian, Z90 } from './robust.ts';
import { type BuildTask, LIKENESSES, type Likeness, likenessOf } from './sample.ts';

/** How long a build will take; `source` says what that rests on and `samples` on how many builds (or packages) of it. */
export type DurationEstimate =
  | (LogNormalSeconds & { readonly source: Likeness | 'category' | 'size'; readonly samples: number })
  | {
      readonly p50S: null;
      readonly p90S: null;
      readonly logSigma: null;
      readonly source: 'unknown';
      readonly samples: 0;
    };

/** As it is before its spread is corrected by how well earlier ones were. Logarithms of seconds. */
export type RawEstimate = {
  readonly mean: number;
  readonly deviation: number;
  readonly source: Likeness | 'category' | 'size';
  readonly samples: number;
  readonly footing: Footing;
};

type Prior = { readonly variance: number; readonly count: number };

const DAY_MS = 86_400_000;
/** After so many newer builds of its kind, and after so many days, a build counts half. */
const HALF_LIFE_BUILDS = 3;
const HALF_LIFE_DAYS = 90;
/** However wrong a clock was, the weight of a build stays above nothing. */
const OLDEST_HALVINGS = 100;
/** What a package may have changed in a year without anybody building it, as a variance of the logarithm. */
const DRIFT_PER_YEAR = 0.04;
/** Variances until history says better: one build to the next, other USE flags, one version to the next, a category. */
const REPEAT_PRIOR: Prior = { variance: 0.09, count: 8 };
const USE_VARIANCE = 0.02;
const VERSION_PRIOR: Prior = { variance: 0.06, count: 8 };
const COARSE_PRIOR: Prior = { variance: 1.44, count: 4 };
/** A package's own spread counts as if it had been seen so often already. */
const OWN_SPREAD_COUNT = 4;
const LEAST_VARIANCE = 0.0025;
/** Packages of a category that must have been built before it says anything. */
const PACKAGES_NEEDED = 3;
/** Estimates whose outcome must be known before it weighs as much as the normal distribution does. */
const MISSES_COUNT = 30;
/** The variance of a median against that of a mean of as many normally distributed values. */
const MEDIAN_LOSS = Math.PI / 2;
const NEUTRAL = { logS: Math.log(120), count: 2 };

/**
 * How long the task takes on a drone of slowness 1, from the builds most like it: same version and USE flags, same
 * version, other versions, its category, the size of its sources. Each steadies the one before it as far as that is
 * uncertain (`blend`). Within a kind it is the weighted median of the logarithms, recent builds first; the spread is
 * their median absolute deviation, drawn towards that of all packages while there are few, and corrected so that nine
 * of ten of the last estimates would have been below their p90S (split conformal prediction, Papadopoulos et al. 2002,
 * in the order of time: Dawid's prequential principle, 1984). Nothing to go by is said to be unknown.
 */
export function estimateDuration(knowledge: Knowledge, task: BuildTask, now: number): DurationEstimate {
  const raw = rawEstimate(knowledge, task, now);
  if (!raw) return { p50S: null, p90S: null, logSigma: null, source: 'unknown', samples: 0 };
  const logSigma = raw.deviation * calibration(knowledge, raw);
  return { ...logNormal(raw.mean, logSigma), source: raw.source, samples: raw.samples };
}

/**
 * A distribution for what is unknown, only so that it can be ranked among what is known: the middle of all packages
 * built so far, two minutes where there are none. Not a number to be shown to anybody.
 */
export function neutralDuration(knowledge: Knowledge): LogNormalSeconds {
  const { count, median, spread } = knowledge.overall.summary;
  const mean = (NEUTRAL.count * NEUTRAL.logS + count * median) / (NEUTRAL.count + count);
  return logNormal(mean, Math.sqrt(shrunkVariance({ variance: spread ** 2, count }, COARSE_PRIOR)));
}

/** The estimate before correction, against which `learn` holds what a build really took. */
export function rawEstimate(knowledge: Knowledge, task: BuildTask, now: number): RawEstimate | undefined {
  const coarse = coarseGuess(knowledge, task);
  const builds = knowledge.packages.get(task.name)?.builds ?? [];
  if (builds.length === 0) return coarse && { ...coarse, deviation: Math.sqrt(coarse.variance), footing: 'coarse' };
  const kinds = sortByLikeness(knowledge, builds, { task, now });
  const repeat = repeatVariance(knowledge);
  const own = ownVariance([...kinds.same, ...kinds.version], repeat);
  let guess: Guess | undefined = coarse;
  for (const likeness of LIKENESSES) {
    const found = guessFrom(kinds[likeness], { own, bias: biasOf(knowledge, likeness, repeat), now });
    if (found) guess = guess ? blend(guess, found) : found;
  }
  const source = LIKENESSES.findLast((likeness) => kinds[likeness].length > 0);
  if (!guess || !source) return undefined;
  const footing = builds.length > 2 ? 'many' : 'few';
  const deviation = Math.sqrt(guess.variance + own);
  return { mean: guess.mean, deviation, source, samples: kinds[source].length, footing };
}

function coarseGuess(
  knowledge: Knowledge,
  { name, sourceBytes }: BuildTask,
): (Guess & { source: 'category' | 'size'; samples: number }) | undefined {
  const category = knowledge.categories.get(categoryOf(name))?.summary;
  if (category && category.count >= PACKAGES_NEEDED)
    return { mean: category.median, variance: coarseVariance(category), source: 'category', samples: category.count };
  const { line } = knowledge.sizes;
  if (!line || sourceBytes === null || !(sourceBytes > 0)) return undefined;
  const mean = line.intercept + line.slope * Math.log(sourceBytes);
  return { mean, variance: coarseVariance(line), source: 'size', samples: line.count };
}

/** Of a package among so many others: their spread, and that their middle is not known exactly either. */
function coarseVariance({ spread, count }: { readonly spread: number; readonly count: number }): number {
  return shrunkVariance({ variance: spread ** 2, count }, COARSE_PRIOR) * (1 + MEDIAN_LOSS / count);
}

type Timed = Weighted & { readonly at: number };

/** The builds in reference seconds (logarithms), newest first, each kind weighted by order and age. */
function sortByLikeness(
  knowledge: Knowledge,
  builds: readonly RememberedBuild[],
  { task, now }: { readonly task: BuildTask; readonly now: number },
): Record<Likeness, Timed[]> {
  const kinds: Record<Likeness, Timed[]> = { name: [], version: [], same: [] };
  for (const build of builds) {
    const kind = kinds[likenessOf(build, task)];
    const ageHalvings = Math.max(0, now - build.at) / (HALF_LIFE_DAYS * DAY_MS);
    const halvings = kind.length / HALF_LIFE_BUILDS + Math.min(OLDEST_HALVINGS, ageHalvings);
    const value = build.logS - logSlownessOf(knowledge, build.drone);
    kind.push({ value, weight: 2 ** -halvings, at: build.at });
  }
  return kinds;
}

/** How much one build of a version differs from another of it, over all packages. */
function repeatVariance(knowledge: Knowledge): number {
  const { spread, count } = knowledge.steps.version.summary;
  // A step is the difference of two builds, each with this variance.
  return Math.max(LEAST_VARIANCE, shrunkVariance({ variance: spread ** 2 / 2, count }, REPEAT_PRIOR));
}

/** The same for this package: as far as it was built often enough to tell. */
function ownVariance(builds: readonly Weighted[], repeat: number): number {
  if (builds.length < 3) return repeat;
  const variance = robustSpread(builds, weightedMedian(builds)) ** 2;
  const prior = { variance: repeat, count: OWN_SPREAD_COUNT };
  return Math.max(LEAST_VARIANCE, shrunkVariance({ variance, count: effectiveCount(builds) - 1 }, prior));
}

/** How far builds of this kind are from the task's in truth, as a variance. */
function biasOf(knowledge: Knowledge, likeness: Likeness, repeat: number): number {
  if (likeness !== 'name') return likeness === 'same' ? 0 : USE_VARIANCE;
  const { spread, count } = knowledge.steps.name.summary;
  return shrunkVariance({ variance: Math.max(LEAST_VARIANCE, spread ** 2 - 2 * repeat), count }, VERSION_PRIOR);
}

function guessFrom(
  builds: readonly Timed[],
  { own, bias, now }: { readonly own: number; readonly bias: number; readonly now: number },
): Guess | undefined {
  const [newest] = builds;
  if (!newest) return undefined;
  const isMedian = builds.length > 2;
  const mean = isMedian ? weightedMedian(builds) : weightedMean(builds);
  const drift = (DRIFT_PER_YEAR * Math.max(0, now - newest.at)) / (365 * DAY_MS);
  const variance = ((own + bias) * (isMedian ? MEDIAN_LOSS : 1)) / effectiveCount(builds) + bias + drift;
  return { mean, variance };
}

/** Of two values the median would take whichever weighs more. */
function weightedMean(values: readonly Weighted[]): number {
  const weight = values.reduce((sum, each) => sum + each.weight, 0);
  return values.reduce((sum, each) => sum + each.weight * each.value, 0) / weight;
}

/** By what the spread must be stretched for p90S to be what it says. */
function calibration({ misses }: Knowledge, { footing }: RawEstimate): number {
  const { upper, count } = misses[footing].summary;
  return Math.max(0.5, (MISSES_COUNT + (count * upper) / Z90) / (MISSES_COUNT + count));
}
