import type { FailureClass } from '../core/failure-class.ts';
import type { AttemptId, DroneId, QueueId, SessionId } from '../core/ids.ts';
import type { AttemptState, PackageState } from '../core/package-state.ts';
import type { RunningBuild, StoredEvent } from './ports.ts';

/** The queue in numbers. */
export type QueueCounts = Readonly<Record<PackageState, number>> & { readonly total: number };

/** One row of the queue, as those who watch it see it. */
export type QueueLine = {
  readonly id: QueueId;
  readonly package: string;
  readonly state: PackageState;
  readonly isReady: boolean;
  readonly droneId: DroneId | null;
  readonly assignedTo: string | null;
  readonly attempt: AttemptId | null;
  readonly failures: number;
  readonly failureClass: FailureClass | null;
  readonly sessionId: SessionId | null;
};

/** One drone, as those who watch it see it. */
export type NodeLine = {
  readonly id: DroneId;
  readonly name: string;
  readonly type: 'drone' | 'sweeper';
  readonly isOnline: boolean;
  readonly isPaused: boolean;
  /** Unix milliseconds. */
  readonly lastSeenAt: number;
  readonly currentTask: string | null;
  readonly metrics: Readonly<Record<string, unknown>>;
  readonly running: readonly RunningBuild[];
};

/** What a stream reads of the swarm: only what was touched, never whole tables. */
export type StreamReads = {
  /** The ids of the oldest and the newest stored event; both 0 when there is none. */
  eventIds(): Promise<{ readonly oldest: number; readonly latest: number }>;
  /** Events with `after < id <= upTo`, oldest first, at most `limit`. */
  eventsBetween(range: {
    readonly after: number;
    readonly upTo: number;
    readonly limit: number;
  }): Promise<readonly StoredEvent[]>;
  /** The newest rows of these packages. */
  packages(names: readonly string[]): Promise<readonly QueueLine[]>;
  /** Those of these drones that are still known. */
  nodes(ids: readonly DroneId[]): Promise<readonly NodeLine[]>;
  /** Undefined when the attempt was never handed out. */
  attemptState(attempt: AttemptId): Promise<AttemptState | undefined>;
  queueCounts(): Promise<{ readonly counts: QueueCounts; readonly ready: number; readonly isPaused: boolean }>;
};
