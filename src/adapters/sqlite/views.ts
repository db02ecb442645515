import type { SwarmStore } from '../../app/ports.ts';
import { INFRASTRUCTURE_CLASSES } from '../../core/failure-class.ts';
import type { CompletionView, GrantView, ReconcileView } from '../../core/view.ts';
import type { Connection } from './open.ts';
import {
  type AttemptRow,
  candidate,
  droneView,
  type NodeRow,
  type QueueRow,
  queuedPackage,
  runningAttempt,
} from './rows.ts';

/** How many candidates are looked at for one grant. The drone's own failures come last, so none hides another. */
const CANDIDATES = 64;

/** Drones that failed a row since its failures were last forgotten, as a JSON list. */
const FAILED_BY = `(SELECT json_group_array(DISTINCT a.drone_id) FROM attempts a
  WHERE a.queue_id = q.id AND a.state IN ('failed', 'reclaimed') AND a.id > q.failures_since)`;

/** Those of them whose failures count against the package. */
const BLAMED_BY = `(SELECT json_group_array(DISTINCT a.drone_id) FROM attempts a
  WHERE a.queue_id = q.id AND a.state = 'failed' AND a.id > q.failures_since
    AND a.failure_class NOT IN (${INFRASTRUCTURE_CLASSES.map((name) => `'${name}'`).join(', ')}))`;

type ViewReads = Pick<SwarmStore, 'readGrantView' | 'readCompletionView' | 'readReconcileView'>;

/** What decisions are made from, each read in one transaction so that it is of one moment. */
export function makeViews(connection: Connection): ViewReads {
  const shared = sharedReads(connection);
  const grantView = makeGrantView(connection, shared);
  const completionView = makeCompletionView(connection, shared);
  const reconcileView = makeReconcileView(connection, shared);
  return {
    readGrantView: async (droneId, now) => grantView(droneId, now),
    readCompletionView: async (key) => completionView(key),
    readReconcileView: async () => reconcileView(),
  };
}

type SharedReads = ReturnType<typeof sharedReads>;

function sharedReads(connection: Connection) {
  return {
    paused: connection.prepare<[], { value: string }>("SELECT value FROM config WHERE key = 'paused'"),
    node: connection.prepare<[string], NodeRow>('SELECT * FROM nodes WHERE id = ?'),
    nodes: connection.prepare<[], NodeRow>('SELECT * FROM nodes'),
    others: connection.prepare<[string], NodeRow>(
      "SELECT * FROM nodes WHERE id <> ? AND status = 'online' AND paused = 0",
    ),
    queueRow: connection.prepare<[number], QueueRow>('SELECT * FROM queue WHERE id = ?'),
  };
}

function makeGrantView(
  connection: Connection,
  shared: SharedReads,
): (droneId: string, now: number) => GrantView | undefined {
  const held = connection.prepare<[string], AttemptRow>(
    "SELECT * FROM attempts WHERE drone_id = ? AND state = 'running' ORDER BY id",
  );
  // A package that is being built for one session is not built for another at the same time.
  const ready = connection.prepare<{ droneId: string; now: number }, QueueRow & { failed_by: string }>(
    `SELECT q.*, ${FAILED_BY} AS failed_by FROM queue q
     WHERE q.status = 'needed' AND q.ready = 1 AND (q.not_before IS NULL OR q.not_before <= @now)
       AND NOT EXISTS (SELECT 1 FROM queue t WHERE t.package = q.package AND t.status = 'delegated')
     ORDER BY EXISTS (SELECT 1 FROM attempts a WHERE a.queue_id = q.id AND a.drone_id = @droneId
       AND a.state IN ('failed', 'reclaimed') AND a.id > q.failures_since), q.rank DESC, q.id
     LIMIT ${CANDIDATES}`,
  );
  const blocked = connection.prepare<[], QueueRow & { failed_by: string }>(
    `SELECT q.*, ${FAILED_BY} AS failed_by FROM queue q WHERE q.status = 'blocked' AND q.ready = 1 ORDER BY q.id`,
  );
  return connection.transaction((droneId: string, now: number) => {
    const row = shared.node.get(droneId);
    if (!row) return undefined;
    const drone = droneView(row);
    return {
      isPaused: shared.paused.get()?.value === 'true',
      drone,
      held: held.all(droneId).map(runningAttempt),
      candidates: (drone.isSweeper ? blocked.all() : ready.all({ droneId, now: now / 1000 })).map(candidate),
      others: shared.others.all(droneId).map(droneView),
    };
  });
}

type CompletionKey = Parameters<SwarmStore['readCompletionView']>[0];

function makeCompletionView(connection: Connection, shared: SharedReads): (key: CompletionKey) => CompletionView {
  const byId = connection.prepare<[number], AttemptRow>('SELECT * FROM attempts WHERE id = ?');
  // Agents that do not know attempts are matched by what they were given.
  const byPackage = connection.prepare<[string, string], AttemptRow>(
    `SELECT * FROM attempts WHERE drone_id = ? AND package = ? ORDER BY state = 'running' DESC, id DESC LIMIT 1`,
  );
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
  const twins = connection.prepare<[number, string, string | null], QueueRow>(
    "SELECT * FROM queue WHERE id <> ? AND package = ? AND status = 'needed' AND cpv IS ?",
  );
  return connection.transaction((key: CompletionKey) => {
    const attempt = key.attempt === null ? byPackage.get(key.droneId, key.package) : byId.get(key.attempt);
    const queued = attempt === undefined ? undefined : shared.queueRow.get(attempt.queue_id);
    const failures = queued === undefined ? undefined : failedBy.get(queued.id);
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
      others: shared.others.all(key.droneId).map(droneView),
      twins: queued === undefined ? [] : twins.all(queued.id, queued.package, queued.cpv).map(queuedPackage),
    };
  });
}

function makeReconcileView(connection: Connection, shared: SharedReads): () => ReconcileView {
  const running = connection.prepare<[], AttemptRow>("SELECT * FROM attempts WHERE state = 'running' ORDER BY id");
  const sessions = connection.prepare<[], ReconcileView['sessions'][number]>(
    `SELECT s.id, s.name, count(q.id) AS total,
       count(q.id) FILTER (WHERE q.status = 'delegated' OR (q.status = 'needed' AND q.ready = 1)
         OR (q.status = 'received' AND EXISTS (SELECT 1 FROM binpkgs b WHERE b.cpv = q.cpv AND b.state = 'accepted'))) AS movable,
       count(q.id) FILTER (WHERE q.status = 'received') AS received,
       count(q.id) FILTER (WHERE q.status IN ('blocked', 'failed')) AS failed,
       count(q.id) FILTER (WHERE q.status = 'needed' AND q.ready = 0) AS waiting
     FROM sessions s LEFT JOIN queue q ON q.session_id = s.id WHERE s.status = 'active' GROUP BY s.id`,
  );
  return connection.transaction(() => ({
    drones: shared.nodes.all().map(droneView),
    running: running.all().flatMap((row) => {
      const queued = shared.queueRow.get(row.queue_id);
      return queued === undefined ? [] : [{ ...runningAttempt(row), queued: queuedPackage(queued) }];
    }),
    sessions: sessions.all(),
  }));
}
