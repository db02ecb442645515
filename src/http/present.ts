import type { ListedPackage } from '../app/list-queue.ts';
import type { StoredEvent } from '../app/ports.ts';
import type {
  DroneHealthReport,
  HealthReport,
  HistoryRow,
  NodeReport,
  PackageTotals,
  SessionReport,
  SessionTotals,
  StatusReport,
  TimingReport,
} from '../app/report-ports.ts';
import type { Api } from '../contract/api.ts';
import type { ReplyOf } from '../contract/endpoint.ts';
import { type Eta, NO_ETA } from './present-estimates.ts';

/** From the program's values to the wire's names and units: seconds, percent, rounded as clients know them. */

type StatusReply = ReplyOf<Api['status']>;

export function presentStatus(report: StatusReport, version: string, eta: Eta = NO_ETA): StatusReply {
  const drones = Object.fromEntries(report.nodes.map((node) => [node.id, presentStatusDrone(node)]));
  return { ...presentSwarm(report, version, eta), drones };
}

/** The status without the drones, of which there may be thousands. */
export function presentSwarm(report: StatusReport, version: string, eta: Eta): Omit<StatusReply, 'drones'> {
  const { counts } = report;
  return {
    ...counts,
    total: Object.values(counts).reduce((sum, count) => sum + count, 0),
    queue_depth: counts.needed + counts.delegated,
    queue_received: counts.received,
    queue_blocked: counts.blocked,
    nodes: report.nodes.length,
    nodes_online: report.nodes.filter((node) => node.status === 'online').length,
    nodes_stale: report.nodes.filter((node) => node.status === 'stale').length,
    expected_portage_timestamp: report.expectedPortageTimestamp,
    total_cores: report.nodes.reduce((sum, node) => sum + (node.cores ?? 0), 0),
    paused: report.isPaused,
    session: report.session === null ? null : { ...presentSession(report.session), ...eta },
    packages: {
      needed: [...report.needed],
      delegated: Object.fromEntries(
        report.delegated.map((each) => [each.package, { drone: each.droneId, assigned_at: each.assignedAt / 1000 }]),
      ),
      blocked: [...report.blocked],
    },
    drone_health: Object.fromEntries(report.health.map((each) => [each.nodeId, presentHealth(each)])),
    timing: presentTiming(report.timing),
    version,
    ready: report.ready,
    waiting: report.waiting,
    stale_reports: report.staleReports,
  };
}

export function presentStatusDrone(node: NodeReport): StatusReply['drones'][string] {
  return {
    name: node.name,
    ip: node.ip,
    status: node.status,
    current_task: node.currentTask,
    running: node.running,
    capabilities: node.capabilities,
    metrics: node.metrics,
    last_seen: node.lastSeenAt / 1000,
  };
}

function presentHealth(health: HealthReport): StatusReply['drone_health'][string] {
  return {
    node_id: health.nodeId,
    failures: health.failures,
    last_failure: secondsOrNull(health.lastFailureAt),
    rebooted: health.rebooted,
    grounded_until: secondsOrNull(health.groundedUntil),
    last_probe_result: health.lastProbeResult,
    last_probe_at: secondsOrNull(health.lastProbeAt),
  };
}

export function presentDroneHealth(health: DroneHealthReport): ReplyOf<Api['droneHealth']>['drones'][number] {
  const { node_id: droneId, last_probe_result: probe, ...rest } = presentHealth(health);
  const { name, ip, status } = health;
  // Written by our own prober as a JSON object.
  const lastProbe = probe === null ? null : (JSON.parse(probe) as Record<string, unknown>);
  return { drone_id: droneId, name, ip, status, ...rest, last_probe: lastProbe };
}

export function presentPackageTotals(totals: PackageTotals): ReplyOf<Api['buildsByPackage']>['packages'][number] {
  return {
    package: totals.package,
    attempts: totals.attempts,
    successes: totals.successes,
    tried_on: totals.triedOn,
    last_attempt: totals.lastAttemptAt / 1000,
  };
}

export function presentNode(node: NodeReport) {
  return {
    id: node.id,
    name: node.name,
    ip: node.ip,
    tailscale_ip: null,
    type: node.type,
    cores: node.cores,
    ram_gb: node.ramGb,
    status: node.status,
    paused: node.isPaused,
    last_seen: node.lastSeenAt / 1000,
    current_task: node.currentTask,
    version: node.version,
    created_at: node.createdAt / 1000,
    capabilities: node.capabilities,
    metrics: node.metrics,
    online: node.status === 'online',
    cpu_percent: numberOr0(node.metrics['cpu_percent']),
    ram_percent: numberOr0(node.metrics['ram_percent']),
    builds_completed: node.buildsCompleted,
    builds_failed: node.buildsFailed,
    running: node.running,
    cores_limit: node.coresLimit,
    labels: [...node.labels],
  };
}

export function presentSession(session: SessionReport) {
  return {
    id: session.id,
    name: session.name,
    status: session.status,
    total_packages: session.totalPackages,
    completed_packages: session.completedPackages,
    failed_packages: session.failedPackages,
    started_at: session.startedAt / 1000,
    completed_at: secondsOrNull(session.completedAt),
    labels: [...session.labels],
  };
}

/** A session with its builds in numbers. */
export function presentListedSession(session: SessionReport & SessionTotals) {
  return {
    ...presentSession(session),
    ...{ builds: session.builds, built: session.built, failed_builds: session.failedBuilds },
    ...{ build_s: oneDecimal(session.buildS), drones: session.drones },
  };
}

export function presentTiming(timing: TimingReport): ReplyOf<Api['history']>['stats'] {
  return {
    total_builds: timing.total,
    successful: timing.successful,
    failed: timing.failed,
    success_rate: percent(timing.successful, timing.successful + timing.failed),
    avg_duration_s: oneDecimal(timing.avgDurationS),
    total_duration_s: oneDecimal(timing.totalDurationS),
    per_drone: timing.perDrone.map((each) => ({
      drone_name: each.droneName,
      total: each.total,
      success: each.success,
      avg_duration: oneDecimal(each.avgDurationS),
      success_rate: percent(each.success, each.total),
    })),
  };
}

export function presentHistoryRow(row: HistoryRow): ReplyOf<Api['history']>['history'][number] {
  return {
    id: row.id,
    package: row.package,
    drone_id: row.droneId,
    drone_name: row.droneName,
    status: row.status,
    duration_seconds: row.durationS,
    error_message: row.error,
    session_id: row.sessionId,
    built_at: row.builtAt / 1000,
    attempt: row.attempt,
    failure_class: row.failureClass,
    phase: row.phase,
    first_error: row.facts.firstError,
    first_error_line: row.facts.firstErrorLine,
    excerpt: row.facts.excerpt,
    confidence: row.facts.confidence,
    conclusion: row.facts.conclusion,
    peak_memory_mb: row.facts.peakMemoryMb,
    disk_mb: row.facts.diskMb,
    cpu_s: row.facts.cpuS,
  };
}

export function presentEvent(event: StoredEvent): ReplyOf<Api['events']>['events'][number] {
  return {
    id: event.id,
    type: event.type,
    message: event.message,
    details: { ...event.details },
    timestamp: event.at / 1000,
  };
}

export function presentQueued(each: ListedPackage): ReplyOf<Api['queueList']>[number] {
  return {
    package: each.package,
    status: each.state,
    assigned_to: each.assignedTo,
    failures: each.failures,
    id: each.id,
    session_id: each.sessionId,
    attempt: each.attempt,
    ready: each.state === 'needed' && each.isReady,
    bump: each.bump,
    waiting_on: [...each.waitingOn],
    failure_class: each.failureClass,
    reason: each.error,
  };
}

function numberOr0(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

function secondsOrNull(ms: number | null): number | null {
  return ms === null ? null : ms / 1000;
}

function oneDecimal(value: number): number {
  return Math.round(value * 10) / 10;
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((part / whole) * 1000) / 10;
}
