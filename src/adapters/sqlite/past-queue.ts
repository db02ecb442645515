import type { ListedPackage } from '../../app/list-queue.ts';
import type { Connection } from './open.ts';
import { type SessionPackageRow, sessionPackage } from './rows.ts';

/**
 * The queue at a time (Unix seconds), as a temporary table that hides the real one. Of each package that was changed
 * later, the first such change tells what it was. Attempts and classes of failures are not in the history: the attempts
 * of that time tell them. Priorities by hand are those of now.
 */
export function makePastQueue(connection: Connection, at: number): void {
  connection
    .prepare(
      `CREATE TEMP TABLE queue AS
       WITH undone AS (SELECT *, min(id) FROM main.queue_changes WHERE at > @at GROUP BY queue_id)
       SELECT q.id, coalesce(u.package, q.package) AS package, q.cpv, coalesce(u.status, q.status) AS status,
         coalesce(u.ready, q.ready) AS ready,
         CASE WHEN u.id IS NULL THEN q.session_id ELSE u.session_id END AS session_id,
         CASE WHEN u.id IS NULL THEN q.assigned_to ELSE u.assigned_to END AS assigned_to,
         CASE WHEN u.id IS NULL THEN q.assigned_at ELSE u.assigned_at END AS assigned_at,
         CASE WHEN u.id IS NULL THEN q.failure_count ELSE u.failure_count END AS failure_count,
         CASE WHEN u.id IS NULL THEN q.error_message ELSE u.error_message END AS error_message,
         q.attempt, q.failure_class, q.bump, u.id IS NOT NULL AS was_other
       FROM main.queue q LEFT JOIN undone u ON u.queue_id = q.id WHERE q.created_at <= @at
       UNION ALL
       SELECT u.queue_id, u.package, ltrim(u.package, '='), u.status, u.ready, u.session_id, u.assigned_to, u.assigned_at,
         u.failure_count, u.error_message, NULL, NULL, 0, 1
       FROM undone u WHERE u.created_at <= @at AND NOT EXISTS (SELECT 1 FROM main.queue q WHERE q.id = u.queue_id)`,
    )
    .run({ at });
  connection.exec(
    `CREATE TEMP TABLE queue_totals AS
       SELECT coalesce(session_id, '') AS session_id, status, ready, count(*) AS packages FROM temp.queue GROUP BY 1, 2, 3`,
  );
}

/**
 * The packages of the session that was active, or all of them, in the order of the queue; what each waited for is not
 * said yet. For when all tables of that time are there.
 */
export function readPastQueue(connection: Connection, at: number): readonly ListedPackage[] {
  const rows = connection
    .prepare<{ at: number }, SessionPackageRow>(
      `SELECT q.id, q.package, q.cpv, q.status, q.ready, q.session_id, q.failure_count, q.error_message, q.bump,
         CASE WHEN NOT q.was_other THEN q.attempt WHEN q.status <> 'delegated' THEN NULL ELSE
           (SELECT max(a.id) FROM main.attempts a WHERE a.queue_id = q.id AND a.granted_at <= @at) END AS attempt,
         CASE WHEN NOT q.was_other THEN q.failure_class WHEN q.error_message IS NULL THEN NULL ELSE
           (SELECT a.failure_class FROM main.attempts a WHERE a.queue_id = q.id AND a.ended_at <= @at
            AND a.failure_class IS NOT NULL ORDER BY a.id DESC LIMIT 1) END AS failure_class,
         n.name AS node_name, q.status = 'received' AS available
       FROM temp.queue q LEFT JOIN temp.nodes n ON n.id = q.assigned_to
       WHERE q.session_id IS (SELECT id FROM temp.sessions WHERE status = 'active' ORDER BY started_at DESC, rowid DESC LIMIT 1)
         OR NOT EXISTS (SELECT 1 FROM temp.sessions WHERE status = 'active')
       ORDER BY CASE q.status WHEN 'delegated' THEN 0 WHEN 'needed' THEN 1 WHEN 'blocked' THEN 2
         WHEN 'failed' THEN 3 ELSE 4 END, q.id`,
    )
    .all({ at });
  return rows.map((row) => ({ ...sessionPackage(row), waitingOn: [] }));
}
