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
  /** What the drone itself said it can do side by side; null when it did not. */
  readonly slots: number | null;
};

/** A package that may be handed out as far as its dependencies are concerned. */
export type Candidate = {
  readonly queueId: QueueId;
  readonly package: string;
  readonly sessionId: SessionId | null;
  readonly state: PackageState;
  readonly rank: number;
  readonly notBefore: number | null;
  readonly failureClass: FailureClass | null;
  /** Drones that failed it since its failures were last forgotten. */
  readonly failedBy: readonly DroneId[];
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
  /** The drone's running attempts, oldest first. */
  readonly held: readonly RunningAttempt[];
  /** Ready packages, most urgent first; those the drone failed before stand last. */
  readonly candidates: readonly Candidate[];
  /** The drones that could take something instead: online, not paused, not the asking one. */
  readonly others: readonly DroneView[];
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
  readonly others: readonly DroneView[];
  /** Rows of other sessions that wish for the same package and would take the same binary. */
  readonly twins: readonly QueuedPackage[];
};

export type ReconcileView = {
  readonly drones: readonly DroneView[];
  readonly running: readonly (RunningAttempt & { readonly queued: QueuedPackage })[];
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
