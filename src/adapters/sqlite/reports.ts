import type {
  DroneTiming,
  EventFilter,
  HistoryRow,
  NodeReport,
  PackageTotals,
  StatusReport,
  SwarmReports,
  TimingReport,
} from '../../app/report-ports.ts';
import type { Confidence } from '../../core/build-facts.ts';
import { PACKAGE_STATES, type PackageState } from '../../core/package-state.ts';
import type { ConfigCache } from './config-cache.ts';
import { makeFindings } from './findings.ts';
import { type FleetOptions, type FleetReports, makeFleetReports } from './fleet-reports.ts';
import type { Connection } from './open.ts';
import { isCalled } from './package-names.ts';
import { type EventRow, storedEvent, toMs } from './rows.ts';
import { makeSessions } from './session-reports.ts';

/** The first so many needed packages are named in the status. */
const NEEDED_SHOWN = 10;
const BLOCKED_SHOWN = 1000;

/** Everything that only people and dashboards ask; nothing in here writes, or counts what ever was. */
export function makeReports(connection: Connection, { config, eventsRing, ...options }: ReportOptions): SwarmReports {
  const fleet = makeFleetReports(connection, options);
  const sessions = makeSessions(connection);
  const timing = makeTiming(connection);
  const history = makeHistory(connection);
  const events = makeEvents(connection, eventsRing);
  const buildsByPackage = makeBuildsByPackage(connection);
  const findings = makeFindings(connection);
  const status = makeStatus(connection, { fleet, sessions, timing, config });
  return {
    status: async (now) => {
      await fleet.catchUp();
      return status(now);
    },
    nodes: async ({ includeOffline, now }) => {
      await fleet.catchUp();
      const nodes = fleet.nodes(now);
      const isOffline = ({ status: each }: NodeReport) => each === 'offline';
      return includeOffline || !nodes.some(isOffline) ? nodes : nodes.filter((node) => !isOffline(node));
    },
    readAhead: (now) => fleet.readAhead(now),
    droneHealth: async (now) => fleet.droneHealth(now),
    sessions: async (limit) => sessions.newest(limit),
    sessionsCalled: async (idOrName) => sessions.called(idOrName),
    history: async (filter) => ({ rows: history(filter), stats: timing(filter.session) }),
    buildsByPackage: async (page) => buildsByPackage(page),
    recentEvents: async (since) => events.recent(since),
    eventHistory: async (filter) => events.history(filter),
    findings: async () => findings(),
  };
}

type ReportOptions = FleetOptions & { readonly config: ConfigCache; readonly eventsRing: number };

/** Handed-back builds are neither successes nor failures. */
function makeTiming(connection: Connection): (session: string | null) => TimingReport {
  type Row = {
    drone_name: string;
    total: number;
    success: number;
    failed: number;
    timed: number;
    duration_seconds: number;
  };
  const rows = connection.prepare<[string], Row>(
    'SELECT * FROM build_totals WHERE session_id = ? ORDER BY total DESC, drone_name',
  );
  return (session) => {
    const all = rows.all(session ?? '*');
    const sum = (of: (row: Row) => number) => all.reduce((total, row) => total + of(row), 0);
    const [timed, durationS] = [sum((row) => row.timed), sum((row) => row.duration_seconds)];
    return {
      total: sum((row) => row.total),
      successful: sum((row) => row.success),
      failed: sum((row) => row.failed),
      avgDurationS: timed === 0 ? 0 : durationS / timed,
      totalDurationS: durationS,
      perDrone: all.map(
        (row): DroneTiming => ({
          droneName: row.drone_name,
          total: row.total,
          success: row.success,
          avgDurationS: row.timed === 0 ? 0 : row.duration_seconds / row.timed,
        }),
      ),
    };
  };
}

function makeBuildsByPackage(connection: Connection) {
  type Row = { package: string; attempts: number; successes: number; tried_on: string; last_attempt: number };
  const page = connection.prepare<{ limit: number; offset: number }, Row>(
    'SELECT * FROM package_totals ORDER BY attempts DESC, last_attempt DESC LIMIT @limit OFFSET @offset',
  );
  return (wish: { limit: number; offset: number }): PackageTotals[] =>
    page.all(wish).map((row) => ({
      package: row.package,
      attempts: row.attempts,
      successes: row.successes,
      triedOn: row.tried_on,
      lastAttemptAt: toMs(row.last_attempt),
    }));
}

type HistoryFilter = Parameters<SwarmReports['history']>[0];

function makeHistory(connection: Connection): (filter: HistoryFilter) => HistoryRow[] {
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
    first_error: string | null;
    first_error_line: number | null;
    excerpt: string | null;
    confidence: Confidence | null;
    conclusion: string | null;
    peak_memory_mb: number | null;
    disk_mb: number | null;
    cpu_s: number | null;
  };
  const ofAll = connection.prepare<HistoryFilter, Row>(
    'SELECT * FROM build_history WHERE id < coalesce(@before, 9e18) ORDER BY id DESC LIMIT @limit',
  );
  const called = connection
    .prepare<{ name: string; from: string; to: string }, string>(
      `SELECT DISTINCT package FROM build_history
       WHERE package IN (@name, '=' || @name) OR (package >= @from AND package < @to)`,
    )
    .pluck();
  const ofPackages = connection.prepare<HistoryFilter & { names: string }, Row>(
    `SELECT * FROM build_history WHERE package IN (SELECT value FROM json_each(@names))
       AND (@session IS NULL OR session_id = @session) AND (@drone IS NULL OR drone_id = @drone)
       AND id < coalesce(@before, 9e18)
     ORDER BY id DESC LIMIT @limit`,
  );
  const ofDrone = connection.prepare<HistoryFilter, Row>(
    `SELECT * FROM build_history WHERE drone_id = @drone AND (@session IS NULL OR session_id = @session)
       AND id < coalesce(@before, 9e18) ORDER BY id DESC LIMIT @limit`,
  );
  const idOf = connection
    .prepare<{ drone: string }, string>(
      `SELECT coalesce((SELECT id FROM nodes WHERE id = @drone),
         (SELECT id FROM nodes WHERE name = @drone ORDER BY last_seen DESC LIMIT 1), @drone)`,
    )
    .pluck();
  const ofPackage = (filter: HistoryFilter, name: string) => {
    // The range also holds names that go on after the hyphen.
    const names = called
      .all({ name, from: `=${name}-`, to: `=${name}.` })
      .filter((each) => isCalled(name, { package: each, cpv: null }));
    return ofPackages.all({ ...filter, names: JSON.stringify(names) });
  };
  const ofSession = connection.prepare<HistoryFilter, Row>(
    `SELECT * FROM build_history WHERE session_id = @session AND id < coalesce(@before, 9e18)
     ORDER BY id DESC LIMIT @limit`,
  );
  const rowsOf = (asked: HistoryFilter) => {
    const filter = { ...asked, drone: asked.drone === null ? null : (idOf.get({ drone: asked.drone }) ?? asked.drone) };
    if (filter.package !== null) return ofPackage(filter, filter.package);
    if (filter.drone !== null) return ofDrone.all(filter);
    return (filter.session === null ? ofAll : ofSession).all(filter);
  };
  return (filter) =>
    rowsOf(filter).map((row) => ({
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
      facts: {
        ...{ firstError: row.first_error, firstErrorLine: row.first_error_line, excerpt: row.excerpt },
        ...{ confidence: row.confidence, conclusion: row.conclusion, cpuS: row.cpu_s },
        ...{ peakMemoryMb: row.peak_memory_mb, diskMb: row.disk_mb },
      },
    }));
}

function makeEvents(connection: Connection, ring: number) {
  const recent = connection.prepare<[number], EventRow>(
    `SELECT * FROM events WHERE id > ? ORDER BY id DESC LIMIT ${ring}`,
  );
  const latest = connection.prepare<[], { id: number | null }>('SELECT max(id) AS id FROM events');
  // From the newest back to the first of the time asked for, and no further.
  const within = `id >= (SELECT id FROM events WHERE timestamp > @since ORDER BY timestamp LIMIT 1) AND timestamp > @since
    AND (@until IS NULL OR (timestamp <= @until
      AND id <= (SELECT id FROM events WHERE timestamp <= @until ORDER BY timestamp DESC, id DESC LIMIT 1)))
    AND (@drone IS NULL OR drone_id = @drone OR details_json ->> '$.drone' = @drone) ORDER BY id DESC LIMIT @limit`;
  const past = connection.prepare<EventFilter, EventRow>(`SELECT * FROM events WHERE ${within}`);
  const pastOfType = connection.prepare<EventFilter, EventRow>(
    `SELECT * FROM events WHERE event_type = @type AND ${within}`,
  );
  return {
    recent: (since: number) => ({
      events: recent.all(since).map(storedEvent).reverse(),
      latestId: latest.get()?.id ?? 0,
    }),
    history: (filter: EventFilter) =>
      (filter.type === null ? past : pastOfType)
        .all({ ...filter, since: filter.since / 1000, until: filter.until === null ? null : filter.until / 1000 })
        .map(storedEvent)
        .reverse(),
  };
}

function makeStatus(
  connection: Connection,
  parts: {
    fleet: FleetReports;
    sessions: ReturnType<typeof makeSessions>;
    timing: (session: string | null) => TimingReport;
    config: ConfigCache;
  },
): (now: number) => StatusReport {
  const { fleet, sessions, timing, config } = parts;
  const counts = connection.prepare<[], { status: PackageState; count: number; ready: number }>(
    'SELECT status, sum(packages) AS count, sum(packages * ready) AS ready FROM queue_totals GROUP BY status',
  );
  // SQLite takes an index of some rows only where the statement names the very condition of the index.
  const named = (state: 'needed' | 'blocked', count: number) =>
    connection.prepare<[], { package: string }>(
      `SELECT package FROM queue WHERE status = '${state}' AND status <> 'received' ORDER BY id LIMIT ${count}`,
    );
  const [needed, blocked] = [named('needed', NEEDED_SHOWN), named('blocked', BLOCKED_SHOWN)];
  const delegated = connection.prepare<[], { package: string; droneId: string; assignedAt: number }>(
    "SELECT package, assigned_to AS droneId, assigned_at * 1000 AS assignedAt FROM queue WHERE status = 'delegated' AND status <> 'received' ORDER BY id",
  );
  return (now) => {
    const rows = counts.all();
    const countOf = (state: PackageState) => rows.find((row) => row.status === state)?.count ?? 0;
    const ready = rows.find((row) => row.status === 'needed')?.ready ?? 0;
    const session = sessions.active();
    return {
      counts: Object.fromEntries(PACKAGE_STATES.map((state) => [state, countOf(state)])) as Record<
        PackageState,
        number
      >,
      ready,
      waiting: countOf('needed') - ready,
      staleReports: Number(config.get('stale_reports') ?? 0),
      expectedPortageTimestamp: config.get('expected_portage_timestamp'),
      isPaused: config.get('paused') === 'true',
      session,
      needed: needed.all().map((row) => row.package),
      delegated: delegated.all(),
      blocked: blocked.all().map((row) => row.package),
      nodes: fleet.nodes(now),
      health: fleet.failing(),
      timing: timing(session?.id ?? null),
    };
  };
}
