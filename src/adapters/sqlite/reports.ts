import type {
  DroneTiming,
  HealthReport,
  HistoryRow,
  NodeReport,
  SessionReport,
  StatusReport,
  StoredEvent,
  SwarmReports,
  TimingReport,
} from '../../app/ports.ts';
import type { EventType } from '../../core/events.ts';
import { PACKAGE_STATES, type PackageState } from '../../core/package-state.ts';
import type { Connection } from './open.ts';
import { jsonObject, type NodeRow, runningBuilds, toMs } from './rows.ts';

/** The first so many needed packages are named in the status. */
const NEEDED_SHOWN = 10;
const RECENT_EVENTS = 200;
const NEWEST_SESSIONS = 50;

/** Everything that only people and dashboards ask; nothing in here writes. */
export function makeReports(connection: Connection): SwarmReports {
  const nodes = makeNodes(connection);
  const sessions = makeSessions(connection);
  const timing = makeTiming(connection);
  const history = makeHistory(connection);
  const events = makeEvents(connection);
  const status = makeStatus(connection, { nodes, sessions, timing });
  return {
    status: async () => status(),
    nodes: async (includeOffline) => nodes().filter((node) => includeOffline || node.isOnline),
    sessions: async () => sessions(),
    history: async ({ session, limit }) => ({ rows: history(session, limit), stats: timing(session) }),
    recentEvents: async (since) => events.recent(since),
    eventHistory: async (filter) => events.history(filter),
  };
}

function makeNodes(connection: Connection): () => NodeReport[] {
  const all = connection.prepare<[], NodeRow & { completed: number; failed: number }>(
    `SELECT n.*, count(h.id) FILTER (WHERE h.status = 'success') AS completed,
       count(h.id) FILTER (WHERE h.status NOT IN ('success', 'returned')) AS failed
     FROM nodes n LEFT JOIN build_history h ON h.drone_id = n.id GROUP BY n.id ORDER BY n.name`,
  );
  return () =>
    all.all().map((row) => ({
      id: row.id,
      name: row.name,
      ip: row.ip,
      type: row.type,
      cores: row.cores,
      ramGb: row.ram_gb,
      isOnline: row.status === 'online',
      isPaused: row.paused === 1,
      lastSeenAt: toMs(row.last_seen),
      currentTask: row.current_task,
      version: row.version,
      createdAt: toMs(row.created_at),
      capabilities: jsonObject(row.capabilities_json),
      metrics: jsonObject(row.metrics_json),
      buildsCompleted: row.completed,
      buildsFailed: row.failed,
      running: runningBuilds(row.running_json),
    }));
}

function makeSessions(connection: Connection): () => SessionReport[] {
  type Row = {
    id: string;
    name: string;
    status: SessionReport['status'];
    total_packages: number;
    completed: number;
    failed: number;
    started_at: number;
    completed_at: number | null;
  };
  const newest = connection.prepare<[], Row>(
    `SELECT s.*, count(q.id) FILTER (WHERE q.status = 'received') AS completed,
       count(q.id) FILTER (WHERE q.status IN ('blocked', 'failed')) AS failed
     FROM sessions s LEFT JOIN queue q ON q.session_id = s.id
     GROUP BY s.id ORDER BY s.started_at DESC, s.rowid DESC LIMIT ${NEWEST_SESSIONS}`,
  );
  return () =>
    newest.all().map((row) => ({
      id: row.id,
      name: row.name,
      status: row.status,
      totalPackages: row.total_packages,
      completedPackages: row.completed,
      failedPackages: row.failed,
      startedAt: toMs(row.started_at),
      completedAt: row.completed_at === null ? null : toMs(row.completed_at),
    }));
}

/** Handed-back builds are neither successes nor failures. */
function makeTiming(connection: Connection): (session: string | null) => TimingReport {
  type Sums = { total: number; successful: number; failed: number; avg: number | null; sum: number | null };
  const sums = `count(*) AS total, count(*) FILTER (WHERE status = 'success') AS successful,
    count(*) FILTER (WHERE status NOT IN ('success', 'returned')) AS failed,
    avg(duration_seconds) FILTER (WHERE status = 'success' AND duration_seconds > 0) AS avg,
    sum(duration_seconds) FILTER (WHERE status = 'success' AND duration_seconds > 0) AS sum`;
  const overall = connection.prepare<{ session: string | null }, Sums>(
    `SELECT ${sums} FROM build_history WHERE @session IS NULL OR session_id = @session`,
  );
  const perDrone = connection.prepare<{ session: string | null }, Sums & { drone_name: string }>(
    `SELECT drone_name, ${sums} FROM build_history WHERE @session IS NULL OR session_id = @session
     GROUP BY drone_name ORDER BY total DESC, drone_name`,
  );
  return (session) => {
    const row = overall.get({ session });
    return {
      total: row?.total ?? 0,
      successful: row?.successful ?? 0,
      failed: row?.failed ?? 0,
      avgDurationS: row?.avg ?? 0,
      totalDurationS: row?.sum ?? 0,
      perDrone: perDrone.all({ session }).map(
        (each): DroneTiming => ({
          droneName: each.drone_name,
          total: each.total,
          success: each.successful,
          avgDurationS: each.avg ?? 0,
        }),
      ),
    };
  };
}

function makeHistory(connection: Connection): (session: string | null, limit: number) => HistoryRow[] {
  type Row = {
    id: number;
    package: string;
    drone_id: string;
    drone_name: string;
    status: string;
    duration_seconds: number;
    error_message: string;
    session_id: string | null;
    built_at: number;
    attempt: number | null;
    failure_class: string | null;
    phase: string | null;
  };
  const newest = connection.prepare<{ session: string | null; limit: number }, Row>(
    `SELECT * FROM build_history WHERE @session IS NULL OR session_id = @session ORDER BY id DESC LIMIT @limit`,
  );
  return (session, limit) =>
    newest.all({ session, limit }).map((row) => ({
      id: row.id,
      package: row.package,
      droneId: row.drone_id,
      droneName: row.drone_name,
      status: row.status,
      durationS: row.duration_seconds,
      error: row.error_message,
      sessionId: row.session_id,
      builtAt: toMs(row.built_at),
      attempt: row.attempt,
      failureClass: row.failure_class,
      phase: row.phase,
    }));
}

function makeEvents(connection: Connection) {
  type Row = {
    id: number;
    timestamp: number;
    event_type: EventType;
    message: string;
    details_json: string;
    drone_id: string | null;
    package: string | null;
  };
  const recent = connection.prepare<[number], Row>(
    `SELECT * FROM events WHERE id > ? ORDER BY id DESC LIMIT ${RECENT_EVENTS}`,
  );
  const latest = connection.prepare<[], { id: number | null }>('SELECT max(id) AS id FROM events');
  const past = connection.prepare<{ since: number; type: string | null; limit: number }, Row>(
    `SELECT * FROM events WHERE timestamp > @since AND (@type IS NULL OR event_type = @type) ORDER BY id DESC LIMIT @limit`,
  );
  const stored = (row: Row): StoredEvent => ({
    id: row.id,
    at: toMs(row.timestamp),
    type: row.event_type,
    message: row.message,
    details: jsonObject(row.details_json),
    droneId: row.drone_id,
    package: row.package,
  });
  return {
    recent: (since: number) => ({
      events: recent.all(since).map(stored).reverse(),
      latestId: latest.get()?.id ?? 0,
    }),
    history: (filter: { since: number; type: string | null; limit: number }) =>
      past
        .all({ ...filter, since: filter.since / 1000 })
        .map(stored)
        .reverse(),
  };
}

function makeStatus(
  connection: Connection,
  parts: {
    nodes: () => NodeReport[];
    sessions: () => SessionReport[];
    timing: (session: string | null) => TimingReport;
  },
): () => StatusReport {
  const counts = connection.prepare<[], { status: PackageState; count: number; ready: number }>(
    'SELECT status, count(*) AS count, sum(ready) AS ready FROM queue GROUP BY status',
  );
  const named = connection.prepare<[PackageState, number], { package: string }>(
    'SELECT package FROM queue WHERE status = ? ORDER BY id LIMIT ?',
  );
  const delegated = connection.prepare<[], { package: string; droneId: string; assignedAt: number }>(
    "SELECT package, assigned_to AS droneId, assigned_at * 1000 AS assignedAt FROM queue WHERE status = 'delegated' ORDER BY id",
  );
  const health = connection.prepare<[], HealthReport>(
    `SELECT node_id AS nodeId, failures, last_failure * 1000 AS lastFailureAt, rebooted, grounded_until * 1000 AS groundedUntil,
       last_probe_result AS lastProbeResult, last_probe_at * 1000 AS lastProbeAt FROM drone_health WHERE failures > 0`,
  );
  const config = connection.prepare<[string], { value: string | null }>('SELECT value FROM config WHERE key = ?');
  return connection.transaction(() => {
    const rows = counts.all();
    const countOf = (state: PackageState) => rows.find((row) => row.status === state)?.count ?? 0;
    const ready = rows.find((row) => row.status === 'needed')?.ready ?? 0;
    const session = parts.sessions().find((each) => each.status === 'active') ?? null;
    return {
      counts: Object.fromEntries(PACKAGE_STATES.map((state) => [state, countOf(state)])) as Record<
        PackageState,
        number
      >,
      ready,
      waiting: countOf('needed') - ready,
      staleReports: Number(config.get('stale_reports')?.value ?? 0),
      isPaused: config.get('paused')?.value === 'true',
      session,
      needed: named.all('needed', NEEDED_SHOWN).map((row) => row.package),
      delegated: delegated.all(),
      blocked: named.all('blocked', -1).map((row) => row.package),
      nodes: parts.nodes(),
      health: health.all(),
      timing: parts.timing(session?.id ?? null),
    };
  });
}
