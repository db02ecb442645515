import type { BuildFacts } from './build-facts.ts';
import type { SwarmEvent } from './events.ts';
import type { FailureClass } from './failure-class.ts';
import type { AttemptId, DroneId, QueueId, SessionId } from './ids.ts';
import type { AttemptState, PackageState } from './package-state.ts';

/** What a change expects to find; a row that is otherwise makes the whole transaction void. */
export type Expectation = { readonly state: PackageState; readonly attempt: AttemptId | null };

/** What becomes of a package's counters when it moves; what is left out stays as it is. */
export type PackageUpdate = {
  readonly failures?: number;
  readonly infrastructureFailures?: number;
  readonly failureClass?: FailureClass | null;
  readonly error?: string | null;
  /** Not handed out again before this time. */
  readonly notBefore?: number | null;
  /** Forget which drones failed it: attempts up to now no longer count. */
  readonly forgetsFailures?: boolean;
  /** It was given another chance by itself. */
  readonly ages?: boolean;
  /** The next try runs at most so many compilers at once; null leaves it to the drone. */
  readonly maxJobs?: number | null;
  /** The next try goes to a drone with at least so much memory. */
  readonly needsMemoryMb?: number | null;
};

/**
 * One guarded write. Decisions are lists of these; the store applies a list in one transaction, or
 * not at all. Times are Unix milliseconds.
 */
export type Change =
  | {
      readonly kind: 'grant';
      readonly queueId: QueueId;
      readonly expect: Expectation;
      readonly package: string;
      readonly sessionId: SessionId | null;
      readonly droneId: DroneId;
      readonly droneName: string;
      readonly at: number;
    }
  | {
      readonly kind: 'end-attempt';
      readonly attempt: AttemptId;
      readonly to: Exclude<AttemptState, 'running'>;
      readonly at: number;
      readonly durationS: number;
      readonly failureClass: FailureClass | null;
      readonly phase: string | null;
      readonly error: string;
    }
  | {
      readonly kind: 'move';
      readonly queueId: QueueId;
      readonly expect: Expectation;
      readonly to: Exclude<PackageState, 'delegated'>;
      readonly at: number;
      readonly update: PackageUpdate;
    }
  | { readonly kind: 'accept-binpkg'; readonly attempt: AttemptId; readonly at: number }
  | {
      readonly kind: 'record-history';
      readonly package: string;
      readonly droneId: DroneId;
      readonly droneName: string;
      readonly status: string;
      readonly durationS: number;
      readonly error: string;
      readonly sessionId: SessionId | null;
      readonly at: number;
      readonly attempt: AttemptId | null;
      readonly failureClass: FailureClass | null;
      readonly phase: string | null;
      readonly facts?: BuildFacts;
    }
  /** A sign of life: renews the leases of all the drone holds. */
  | { readonly kind: 'drone-heard'; readonly droneId: DroneId; readonly at: number }
  | { readonly kind: 'drone-health'; readonly droneId: DroneId; readonly failed: boolean; readonly at: number }
  | { readonly kind: 'ground-drone'; readonly droneId: DroneId; readonly until: number; readonly at: number }
  | { readonly kind: 'unground-drone'; readonly droneId: DroneId; readonly groundedUntil: number }
  /** It is at fault: it gets nothing more until an operator resumes it. Never the last drone that takes work. */
  | { readonly kind: 'disable-drone'; readonly droneId: DroneId; readonly at: number }
  | { readonly kind: 'drone-offline'; readonly droneId: DroneId; readonly lastSeenAt: number }
  | { readonly kind: 'end-session'; readonly sessionId: SessionId; readonly to: 'completed'; readonly at: number }
  | { readonly kind: 'reopen-session'; readonly sessionId: SessionId; readonly at: number }
  | { readonly kind: 'count-stale-report'; readonly at: number }
  | { readonly kind: 'event'; readonly event: SwarmEvent; readonly at: number };
