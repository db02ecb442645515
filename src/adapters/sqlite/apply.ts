import type { Applied, StoredEvent } from '../../app/ports.ts';
import type { Change, PackageUpdate } from '../../core/change.ts';
import { assertNever } from '../../core/errors.ts';
import type { SwarmEvent } from '../../core/events.ts';
import type { AttemptId } from '../../core/ids.ts';
import { isLegalMove } from '../../core/package-state.ts';
import type { Connection } from './open.ts';

/** A guarded write found another state than it expected. Voids the transaction; never leaves this folder. */
class Overtaken extends Error {}

type Statements = ReturnType<typeof prepare>;
type Ledger = { events: StoredEvent[]; granted: AttemptId | null };

/** Make the function that applies a decision: all its changes in one transaction, or nothing. */
export function makeApply(connection: Connection): (changes: readonly Change[]) => Applied | undefined {
  const statements = prepare(connection);
  const run = connection.transaction((changes: readonly Change[]): Applied => {
    const ledger: Ledger = { events: [], granted: null };
    for (const change of changes) applyOne(statements, change, ledger);
    return ledger;
  });
  return (changes) => {
    try {
      return run.immediate(changes);
    } catch (error) {
      if (error instanceof Overtaken) return undefined;
      throw error;
    }
  };
}

/** Insert an event within the caller's transaction. */
export function makeRecordEvent(connection: Connection): (event: SwarmEvent, at: number) => StoredEvent {
  const insert = connection.prepare(
    'INSERT INTO events (timestamp, event_type, message, details_json, drone_id, package) VALUES (?, ?, ?, ?, ?, ?)',
  );
  return (event, at) => {
    const { lastInsertRowid } = insert.run(
      at / 1000,
      event.type,
      event.message,
      JSON.stringify(event.details),
      event.droneId,
      event.package,
    );
    return { ...event, id: Number(lastInsertRowid), at };
  };
}

function prepare(connection: Connection) {
  return {
    recordEvent: makeRecordEvent(connection),
    insertAttempt: connection.prepare(
      `INSERT INTO attempts (queue_id, package, drone_id, drone_name, session_id, state, granted_at, last_heard_at)
       SELECT q.id, q.package, n.id, n.name, q.session_id, 'running', @at, @at FROM queue q, nodes n
       WHERE q.id = @queueId AND n.id = @droneId AND q.status = @state AND q.attempt IS @attempt`,
    ),
    grant: connection.prepare(
      `UPDATE queue SET status = 'delegated', assigned_to = @droneId, assigned_at = @at, attempt = @newAttempt
       WHERE id = @queueId AND status = @state AND attempt IS @attempt`,
    ),
    endAttempt: connection.prepare(
      `UPDATE attempts SET state = @to, ended_at = @at, duration_seconds = @durationS, failure_class = @failureClass,
         phase = @phase, error_message = @error
       WHERE id = @attempt AND state = 'running'`,
    ),
    move: connection.prepare(
      `UPDATE queue SET status = @to, attempt = NULL,
         assigned_to = CASE WHEN @to = 'needed' THEN NULL ELSE assigned_to END,
         assigned_at = CASE WHEN @to = 'needed' THEN NULL ELSE assigned_at END,
         completed_at = CASE WHEN @to = 'received' THEN @at END,
         failure_count = coalesce(@failures, failure_count),
         infrastructure_failures = coalesce(@infrastructureFailures, infrastructure_failures),
         failure_class = CASE WHEN @setsFailureClass THEN @failureClass ELSE failure_class END,
         error_message = CASE WHEN @setsError THEN @error ELSE error_message END,
         not_before = CASE WHEN @setsNotBefore THEN @notBefore ELSE not_before END,
         failures_since = CASE WHEN @forgets THEN (SELECT coalesce(max(id), 0) FROM attempts) ELSE failures_since END
       WHERE id = @queueId AND status = @state AND attempt IS @attempt`,
    ),
    acceptBinpkg: connection.prepare(
      `UPDATE binpkgs SET state = 'accepted', accepted_at = ? WHERE attempt = ? AND state = 'staged'
         AND NOT EXISTS (SELECT 1 FROM binpkgs t WHERE t.path = binpkgs.path AND t.state <> 'staged')`,
    ),
    isThere: connection.prepare<[number], { one: 1 }>(
      `SELECT 1 AS one FROM binpkgs b JOIN binpkgs t ON t.path = b.path AND t.sha256 = b.sha256 AND t.state <> 'staged'
       WHERE b.attempt = ? AND b.state = 'staged'`,
    ),
    recordHistory: connection.prepare(
      `INSERT INTO build_history (package, drone_id, drone_name, status, duration_seconds, error_message, session_id,
         built_at, attempt, failure_class, phase)
       VALUES (@package, @droneId, @droneName, @status, @durationS, @error, @sessionId, @at, @attempt, @failureClass, @phase)`,
    ),
    healthFailed: connection.prepare(
      `INSERT INTO drone_health (node_id, failures, last_failure) VALUES (@droneId, 1, @at)
       ON CONFLICT (node_id) DO UPDATE SET failures = failures + 1, last_failure = @at`,
    ),
    healthReset: connection.prepare(
      'UPDATE drone_health SET failures = 0, rebooted = 0, grounded_until = NULL WHERE node_id = ?',
    ),
    offline: connection.prepare(
      "UPDATE nodes SET status = 'offline', current_task = NULL, running_json = '[]' WHERE id = ? AND status = 'online' AND last_seen <= ?",
    ),
    endSession: connection.prepare(
      `UPDATE sessions SET status = @to, completed_at = @at,
         completed_packages = (SELECT count(*) FROM queue WHERE session_id = @sessionId AND status = 'received'),
         failed_packages = (SELECT count(*) FROM queue WHERE session_id = @sessionId AND status IN ('blocked', 'failed'))
       WHERE id = @sessionId AND status = 'active' AND NOT EXISTS (SELECT 1 FROM queue WHERE session_id = @sessionId
         AND (status = 'delegated' OR (status = 'needed' AND ready = 1)))`,
    ),
    reopenSession: connection.prepare(
      "UPDATE sessions SET status = 'active', completed_at = NULL WHERE id = ? AND status = 'completed'",
    ),
    countStale: connection.prepare(
      `INSERT INTO config (key, value, updated_at) VALUES ('stale_reports', '1', unixepoch())
       ON CONFLICT (key) DO UPDATE SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT), updated_at = unixepoch()`,
    ),
  };
}

function applyOne(statements: Statements, change: Change, ledger: Ledger): void {
  switch (change.kind) {
    case 'grant':
      ledger.granted = grant(statements, change);
      return;
    case 'end-attempt':
      return expectRow(statements.endAttempt.run({ ...change, at: change.at / 1000 }));
    case 'move':
      return move(statements, change);
    case 'accept-binpkg':
      return accept(statements, change);
    case 'record-history':
      return expectRow(statements.recordHistory.run({ ...change, at: change.at / 1000 }));
    case 'drone-health':
      if (change.failed) statements.healthFailed.run({ droneId: change.droneId, at: change.at / 1000 });
      else statements.healthReset.run(change.droneId);
      return;
    case 'drone-offline':
      return expectRow(statements.offline.run(change.droneId, change.lastSeenAt / 1000));
    case 'end-session':
      return expectRow(statements.endSession.run({ sessionId: change.sessionId, to: change.to, at: change.at / 1000 }));
    case 'reopen-session':
      statements.reopenSession.run(change.sessionId);
      return;
    case 'count-stale-report':
      statements.countStale.run();
      return;
    case 'event':
      ledger.events.push(statements.recordEvent(change.event, change.at));
      return;
    default:
      return assertNever(change);
  }
}

function grant(statements: Statements, change: Extract<Change, { kind: 'grant' }>): AttemptId {
  const guard = { queueId: change.queueId, droneId: change.droneId, at: change.at / 1000, ...change.expect };
  const inserted = statements.insertAttempt.run(guard);
  expectRow(inserted);
  const newAttempt = Number(inserted.lastInsertRowid);
  expectRow(statements.grant.run({ ...guard, newAttempt }));
  return newAttempt;
}

/** The very same file may have come by another attempt; then nothing is left to accept. */
function accept(statements: Statements, change: Extract<Change, { kind: 'accept-binpkg' }>): void {
  const { changes } = statements.acceptBinpkg.run(change.at / 1000, change.attempt);
  if (changes !== 1 && !statements.isThere.get(change.attempt)) throw new Overtaken();
}

function move(statements: Statements, change: Extract<Change, { kind: 'move' }>): void {
  if (!isLegalMove(change.expect.state, change.to)) {
    throw new Error(`illegal move of package ${change.queueId}: ${change.expect.state} to ${change.to}`);
  }
  expectRow(
    statements.move.run({
      queueId: change.queueId,
      to: change.to,
      at: change.at / 1000,
      ...change.expect,
      ...columnsOf(change.update),
    }),
  );
}

/** SQLite has no "undefined": each optional column comes with a flag that says whether it is set. */
function columnsOf(update: PackageUpdate) {
  return {
    failures: update.failures ?? null,
    infrastructureFailures: update.infrastructureFailures ?? null,
    setsFailureClass: update.failureClass === undefined ? 0 : 1,
    failureClass: update.failureClass ?? null,
    setsError: update.error === undefined ? 0 : 1,
    error: update.error ?? null,
    setsNotBefore: update.notBefore === undefined ? 0 : 1,
    notBefore: update.notBefore === undefined || update.notBefore === null ? null : update.notBefore / 1000,
    forgets: update.forgetsFailures ? 1 : 0,
  };
}

function expectRow(result: { changes: number }): void {
  if (result.changes !== 1) throw new Overtaken();
}
