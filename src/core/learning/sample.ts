import type { DroneId } from '../ids.ts';

/** Which package: what the fall-backs go by. */
export type PackageIdentity = {
  /** `category/name`. */
  readonly name: string;
  /** With its revision: `1.2-r1`. */
  readonly version: string;
  /** The enabled USE flags in one canonical order; empty when they are not known. */
  readonly use: string;
};

/** A machine as far as its speed goes. */
export type Builder = {
  readonly droneId: DroneId;
  /** Cores that one build may use; null when that is not known. Other cores make another machine of it. */
  readonly coresPerBuild: number | null;
};

/** One build that ended with a package. */
export type BuildSample = PackageIdentity &
  Builder & {
    readonly kind: 'built';
    readonly durationS: number;
    /** Highest memory of the whole build; null when it was not measured. */
    readonly peakMemoryMb: number | null;
    readonly diskMb: number | null;
    /** Size of the sources; null when it is not known. */
    readonly sourceBytes: number | null;
    /** When it ended, Unix milliseconds. */
    readonly at: number;
  };

/** One build that was ended because memory ran out. */
export type OomSample = PackageIdentity & {
  readonly kind: 'oom';
  /** What it had used by then. */
  readonly killedAtMb: number;
  readonly at: number;
};

export type LearningSample = BuildSample | OomSample;

/** What is to be built. */
export type BuildTask = PackageIdentity & { readonly sourceBytes: number | null };

/** How alike two builds of one package are. */
export type Likeness = 'same' | 'version' | 'name';

/** From the least alike to the most. */
export const LIKENESSES: readonly Likeness[] = ['name', 'version', 'same'];

/** Whether it is the same version, and with the same USE flags: what is not known is not the same. */
export function likenessOf(a: Pick<PackageIdentity, 'version' | 'use'>, b: typeof a): Likeness {
  if (a.version !== b.version) return 'name';
  return a.use === b.use && a.use !== '' ? 'same' : 'version';
}
