import type { SwarmStore } from '../../app/ports.ts';
import type { CompletionView } from '../../core/view.ts';
import type { DroneReads } from './drone-reads.ts';
import { BLAMED_BY } from './ended-by.ts';
import type { LiveRows } from './live-rows.ts';
import type { Connection } from './open.ts';
import { droneView, memoryMb, QUEUED, type QueuedRow, queuedPackage, type RunningRow } from './rows.ts';

const ATTEMPT = 'a.id, a.queue_id, a.package, a.drone_id, a.state, a.granted_at, a.last_heard_at';

type CompletionKey = Parameters<SwarmStore['readCompletionView']>[0];
type Parts = {
  /** Settled: what was put off is written before it is asked. */
  readonly connection: Connection;
  readonly live: LiveRows;
  readonly drones: DroneReads;
};

/** What a report is judged by. Only of what is over, or failed, the tables are asked. */
export function makeCompletionView(parts: Parts): (key: CompletionKey) => CompletionView {
  const { live, drones } = parts;
  const findAttempt = makeFindAttempt(parts);
  const findQueued = makeFindQueued(parts);
  const isVerified = makeIsVerified(parts);
  const failuresOf = makeFailuresOf(parts);
  const fleetMemory = makeFleetMemory(parts);
  return (key) => {
    const attempt = findAttempt(key);
    const queued = attempt === undefined ? undefined : findQueued(attempt.queue_id);
    const failures = queued === undefined || key.isSuccess ? undefined : failuresOf(queued.id);
    const node = drones.drone(key.droneId);
    return {
      drone: node === undefined ? undefined : droneView(node),
      attempt:
        attempt === undefined || attempt.package !== key.package
          ? undefined
          : {
              id: attempt.id,
              state: attempt.state,
              droneId: attempt.drone_id,
              hasVerifiedPackage: isVerified(attempt),
            },
      queued: queued === undefined ? undefined : queuedPackage(queued),
      failedBy: JSON.parse(failures?.failed_by ?? '[]') as string[],
      returns: failures?.returns ?? 0,
      others: failures === undefined ? [] : drones.another(key.droneId, failures.failed_by).map(droneView),
      twins: queued === undefined ? [] : twinsOf(live, queued).map(queuedPackage),
      neighbours: Math.max(0, live.heldBy(key.droneId).length - 1),
      fleetMemoryMb: failures === undefined ? [] : fleetMemory(),
    };
  };
}

function makeFindAttempt({ connection, live }: Parts): (key: CompletionKey) => RunningRow | undefined {
  const byId = connection.prepare<[number], RunningRow>(`SELECT ${ATTEMPT} FROM attempts a WHERE id = ?`);
  const endedByPackage = connection.prepare<[string, string], RunningRow>(
    `SELECT ${ATTEMPT} FROM queue q JOIN attempts a ON a.queue_id = q.id WHERE q.package = ? AND a.drone_id = ?
     ORDER BY a.id DESC LIMIT 1`,
  );
  return ({ attempt, droneId, package: name }) => {
    if (attempt !== null) return live.attempts.get(attempt) ?? byId.get(attempt);
    // Agents that do not know attempts are matched by what they were given.
    return live.heldBy(droneId).findLast((row) => row.package === name) ?? endedByPackage.get(name, droneId);
  };
}

function makeFindQueued({ connection, live }: Parts): (id: number) => QueuedRow | undefined {
  const one = connection.prepare<[number], QueuedRow>(`SELECT ${QUEUED} FROM queue WHERE id = ?`);
  return (id) => live.queue.get(id) ?? one.get(id);
}

/** Another build may have taken its place in the binhost since it was delivered. */
function makeIsVerified({ connection, live }: Parts): (attempt: RunningRow) => boolean {
  const verified = connection
    .prepare<[number], 1>(
      `SELECT 1 FROM binpkgs b WHERE b.attempt = ? AND NOT EXISTS (SELECT 1 FROM binpkgs t
       WHERE t.path = b.path AND t.attempt <> b.attempt AND t.state <> 'staged' AND t.sha256 <> b.sha256)`,
    )
    .pluck();
  return ({ id, state }) => {
    if (state === 'running' && !live.mayHaveDelivered(id)) return false;
    return verified.get(id) !== undefined;
  };
}

type Failures = { readonly failed_by: string; readonly returns: number };

function makeFailuresOf({ connection }: Parts): (queueId: number) => Failures | undefined {
  const failedBy = connection.prepare<[number], Failures>(
    `SELECT ${BLAMED_BY} AS failed_by, (SELECT count(*) FROM attempts a WHERE a.queue_id = q.id AND a.state = 'returned'
       AND a.id > q.failures_since) AS returns FROM queue q WHERE q.id = ?`,
  );
  return (queueId) => failedBy.get(queueId);
}

/** Who is grounded comes back by itself. */
function makeFleetMemory({ connection }: Parts): () => (number | null)[] {
  const sizes = connection
    .prepare<[], number | null>(
      "SELECT DISTINCT ram_gb FROM nodes WHERE status = 'online' AND paused = 0 AND type <> 'sweeper'",
    )
    .pluck();
  return () => sizes.all().map(memoryMb);
}

/** What other sessions wish for, and would take the same binary for. */
function twinsOf(live: LiveRows, queued: QueuedRow): QueuedRow[] {
  return live
    .wishesFor(queued.package)
    .filter((row) => row.id !== queued.id && row.status === 'needed' && row.cpv === queued.cpv);
}
