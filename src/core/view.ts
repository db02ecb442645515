import type { FailureClass } from './failure-class.ts';
import type { AttemptId, DroneId, QueueId, SessionId } from './ids.ts';
import type { AttemptState, PackageState } from './package-state.ts';

/** A drone as decisions see it. */
export type DroneView = {
  readonly id: DroneId;
  readonly name: string;
  readonly isSweeper: boolean;
  readonly isPaused: boolean;
  readonly isOnline: boolean;
  readonly lastSeenAt: number;
  readonly cores: number | null;
  readonly memoryMb: number | null;
  /** What the drone itself said it can do side by side; null when it did not. */
  readonly slots: number | null;
  /** Infrastructure failures in a row. */
  readonly failures: number;
  /** The circuit breaker is open until then; null when it is closed. */
  readonly groundedUntil: number | null;
};

/** A running build. */
export type RunningAttempt = {
  readonly id: AttemptId;
  readonly queueId: QueueId;
  readonly package: string;
  readonly droneId: DroneId;
  readonly grantedAt: number;
  /** When the drone was last heard of with this attempt, or with anything if it does not name attempts. */
  readonly lastHeardAt: number;
};

export type GrantView = {
  readonly isPaused: boolean;
  readonly drone: DroneView;
  /** The tree that the operator wants packages built from, and the one the drone says it has. */
  readonly portageTimestamp: { readonly expected: string | null; readonly reported: string | null };
  /** The drone's running attempts, oldest first. */
  readonly held: readonly RunningAttempt[];
  /** Packages that were taken from the drone a little while ago, for agents that cannot be told otherwise. */
  readonly revoked: readonly string[];
};

export type QueuedPackage = {
  readonly id: QueueId;
  readonly package: string;
  readonly state: PackageState;
  readonly attempt: AttemptId | null;
  readonly sessionId: SessionId | null;
  /** Whether it came with a plan: then only a verified binary package completes it. */
  readonly isPlanned: boolean;
  readonly failures: number;
  readonly infrastructureFailures: number;
  /** What its next try was given by how it ran out of memory; null leaves it to the drone. */
  readonly maxJobs: number | null;
  readonly needsMemoryMb: number | null;
};

export type CompletionView = {
  readonly drone: DroneView | undefined;
  readonly attempt:
    | {
        readonly id: AttemptId;
        readonly state: AttemptState;
        readonly droneId: DroneId;
        readonly hasVerifiedPackage: boolean;
      }
    | undefined;
  readonly queued: QueuedPackage | undefined;
  /** Drones whose failures count against the package; who ran out of disk or was lost is not among them. */
  readonly failedBy: readonly DroneId[];
  /** How often it was handed back since its failures were last forgotten. */
  readonly returns: number;
  /** A drone that could try it instead, if there is one; only looked for when the report is a failure. */
  readonly others: readonly DroneView[];
  /** Rows of other sessions that wish for the same package and would take the same binary. */
  readonly twins: readonly QueuedPackage[];
  /** Builds that the drone has beside this one. */
  readonly neighbours: number;
  /** Memory of the drones that could take it, each size once, null where one does not say; only read for a failure. */
  readonly fleetMemoryMb: readonly (number | null)[];
};

export type BlockedPackage = {
  readonly id: QueueId;
  readonly package: string;
  readonly cpv: string | null;
  readonly sessionId: SessionId | null;
  readonly blockedAt: number;
  readonly failureClass: FailureClass | null;
  /** How often it was given another chance by itself. */
  readonly ageings: number;
};

/** What may be due; what certainly is not was left out by the store. */
export type ReconcileView = {
  /** Drones that are online and silent, or whose circuit breaker may have to open or close. */
  readonly drones: readonly DroneView[];
  /** Running builds that were not heard of for a while. */
  readonly running: readonly (RunningAttempt & {
    readonly queued: QueuedPackage;
    readonly drone: DroneView | undefined;
  })[];
  /** Blocked packages that were left alone for a while. */
  readonly blocked: readonly BlockedPackage[];
  /** Active sessions with what keeps them open. */
  readonly sessions: readonly {
    readonly id: SessionId;
    readonly name: string;
    /** Rows that something can still happen to: ready, delegated, or received and not yet published. */
    readonly movable: number;
    readonly total: number;
    readonly received: number;
    readonly failed: number;
    readonly waiting: number;
  }[];
};
