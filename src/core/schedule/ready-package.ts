import type { DroneId, QueueId, SessionId } from '../ids.ts';
import { cautiousS, type DurationEstimate } from './duration.ts';

/** What a build takes from the drone it runs on. Null is unknown. */
export type BuildNeeds = {
  readonly memoryMb: number | null;
  readonly diskBytes: number | null;
  /** Of the giants' groups; null for all others. */
  readonly group: string | null;
};

/** A package that could be built now as far as its dependencies are concerned. */
export type ReadyPackage = BuildNeeds & {
  readonly queueId: QueueId;
  readonly package: string;
  readonly sessionId: SessionId | null;
  /** Blocked packages are for sweepers, all others for everybody else. */
  readonly isBlocked: boolean;
  /** On a drone of slowness 1. */
  readonly estimate: DurationEstimate;
  /** Upward rank by `cautiousS`: the longest chain that begins with it, itself included, on drones of slowness 1. */
  readonly rankS: number;
  readonly dependents: number;
  readonly queuedAt: number;
  /** What the operator gave by hand; 0 for all others, more goes first. */
  readonly bump: number;
  readonly notBefore: number | null;
  readonly failedBy: readonly DroneId[];
  readonly arch: string | null;
  readonly labels: readonly string[];
};

/**
 * Whether one ready package comes before another: what was bumped by hand, then the longest chain, then how many wait
 * for it, then age. A strict total order.
 */
export function isMoreUrgent(left: ReadyPackage, right: ReadyPackage): boolean {
  if (left.bump !== right.bump) return left.bump > right.bump;
  if (left.rankS !== right.rankS) return left.rankS > right.rankS;
  if (left.dependents !== right.dependents) return left.dependents > right.dependents;
  if (left.queuedAt !== right.queuedAt) return left.queuedAt < right.queuedAt;
  return left.queueId < right.queueId;
}

/** The longest chain that comes after it, in reference seconds. */
export function tailOf({ rankS, estimate }: ReadyPackage): number {
  return Math.max(0, rankS - cautiousS(estimate));
}
