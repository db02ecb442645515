import type { Breadth, DueBefore, SwarmStore } from '../../app/ports.ts';
import { INFRASTRUCTURE_CLASSES } from '../../core/failure-class.ts';
import type { CompletionView, GrantView, ReconcileView } from '../../core/view.ts';
import type { ConfigCache } from './config-cache.ts';
import type { DroneCache } from './drone-cache.ts';
import type { Connection } from './open.ts';
import {
  blockedPackage,
  type CandidateRow,
  candidate,
  type DroneRow,
  droneView,
  type QueuedRow,
  type QueueRow,
  queuedPackage,
  type RunningRow,
  runningAttempt,
} from './rows.ts';

/** How many candidates are looked at first, and how many when none of those will do. */
const NARROW = 2;
const WIDE = 200;

/** How long a drone is reminded of a package that was taken from it, in seconds. */
const REVOKED_FOR_S = 120;

/** Drones whose attempts at a row ended like this since its failures were last forgotten, as a JSON list. */
const endedBy = (states: string): string => `(SELECT json_group_array(DISTINCT a.drone_id) FROM attempts a
  WHERE a.queue_id = q.id AND a.state IN (${states}) AND a.id > q.failures_since)`;
const FAILED_BY = endedBy("'failed', 'reclaimed'");
/** Who gave it back gets it again only when nobody else could take it. */
const AVOIDED_BY = endedBy("'failed', 'reclaimed', 'returned'");

/** Those of them whose failures count against the package. */
const BLAMED_BY = `(SELECT json_group_array(DISTINCT a.drone_id) FROM attempts a
  WHERE a.queue_id = q.id AND a.state = 'failed' AND a.id > q.failures_since
    AND a.failure_class NOT IN (${INFRASTRUCTURE_CLASSES.map((name) => `'${name}'`).join(', ')}))`;

// Each column that is read costs, and a node has more than a decision needs.
const NODE = `SELECT n.id, n.name, n.type, n.paused, n.status, n.last_seen, n.cores, n.slots, n.portage_timestamp,
    h.failures, h.grounded_until
  FROM nodes n LEFT JOIN drone_health h ON h.node_id = n.id`;

const CANDIDATE = 'q.id, q.package, q.cpv, q.session_id, q.status, q.rank, q.not_before, q.failure_class';
const QUEUED = 'id, package, cpv, status, attempt, session_id, failure_count, infrastructure_failures';
const ATTEMPT = 'a.id, a.queue_id, a.package, a.drone_id, a.state, a.granted_at, a.last_heard_at';

type Parts = { readonly connection: Connection; readonly config: ConfigCache; readonly drones: DroneCache };
type ViewReads = Pick<SwarmStore, 'readGrantView' | 'readCompletionView' | 'readReconcileView'>;

/** What decisions are made from. Each is read without a pause, so that it is of one moment. */
export function makeViews({ connection, config, drones }: Parts): ViewReads {
  const shared = sharedReads(connection, drones);
  const grantView = makeGrantView(connection, shared, config);
  const completionView = makeCompletionView(connection, shared);
  const reconcileView = makeReconcileView(connection, shared);
  return {
    readGrantView: async (droneId, now, breadth) => grantView(droneId, now, breadth),
    readCompletionView: async (key) => completionView(key),
    readReconcileView: async (due) => reconcileView(due),
  };
}

type SharedReads = ReturnType<typeof sharedReads>;

function sharedReads(connection: Connection, drones: DroneCache) {
  const node = connection.prepare<[string], DroneRow>(`${NODE} WHERE n.id = ?`);
  return {
    node: { get: (id: string) => drones.get(id, () => node.get(id)) },
    // One is enough to know that there is one; a fleet of a thousand is not read for that.
    another: connection.prepare<{ id: string; failedBy: string }, DroneRow>(
      `${NODE} WHERE n.id <> @id AND n.status = 'online' AND n.paused = 0 AND n.type <> 'sweeper'
         AND n.id NOT IN (SELECT value FROM json_each(@failedBy)) LIMIT 1`,
    ),
    queueRow: connection.prepare<[number], QueuedRow>(`SELECT ${QUEUED} FROM queue WHERE id = ?`),
  };
}

type Found = CandidateRow & { failed_by: string };

function makeGrantView(connection: Connection, shared: SharedReads, config: ConfigCache) {
  const held = connection.prepare<[string], RunningRow>(
    `SELECT ${ATTEMPT} FROM attempts a WHERE drone_id = ? AND state = 'running' ORDER BY id`,
  );
  const revoked = connection.prepare<[string, number], { package: string }>(
    `SELECT DISTINCT package FROM attempts WHERE drone_id = ? AND state = 'reclaimed' AND ended_at > ?`,
  );
  // A package that is being built for one session is not built for another at the same time. Most packages
  // never failed, and looking for who failed them costs more than the rest.
  const takeable = `q.status = 'needed' AND q.ready = 1 AND (q.not_before IS NULL OR q.not_before <= @now)
    AND NOT EXISTS (SELECT 1 FROM queue t WHERE t.package = q.package AND t.status = 'delegated')`;
  const failedBy = `CASE WHEN q.failure_count + q.infrastructure_failures > 0 OR q.not_before IS NOT NULL
    THEN ${AVOIDED_BY} ELSE '[]' END AS failed_by`;
  const narrow = connection.prepare<{ now: number }, Found>(
    `SELECT ${CANDIDATE}, ${failedBy} FROM queue q INDEXED BY queue_ready WHERE ${takeable} ORDER BY q.rank DESC, q.id LIMIT ${NARROW}`,
  );
  // The drone's own failures come last, so that none hides another.
  const wide = connection.prepare<{ droneId: string; now: number }, Found>(
    `SELECT ${CANDIDATE}, ${failedBy} FROM queue q WHERE ${takeable}
     ORDER BY EXISTS (SELECT 1 FROM attempts a WHERE a.queue_id = q.id AND a.drone_id = @droneId
       AND a.state IN ('failed', 'reclaimed', 'returned') AND a.id > q.failures_since), q.rank DESC, q.id
     LIMIT ${WIDE}`,
  );
  const blocked = connection.prepare<[], Found>(
    `SELECT ${CANDIDATE}, ${FAILED_BY} AS failed_by FROM queue q
     WHERE q.status = 'blocked' AND q.status <> 'received' AND q.ready = 1 ORDER BY q.id LIMIT ${WIDE}`,
  );
  const candidatesFor = (isSweeper: boolean, droneId: string, at: { now: number; isWide: boolean }): Found[] => {
    if (isSweeper) return blocked.all();
    return at.isWide ? wide.all({ droneId, now: at.now }) : narrow.all({ now: at.now });
  };
  return (droneId: string, now: number, breadth: Breadth): GrantView | undefined => {
    const row = shared.node.get(droneId);
    if (!row) return undefined;
    const drone = droneView(row);
    const isWide = breadth === 'wide';
    const rows = candidatesFor(drone.isSweeper, droneId, { now: now / 1000, isWide });
    const candidates = rows.map(candidate);
    const retried = rows.filter((_, index) => candidates[index]?.failedBy.includes(droneId));
    return {
      isPaused: config.get('paused') === 'true',
      drone,
      portageTimestamp: { expected: config.get('expected_portage_timestamp'), reported: row.portage_timestamp },
      held: held.all(droneId).map(runningAttempt),
      candidates,
      hasMore: !isWide && rows.length === NARROW,
      revoked: revoked.all(droneId, now / 1000 - REVOKED_FOR_S).map((each) => each.package),
      others: retried.flatMap((each) => shared.another.all({ id: droneId, failedBy: each.failed_by })).map(droneView),
    };
  };
}

type CompletionKey = Parameters<SwarmStore['readCompletionView']>[0];

function makeCompletionView(connection: Connection, shared: SharedReads): (key: CompletionKey) => CompletionView {
  const byId = connection.prepare<[number], RunningRow>(`SELECT ${ATTEMPT} FROM attempts a WHERE id = ?`);
  // Agents that do not know attempts are matched by what they were given.
  const runningByPackage = connection.prepare<[string, string], RunningRow>(
    `SELECT ${ATTEMPT} FROM attempts a WHERE drone_id = ? AND state = 'running' AND package = ? ORDER BY id DESC LIMIT 1`,
  );
  const endedByPackage = connection.prepare<[string, string], RunningRow>(
    `SELECT ${ATTEMPT} FROM queue q JOIN attempts a ON a.queue_id = q.id WHERE q.package = ? AND a.drone_id = ?
     ORDER BY a.id DESC LIMIT 1`,
  );
  const byPackage = ({ droneId, package: name }: CompletionKey) =>
    runningByPackage.get(droneId, name) ?? endedByPackage.get(name, droneId);
  // Another build may have taken its place in the binhost since it was delivered.
  const verified = connection.prepare<
    [number],
    { one: 1 }
  >(`SELECT 1 AS one FROM binpkgs b WHERE b.attempt = ? AND NOT EXISTS (SELECT 1 FROM binpkgs t
       WHERE t.path = b.path AND t.attempt <> b.attempt AND t.state <> 'staged' AND t.sha256 <> b.sha256)`);
  const failedBy = connection.prepare<[number], { failed_by: string; returns: number }>(
    `SELECT ${BLAMED_BY} AS failed_by, (SELECT count(*) FROM attempts a WHERE a.queue_id = q.id AND a.state = 'returned'
       AND a.id > q.failures_since) AS returns FROM queue q WHERE q.id = ?`,
  );
  const twins = connection.prepare<[number, string, string | null], QueuedRow>(
    `SELECT ${QUEUED} FROM queue WHERE id <> ? AND package = ? AND status = 'needed' AND cpv IS ?`,
  );
  return (key) => {
    const attempt = key.attempt === null ? byPackage(key) : byId.get(key.attempt);
    const queued = attempt === undefined ? undefined : shared.queueRow.get(attempt.queue_id);
    const failures = queued === undefined || key.isSuccess ? undefined : failedBy.get(queued.id);
    const node = shared.node.get(key.droneId);
    return {
      drone: node === undefined ? undefined : droneView(node),
      attempt:
        attempt === undefined || attempt.package !== key.package
          ? undefined
          : {
              id: attempt.id,
              state: attempt.state,
              droneId: attempt.drone_id,
              hasVerifiedPackage: verified.get(attempt.id) !== undefined,
            },
      queued: queued === undefined ? undefined : queuedPackage(queued),
      failedBy: JSON.parse(failures?.failed_by ?? '[]') as string[],
      returns: failures?.returns ?? 0,
      others:
        failures === undefined
          ? []
          : shared.another.all({ id: key.droneId, failedBy: failures.failed_by }).map(droneView),
      twins: queued === undefined ? [] : twins.all(queued.id, queued.package, queued.cpv).map(queuedPackage),
    };
  };
}

/** Only what may be due is read, so that a second's tick does not cost what the swarm weighs. */
function makeReconcileView(connection: Connection, shared: SharedReads): (due: DueBefore) => ReconcileView {
  const drones = connection.prepare<{ seenBefore: number; failures: number }, DroneRow>(
    `${NODE} WHERE (n.status = 'online' AND n.last_seen < @seenBefore) OR h.failures >= @failures OR h.grounded_until IS NOT NULL`,
  );
  const running = connection.prepare<[number], RunningRow>(
    `SELECT ${ATTEMPT} FROM attempts a INDEXED BY attempts_running WHERE state = 'running' AND last_heard_at < ? ORDER BY id`,
  );
  const blocked = connection.prepare<{ before: number; ageings: number }, QueueRow>(
    `SELECT * FROM queue WHERE status = 'blocked' AND ready = 1 AND blocked_at < @before AND ageings < @ageings
       AND NOT EXISTS (SELECT 1 FROM queue t WHERE t.session_id IS queue.session_id AND t.package = queue.package
         AND (t.status IN ('needed', 'delegated') OR t.status = 'blocked' AND t.id < queue.id))
       AND NOT EXISTS (SELECT 1 FROM sessions s WHERE s.id = queue.session_id AND s.status = 'aborted')
     ORDER BY id LIMIT ${WIDE}`,
  );
  const sessions = connection.prepare<[], ReconcileView['sessions'][number]>(
    `SELECT s.id, s.name, coalesce(sum(t.packages), 0) AS total,
       coalesce(sum(t.packages) FILTER (WHERE t.status = 'delegated' OR (t.status = 'needed' AND t.ready = 1)), 0)
         + (SELECT count(*) FROM binpkgs b JOIN queue q ON q.cpv = b.cpv
            WHERE b.state = 'accepted' AND q.session_id = s.id AND q.status = 'received') AS movable,
       coalesce(sum(t.packages) FILTER (WHERE t.status = 'received'), 0) AS received,
       coalesce(sum(t.packages) FILTER (WHERE t.status IN ('blocked', 'failed')), 0) AS failed,
       coalesce(sum(t.packages) FILTER (WHERE t.status = 'needed' AND t.ready = 0), 0) AS waiting
     FROM sessions s LEFT JOIN queue_totals t ON t.session_id = s.id WHERE s.status = 'active' GROUP BY s.id`,
  );
  return (due) => ({
    drones: drones.all({ seenBefore: due.seenBefore / 1000, failures: due.failuresToGround }).map(droneView),
    running: running.all(due.heardBefore / 1000).flatMap((row) => {
      const queued = shared.queueRow.get(row.queue_id);
      const node = shared.node.get(row.drone_id);
      if (queued === undefined) return [];
      return [{ ...runningAttempt(row), queued: queuedPackage(queued), drone: node && droneView(node) }];
    }),
    blocked: blocked.all({ before: due.blockedBefore / 1000, ageings: due.ageingsAllowed }).map(blockedPackage),
    sessions: sessions.all(),
  });
}
