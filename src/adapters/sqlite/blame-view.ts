import type { SwarmStore } from '../../app/ports.ts';
import type { Outcome } from '../../core/blame.ts';
import type { FailureClass } from '../../core/failure-class.ts';
import type { JudgedDrone } from '../../core/faulty-drones.ts';
import type { StillBuild } from '../../core/still-builds.ts';
import { DRONE } from './drone-reads.ts';
import type { Connection } from './open.ts';
import {
  type DroneRow,
  droneView,
  type NodeRow,
  QUEUED,
  type QueuedRow,
  queuedPackage,
  type RunningRow,
  runningAttempt,
  toMs,
  toSeconds,
} from './rows.ts';

/** What drones are judged by. However long the history is, its newest rows are read. */
export function makeBlameView(connection: Connection): SwarmStore['readBlameView'] {
  type Row = {
    package: string;
    drone_id: string;
    status: string;
    failure_class: FailureClass | null;
    built_at: number;
  };
  const newest = connection.prepare<{ since: number; limit: number }, Row>(
    `SELECT package, drone_id, status, failure_class, built_at
     FROM (SELECT * FROM build_history ORDER BY id DESC LIMIT @limit)
     WHERE built_at > @since AND (status = 'success' OR failure_class IS NOT NULL)`,
  );
  const nodes = connection.prepare<[], Pick<NodeRow, 'id' | 'name' | 'type' | 'status' | 'paused'> & Judged>(
    'SELECT id, name, type, status, paused, judged_since FROM nodes',
  );
  return async (since, limit) => ({
    outcomes: newest.all({ since: toSeconds(since), limit }).map(
      (row): Outcome => ({
        droneId: row.drone_id,
        package: row.package,
        at: toMs(row.built_at),
        failureClass: row.status === 'success' ? null : row.failure_class,
      }),
    ),
    drones: nodes.all().map(
      (row): JudgedDrone => ({
        id: row.id,
        name: row.name,
        isSweeper: row.type === 'sweeper',
        isWorking: row.status === 'online' && row.paused === 0,
        judgedSince: row.judged_since === null ? null : toMs(row.judged_since),
      }),
    ),
  });
}

type Judged = { readonly judged_since: number | null };

/** What drones that are online said of their builds in their last heartbeats. */
export function makeStillBuilds(connection: Connection): SwarmStore['readStillBuilds'] {
  type Row = RunningRow & { idle_s: number; timeouts: number };
  const idle = connection.prepare<[number], Row>(
    `SELECT a.id, a.queue_id, a.package, a.drone_id, a.state, a.granted_at, a.last_heard_at, r.value ->> '$.idle_s' AS idle_s,
       (SELECT count(*) FROM attempts e JOIN queue q ON q.id = e.queue_id WHERE e.queue_id = a.queue_id
          AND e.id > q.failures_since AND e.failure_class IN ('silent', 'timeout')) AS timeouts
     FROM nodes n, json_each(n.running_json) r JOIN attempts a ON a.id = r.value ->> '$.attempt'
     WHERE n.status = 'online' AND n.running_json <> '[]' AND r.value ->> '$.idle_s' > ? AND a.state = 'running'
       AND a.drone_id = n.id`,
  );
  const queueRow = connection.prepare<[number], QueuedRow>(`SELECT ${QUEUED} FROM queue WHERE id = ?`);
  const drone = connection.prepare<[string], DroneRow>(`${DRONE} WHERE n.id = ?`);
  return async (idleForS) =>
    idle.all(idleForS).flatMap((row): StillBuild[] => {
      const [queued, node] = [queueRow.get(row.queue_id), drone.get(row.drone_id)];
      if (queued === undefined || node === undefined) return [];
      const { idle_s: idleS, timeouts } = row;
      return [{ ...runningAttempt(row), queued: queuedPackage(queued), drone: droneView(node), idleS, timeouts }];
    });
}
