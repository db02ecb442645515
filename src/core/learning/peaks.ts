import type { Knowledge, RememberedBuild, RememberedPackage } from './knowledge.ts';
import { weightedQuantile } from './robust.ts';
import { type BuildTask, LIKENESSES, type Likeness, likenessOf, type OomSample } from './sample.ts';

/** What a build needs at most, as far as builds of the package tell. */
export type PeakEstimate = {
  readonly mb: number;
  /** `oom`: from a build that memory was too short for. */
  readonly source: Likeness | 'oom';
  readonly samples: number;
};

/** The share of builds that shall stay below. */
const SHARE = 0.9;
/** What is added for builds that were not seen, if one was seen; the more were seen the less. */
const MARGIN = 0.25;
/** What is added to the memory at which a build was killed. */
const OOM_FACTOR = 1.5;
/** After an upgrade a build of another version says less: added to those. */
const OTHER_VERSION_MARGIN = 0.1;
/** Builds that must have succeeded after an out-of-memory kill before that one is believed to have been another's fault. */
const SUCCESSES_TO_FORGET_OOM = 5;

/**
 * Memory that a build of the task needs, in Mb: an upper quantile of the recent builds most like it, with a margin that
 * shrinks as they get more. After a kill for want of memory at x it is at least 1.5 × x until enough later builds
 * succeeded. Null is unknown: what other packages need says nothing.
 */
export function estimatePeakMemory(knowledge: Knowledge, task: BuildTask): PeakEstimate | null {
  const known = knowledge.packages.get(task.name);
  const measured = estimatePeak(known, task, ({ peakMemoryMb }) => peakMemoryMb);
  const oom = oomBound(known);
  if (!oom || (measured && measured.mb >= oom.mb)) return measured;
  return oom;
}

/** Disk that a build of the task needs, in Mb, in the same way. */
export function estimateDisk(knowledge: Knowledge, task: BuildTask): PeakEstimate | null {
  return estimatePeak(knowledge.packages.get(task.name), task, ({ diskMb }) => diskMb);
}

type Measure = (build: RememberedBuild) => number | null;

function estimatePeak(known: RememberedPackage | undefined, task: BuildTask, measure: Measure): PeakEstimate | null {
  const builds = known?.builds.filter((build) => measure(build) !== null) ?? [];
  const source = LIKENESSES.findLast((likeness) => builds.some((build) => likenessOf(build, task) === likeness));
  if (!source) return null;
  const values = builds.filter((build) => likenessOf(build, task) === source).map((build) => measure(build) ?? 0);
  const upper = weightedQuantile(
    values.map((value) => ({ value, weight: 1 })),
    SHARE,
  );
  const margin = MARGIN / values.length + (source === 'name' ? OTHER_VERSION_MARGIN : 0);
  return { mb: Math.ceil(upper * (1 + margin)), source, samples: values.length };
}

/** Remember that a build was killed for want of memory. Changes `known`. */
export function noteOom(known: RememberedPackage, { killedAtMb, at }: OomSample): void {
  const before = known.oom && !isForgotten(known, known.oom.at) ? known.oom : { mb: 0, at };
  known.oom = { mb: Math.max(killedAtMb, before.mb), at: Math.max(at, before.at) };
}

function oomBound(known: RememberedPackage | undefined): PeakEstimate | null {
  const oom = known?.oom;
  if (!oom || isForgotten(known, oom.at)) return null;
  return { mb: Math.ceil(OOM_FACTOR * oom.mb), source: 'oom', samples: 1 };
}

function isForgotten({ builds }: RememberedPackage, oomAt: number): boolean {
  return builds.filter(({ at, peakMemoryMb }) => at > oomAt && peakMemoryMb !== null).length >= SUCCESSES_TO_FORGET_OOM;
}
