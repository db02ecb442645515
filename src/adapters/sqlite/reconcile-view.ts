import type { DueBefore, SwarmStore } from '../../app/ports.ts';
import type { ReconcileView } from '../../core/view.ts';
import { DRONE, type DroneReads } from './drone-reads.ts';
import type { Connection } from './open.ts';
import {
  blockedPackage,
  type DroneRow,
  droneView,
  QUEUED,
  type QueuedRow,
  type QueueRow,
  queuedPackage,
  type RunningRow,
  runningAttempt,
} from './rows.ts';

/** So many blocked packages are given another chance in one tick. */
const AT_ONCE = 200;

const ATTEMPT = 'a.id, a.queue_id, a.package, a.drone_id, a.state, a.granted_at, a.last_heard_at';

/** Of several rows of one package in one session only one may be needed, and what was given up with its session is not. */
const REVIVABLE = `ready = 1
  AND NOT EXISTS (SELECT 1 FROM queue t WHERE t.session_id IS queue.session_id AND t.package = queue.package
    AND (t.status IN ('needed', 'delegated') OR t.status = 'blocked' AND t.id < queue.id))
  AND NOT EXISTS (SELECT 1 FROM sessions s WHERE s.id = queue.session_id AND s.status = 'aborted')`;

/** Only what may be due is read, so that a second's tick does not cost what the swarm weighs. */
export function makeReconcileView(connection: Connection, drones: DroneReads): (due: DueBefore) => ReconcileView {
  const suspects = connection.prepare<{ seenBefore: number; failures: number }, DroneRow>(
    `${DRONE} WHERE (n.status = 'online' AND n.last_seen < @seenBefore) OR h.failures >= @failures OR h.grounded_until IS NOT NULL`,
  );
  const running = connection.prepare<[number], RunningRow>(
    `SELECT ${ATTEMPT} FROM attempts a INDEXED BY attempts_running WHERE state = 'running' AND last_heard_at < ? ORDER BY id`,
  );
  const queueRow = connection.prepare<[number], QueuedRow>(`SELECT ${QUEUED} FROM queue WHERE id = ?`);
  const blocked = connection.prepare<{ before: number; ageings: number }, QueueRow>(
    `SELECT * FROM queue WHERE status = 'blocked' AND blocked_at < @before AND ageings < @ageings AND ${REVIVABLE}
     ORDER BY id LIMIT ${AT_ONCE}`,
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
    drones: suspects.all({ seenBefore: due.seenBefore / 1000, failures: due.failuresToGround }).map(droneView),
    running: running.all(due.heardBefore / 1000).flatMap((row) => {
      const queued = queueRow.get(row.queue_id);
      const node = drones.drone(row.drone_id);
      if (queued === undefined) return [];
      return [{ ...runningAttempt(row), queued: queuedPackage(queued), drone: node && droneView(node) }];
    }),
    blocked: blocked.all({ before: due.blockedBefore / 1000, ageings: due.ageingsAllowed }).map(blockedPackage),
    sessions: sessions.all(),
  });
}

/** By name, at most so many as another chance is given to at once. */
export function makeReadBlocked(connection: Connection): SwarmStore['readBlocked'] {
  const blocked = connection.prepare<[string], QueueRow>(
    `SELECT * FROM queue WHERE package IN (SELECT value FROM json_each(?)) AND status = 'blocked' AND ${REVIVABLE}
     ORDER BY id LIMIT ${AT_ONCE}`,
  );
  return async (names) => (names.length === 0 ? [] : blocked.all(JSON.stringify(names)).map(blockedPackage));
}
