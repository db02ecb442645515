import type { BuildFacts } from '../core/build-facts.ts';
import type { SessionId } from '../core/ids.ts';
import type { Finding } from '../core/invariants.ts';
import type { PackageState } from '../core/package-state.ts';
import type { RunningBuild, StoredEvent } from './ports.ts';

/** Questions that only people and dashboards ask. Shapes are the wire's. */
export type SwarmReports = {
  status(now: number): Promise<StatusReport>;
  /** By name. One that has not changed is the same object as before; if none has, so is the list. */
  nodes(wish: { includeOffline: boolean; now: number }): Promise<readonly NodeReport[]>;
  /**
   * Some of the drones that were written since they were last read, in a millisecond or two; none when there are
   * none, or a write is open. For who prepares answers before anybody asks.
   */
  readAhead(now: number): readonly NodeReport[];
  /** One entry a known drone, by name. */
  droneHealth(now: number): Promise<readonly DroneHealthReport[]>;
  buildsByPackage(page: { limit: number; offset: number }): Promise<readonly PackageTotals[]>;
  /** The newest so many. */
  sessions(limit: number): Promise<readonly (SessionReport & SessionTotals)[]>;
  /** Those with this id or name, the newest first. */
  sessionsCalled(idOrName: string): Promise<readonly Pick<SessionReport, 'id' | 'status'>[]>;
  history(filter: {
    session: SessionId | null;
    /** With or without its version. */
    package: string | null;
    /** Id or name. */
    drone: string | null;
    /** Only builds with smaller numbers. */
    before: number | null;
    limit: number;
  }): Promise<{ rows: readonly HistoryRow[]; stats: TimingReport }>;
  recentEvents(since: number): Promise<{ events: readonly StoredEvent[]; latestId: number }>;
  eventHistory(filter: EventFilter): Promise<readonly StoredEvent[]>;
  /** What the last sweep found that does not go on by itself, the oldest first. */
  findings(): Promise<readonly KnownFinding[]>;
};

/** Something stuck, and since when it was found by each sweep; Unix milliseconds. */
export type KnownFinding = Omit<Finding, 'key'> & { readonly since: number };

/** Times are Unix milliseconds; what is null is not asked for. */
export type EventFilter = {
  since: number;
  /** Inclusive; null for no end. */
  until: number | null;
  type: string | null;
  /** Id or name. */
  drone: string | null;
  limit: number;
};

export type NodeReport = {
  id: string;
  name: string;
  ip: string;
  type: 'drone' | 'sweeper';
  cores: number | null;
  ramGb: number | null;
  status: NodeStatus;
  isPaused: boolean;
  lastSeenAt: number;
  currentTask: string | null;
  version: string | null;
  createdAt: number;
  capabilities: Record<string, unknown>;
  metrics: Record<string, unknown>;
  buildsCompleted: number;
  buildsFailed: number;
  running: RunningBuild[];
  /** Cores that it may use, as an operator said; null for all. */
  coresLimit: number | null;
  labels: readonly string[];
};

export type SessionReport = {
  id: string;
  name: string;
  status: 'active' | 'completed' | 'aborted';
  totalPackages: number;
  completedPackages: number;
  failedPackages: number;
  startedAt: number;
  completedAt: number | null;
  labels: readonly string[];
};

/** The builds of a session in numbers, as far as they are added up. */
export type SessionTotals = {
  builds: number;
  built: number;
  failedBuilds: number;
  /** Seconds of those that ended well. */
  buildS: number;
  drones: number;
};

export type DroneTiming = { droneName: string; total: number; success: number; avgDurationS: number };
export type TimingReport = {
  total: number;
  successful: number;
  /** Builds that ended in a failure; those handed back are not failures. */
  failed: number;
  avgDurationS: number;
  totalDurationS: number;
  perDrone: readonly DroneTiming[];
};

export type HistoryRow = {
  id: number;
  package: string;
  droneId: string;
  droneName: string;
  status: string;
  durationS: number;
  error: string;
  sessionId: string | null;
  builtAt: number;
  attempt: number | null;
  failureClass: string | null;
  phase: string | null;
  facts: BuildFacts;
};

export type HealthReport = {
  nodeId: string;
  failures: number;
  lastFailureAt: number | null;
  rebooted: number;
  groundedUntil: number | null;
  lastProbeResult: string | null;
  lastProbeAt: number | null;
};

export type DroneHealthReport = HealthReport & {
  name: string;
  ip: string;
  status: NodeStatus;
};

/** `stale`: silent, but not for so long that it is given up. */
export type NodeStatus = 'online' | 'stale' | 'offline';

export type PackageTotals = {
  package: string;
  attempts: number;
  successes: number;
  /** Names of drones, joined by commas. */
  triedOn: string;
  lastAttemptAt: number;
};

export type StatusReport = {
  expectedPortageTimestamp: string | null;
  counts: Record<PackageState, number>;
  ready: number;
  waiting: number;
  staleReports: number;
  isPaused: boolean;
  session: SessionReport | null;
  needed: readonly string[];
  delegated: readonly { package: string; droneId: string; assignedAt: number }[];
  blocked: readonly string[];
  nodes: readonly NodeReport[];
  health: readonly HealthReport[];
  timing: TimingReport;
};
