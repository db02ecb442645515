import type { Pruner, Retention } from '../../app/operations-ports.ts';
import type { Write } from './group-commit.ts';
import type { Connection } from './open.ts';
import { makePruneStates } from './prune-states.ts';

/** So few that nobody who waits for the database notices. */
const ROWS_AT_ONCE = 250;

/** Removes old rows, oldest first; each by the index on its age. */
export function makePruner(connection: Connection, write: Write): Pruner {
  const events = connection.prepare(
    `DELETE FROM events WHERE id IN
       (SELECT id FROM events WHERE timestamp < ? ORDER BY timestamp LIMIT ${ROWS_AT_ONCE})`,
  );
  const metrics = connection.prepare(
    `DELETE FROM metrics_log WHERE id IN
       (SELECT id FROM metrics_log WHERE timestamp < ? ORDER BY timestamp LIMIT ${ROWS_AT_ONCE})`,
  );
  const packages = connection.prepare(
    `DELETE FROM queue WHERE id IN
       (SELECT q.id FROM sessions s CROSS JOIN queue q ON q.session_id = s.id
        WHERE s.status <> 'active' AND s.completed_at < ? AND q.status <> 'delegated' LIMIT ${ROWS_AT_ONCE})`,
  );
  const pruneStates = makePruneStates(connection, ROWS_AT_ONCE);
  const empty = connection.prepare('DELETE FROM queue_totals WHERE packages = 0');
  return {
    pruneSome: (retention: Retention, now: number) =>
      write(() => {
        const before = (keptMs: number) => (now - keptMs) / 1000;
        const removed =
          events.run(before(retention.eventsMs)).changes +
          metrics.run(before(retention.metricsMs)).changes +
          pruneStates(before(retention.statesMs)) +
          (retention.sessionsMs === null ? 0 : packages.run(before(retention.sessionsMs)).changes);
        if (removed === 0) empty.run();
        return removed;
      }),
  };
}
