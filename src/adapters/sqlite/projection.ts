import type { DeferredRows } from './deferred-rows.ts';
import type { Pending } from './group-commit.ts';
import { isWish, type LiveAttempt, type LiveQueueRow, type LiveRows } from './live-rows.ts';
import type { Connection } from './open.ts';

/** Something else that is put off. */
export type PutOffWrites = Omit<Pending, 'undone'>;

type Parts = {
  readonly live: LiveRows;
  readonly rows: DeferredRows;
  readonly others: readonly PutOffWrites[];
  /** Around everything that is written here, so that it is not taken for somebody else's. */
  readonly asOurs: (work: () => void) => void;
};

/** Writes what was done in memory to the tables. A row that changed several times is written once. */
export function makeProjection(connection: Connection, { live, rows, others, asOurs }: Parts): Pending {
  const writeAttempt = makeWriteAttempt(connection);
  const writeQueueRow = makeWriteQueueRow(connection);
  const isEmpty = () =>
    !live.attempts.hasUnwritten() &&
    !live.queue.hasUnwritten() &&
    rows.isEmpty() &&
    others.every((each) => each.isEmpty());
  return {
    isEmpty,
    write: () => {
      if (isEmpty()) return;
      asOurs(() => {
        // They may renew builds, so they come first.
        for (const each of others) each.write();
        for (const row of live.attempts.takeUnwritten()) writeAttempt(row);
        for (const row of wishesLast(live.queue.takeUnwritten())) writeQueueRow(row);
        rows.write();
      });
    },
    committed: () => {
      live.attempts.committed();
      live.queue.committed();
      rows.committed();
      for (const each of others) each.committed();
    },
    notWritten: () => {
      for (const each of [live.attempts, live.queue, rows, ...others]) each.notWritten();
    },
    forgetAll: () => {
      for (const each of [rows, ...others]) each.forgetAll();
      live.forgetAll();
    },
    undone: () => {
      live.attempts.distrust();
      live.queue.distrust();
    },
  };
}

/** Of several rows of one package only one may be a wish: those that are none any more are written first. */
function wishesLast(rows: readonly LiveQueueRow[]): readonly LiveQueueRow[] {
  return rows.length < 2 ? rows : [...rows.filter((row) => !isWish(row)), ...rows.filter(isWish)];
}

function makeWriteAttempt(connection: Connection): (row: LiveAttempt) => void {
  const write = connection.prepare(
    `INSERT INTO attempts (id, queue_id, package, drone_id, drone_name, session_id, state, granted_at, last_heard_at,
       ended_at, duration_seconds, failure_class, phase, error_message)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET state = excluded.state, last_heard_at = excluded.last_heard_at,
       ended_at = excluded.ended_at, duration_seconds = excluded.duration_seconds,
       failure_class = excluded.failure_class, phase = excluded.phase, error_message = excluded.error_message`,
  );
  return (row) => {
    const { id, queue_id, package: name, drone_id, drone_name, session_id, state, granted_at, last_heard_at } = row;
    const begun = [id, queue_id, name, drone_id, drone_name, session_id, state, granted_at, last_heard_at];
    write.run(...begun, row.ended_at, row.duration_seconds, row.failure_class, row.phase, row.error_message);
  };
}

function makeWriteQueueRow(connection: Connection): (row: LiveQueueRow) => void {
  const write = connection.prepare(
    `UPDATE queue SET status = ?, assigned_to = ?, assigned_at = ?, completed_at = ?, failure_count = ?,
       infrastructure_failures = ?, failure_class = ?, error_message = ?, attempt = ?, not_before = ?,
       failures_since = ?, blocked_at = ?, ageings = ?, max_jobs = ?, needs_memory_mb = ? WHERE id = ?`,
  );
  return (row) => {
    const owner = [row.status, row.assigned_to, row.assigned_at, row.completed_at];
    const failures = [row.failure_count, row.infrastructure_failures, row.failure_class, row.error_message];
    const rest = [row.attempt, row.not_before, row.failures_since, row.blocked_at, row.ageings];
    write.run(...owner, ...failures, ...rest, row.max_jobs, row.needs_memory_mb, row.id);
  };
}
