import { type RecentValues, recentValues } from './recent-values.ts';

export type LearningSettings = {
  /** A drone that gives a build so many cores has speed 1: what "reference seconds" refers to. */
  readonly referenceCores: number;
  /** The part of a build that more cores do not shorten (Amdahl 1967), from 0 to 1. */
  readonly serialFraction: number;
  /** Builds of one package that are remembered. */
  readonly samplesPerPackage: number;
  /** Packages (`category/name`) that are remembered; those built longest ago are forgotten. */
  readonly packagesRemembered: number;
  readonly dronesRemembered: number;
};

export const DEFAULT_LEARNING: LearningSettings = {
  referenceCores: 8,
  serialFraction: 0.2,
  samplesPerPackage: 12,
  packagesRemembered: 20_000,
  dronesRemembered: 2_000,
};

/** A build as remembered: natural logarithm of the seconds as measured, on the machine named by `drone`. */
export type RememberedBuild = {
  readonly version: string;
  readonly use: string;
  readonly drone: string;
  readonly logS: number;
  readonly peakMemoryMb: number | null;
  readonly diskMb: number | null;
  readonly at: number;
};

export type RememberedPackage = {
  /** Newest first. */
  readonly builds: RememberedBuild[];
  /** The highest memory at which it was killed for want of more, and when that happened last. */
  oom: { readonly mb: number; readonly at: number } | null;
};

/** What is known of a machine's speed. Logarithms of slowness: 0 is the reference, above is slower. */
export type RememberedDrone = {
  /** What its cores let expect. */
  readonly priorLog: number;
  readonly hasCores: boolean;
  /** The packages that it and others have built, the latest last. */
  readonly shared: string[];
  logSlowness: number;
  /** Shared packages that the slowness was learned from. */
  samples: number;
  /** Builds of shared packages since it was last worked out. */
  unread: number;
};

/**
 * All that is learned from builds, in bounded memory. Only `learn` changes it. It is plain data: a structured clone
 * is as good as the original, so that a simulation can have its own.
 */
export type Knowledge = {
  readonly settings: LearningSettings;
  readonly packages: Map<string, RememberedPackage>;
  /** By machine: a drone with other cores is another machine. */
  readonly drones: Map<string, RememberedDrone>;
  /** Logarithms of reference seconds, each package once: of a category, and of all. */
  readonly categories: Map<string, RecentValues>;
  readonly overall: RecentValues;
  /** Logarithm of source bytes against logarithm of reference seconds, each package once. */
  readonly sizes: SizeTrend;
  /** How far apart two builds are, one after the other: of one version, and of two versions. */
  readonly steps: { readonly version: RecentValues; readonly name: RecentValues };
  /** By how many of the standard deviations said the next build missed its estimate. */
  readonly misses: Readonly<Record<Footing, RecentValues>>;
};

/** What an estimate stands on: many builds of the package, one or two, or only what is like it. */
export type Footing = 'many' | 'few' | 'coarse';

/** The last points and the line through them. */
export type SizeTrend = {
  readonly points: { readonly x: number; readonly y: number }[];
  next: number;
  unread: number;
  line: { readonly slope: number; readonly intercept: number; readonly spread: number; readonly count: number } | null;
};

const OVERALL_PACKAGES = 256;
const STEPS = 256;
/** So many that their upper quantile is known to within one or two per cent of all. */
const MISSES = 1_024;

/** Nothing is known yet. */
export function emptyKnowledge(settings: LearningSettings = DEFAULT_LEARNING): Knowledge {
  return {
    settings,
    packages: new Map(),
    drones: new Map(),
    categories: new Map(),
    overall: recentValues(OVERALL_PACKAGES),
    sizes: { points: [], next: 0, unread: 0, line: null },
    steps: { version: recentValues(STEPS), name: recentValues(STEPS) },
    misses: { many: recentValues(MISSES), few: recentValues(MISSES), coarse: recentValues(MISSES) },
  };
}

/** The category of a `category/name`. */
export function categoryOf(name: string): string {
  return name.slice(0, Math.max(0, name.indexOf('/')));
}
