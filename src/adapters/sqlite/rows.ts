import type { Artifact, Binpkg, RunningBuild, SessionPackage } from '../../app/ports.ts';
import type { FailureClass } from '../../core/failure-class.ts';
import type { PackageState } from '../../core/package-state.ts';
import type { Candidate, DroneView, QueuedPackage, RunningAttempt } from '../../core/view.ts';

/** Rows as SQLite gives them, and what they mean. The schema's CHECKs back every cast in here. */

export type NodeRow = {
  id: string;
  name: string;
  ip: string;
  type: 'drone' | 'sweeper';
  cores: number | null;
  ram_gb: number | null;
  status: 'online' | 'offline';
  paused: 0 | 1;
  last_seen: number;
  capabilities_json: string;
  metrics_json: string;
  running_json: string;
  current_task: string | null;
  version: string | null;
  created_at: number;
};

export function droneView(row: NodeRow): DroneView {
  const slots: unknown = jsonObject(row.capabilities_json)['slots'];
  return {
    id: row.id,
    name: row.name,
    isSweeper: row.type === 'sweeper',
    isPaused: row.paused === 1,
    isOnline: row.status === 'online',
    lastSeenAt: row.last_seen * 1000,
    cores: row.cores,
    slots: typeof slots === 'number' ? slots : null,
  };
}

export function jsonObject(text: string): Record<string, unknown> {
  return JSON.parse(text) as Record<string, unknown>;
}

/** Written by our own heartbeat from a validated request. */
export function runningBuilds(text: string): RunningBuild[] {
  return JSON.parse(text) as RunningBuild[];
}

export type QueueRow = {
  id: number;
  package: string;
  cpv: string | null;
  status: PackageState;
  assigned_to: string | null;
  assigned_at: number | null;
  failure_count: number;
  infrastructure_failures: number;
  failure_class: FailureClass | null;
  error_message: string | null;
  session_id: string | null;
  attempt: number | null;
  rank: number;
  ready: 0 | 1;
  not_before: number | null;
  failures_since: number;
};

export function queuedPackage(row: QueueRow): QueuedPackage {
  return {
    id: row.id,
    package: row.package,
    state: row.status,
    attempt: row.attempt,
    sessionId: row.session_id,
    isPlanned: row.cpv !== null,
    failures: row.failure_count,
    infrastructureFailures: row.infrastructure_failures,
  };
}

/** `failed_by` is a JSON list of drone ids. */
export function candidate(row: QueueRow & { failed_by: string }): Candidate {
  return {
    queueId: row.id,
    package: row.package,
    sessionId: row.session_id,
    state: row.status,
    rank: row.rank,
    notBefore: row.not_before === null ? null : row.not_before * 1000,
    failureClass: row.failure_class,
    failedBy: JSON.parse(row.failed_by) as string[],
  };
}

export type AttemptRow = {
  id: number;
  queue_id: number;
  package: string;
  drone_id: string;
  drone_name: string;
  session_id: string | null;
  state: 'running' | 'received' | 'failed' | 'returned' | 'reclaimed';
  granted_at: number;
  last_heard_at: number;
};

export function runningAttempt(row: AttemptRow): RunningAttempt {
  return {
    id: row.id,
    queueId: row.queue_id,
    package: row.package,
    droneId: row.drone_id,
    grantedAt: row.granted_at * 1000,
    lastHeardAt: row.last_heard_at * 1000,
  };
}

export type SessionPackageRow = QueueRow & { node_name: string | null; available: 0 | 1 };

export function sessionPackage(row: SessionPackageRow): SessionPackage {
  return {
    id: row.id,
    package: row.package,
    cpv: row.cpv,
    state: row.status,
    isReady: row.ready === 1,
    isAvailable: row.available === 1,
    failureClass: row.failure_class,
    error: row.error_message,
    attempt: row.attempt,
    failures: row.failure_count,
    assignedTo: row.node_name,
    sessionId: row.session_id,
  };
}

export type BinpkgRow = {
  attempt: number;
  cpv: string;
  build_id: number | null;
  path: string;
  size_bytes: number;
  sha256: string;
  block_json: string;
  state: 'staged' | 'accepted' | 'published';
};

export function artifact(row: BinpkgRow): Artifact {
  return {
    attempt: row.attempt,
    cpv: row.cpv,
    buildId: row.build_id,
    path: row.path,
    sizeBytes: row.size_bytes,
    sha256: row.sha256,
    // Written by saveArtifact from strings only.
    block: JSON.parse(row.block_json) as Record<string, string>,
  };
}

export function binpkg(row: BinpkgRow): Binpkg {
  return { ...artifact(row), isPublished: row.state === 'published' };
}

/** The database keeps seconds, the program counts milliseconds. */
export function toSeconds(ms: number): number {
  return ms / 1000;
}

export function toMs(seconds: number): number {
  return seconds * 1000;
}
