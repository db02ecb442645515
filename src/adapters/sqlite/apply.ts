import type { Applied, StoredEvent } from '../../app/ports.ts';
import type { Change, PackageUpdate } from '../../core/change.ts';
import { assertNever } from '../../core/errors.ts';
import { events, type SwarmEvent } from '../../core/events.ts';
import type { AttemptId } from '../../core/ids.ts';
import { isLegalMove } from '../../core/package-state.ts';
import type { ConfigCache } from './config-cache.ts';
import type { DeferredRows } from './deferred-rows.ts';
import type { DroneCache } from './drone-cache.ts';
import type { GroupCommit } from './group-commit.ts';
import type { Connection } from './open.ts';
import type { SignsOfLife } from './signs-of-life.ts';

/** A guarded write found another state than it expected. Voids the transaction; never leaves this folder. */
class Overtaken extends Error {}

type Parts = {
  readonly connection: Connection;
  readonly writeDeferring: GroupCommit['writeDeferring'];
  readonly config: ConfigCache;
  readonly rows: DeferredRows;
  readonly life: SignsOfLife;
  readonly drones: DroneCache;
};
type Statements = ReturnType<typeof prepare> & Pick<Parts, 'config' | 'life' | 'drones'>;
type Ledger = { events: Dated[]; history: RecordHistory[]; granted: AttemptId | null };
type Dated = Extract<Change, { kind: 'event' }>;
type RecordHistory = Extract<Change, { kind: 'record-history' }>;

/** Make the function that applies a decision: all its changes in one transaction, or nothing. */
export function makeApply(parts: Parts): (changes: readonly Change[]) => Promise<Applied | undefined> {
  const { connection, writeDeferring, rows } = parts;
  const statements = { ...prepare(connection), ...parts };
  return async (changes) => {
    try {
      return await writeDeferring(() => {
        const ledger: Ledger = { events: [], history: [], granted: null };
        for (const change of changes) applyOne(statements, change, ledger);
        // Only now: a change that was overtaken must leave no rows behind.
        return { granted: ledger.granted, events: rows.keep(ledger) };
      }, changes.some(isPrecious));
    } catch (error) {
      if (error instanceof Overtaken) return undefined;
      throw error;
    }
  };
}

/** Once a package is ours its drone forgets it, and it must not have to be built again. */
function isPrecious({ kind }: Change): boolean {
  return kind === 'accept-binpkg';
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
    // Not INSERT … SELECT: for that SQLite looks through the whole queue for rows that wait for this key.
    insertAttempt: connection.prepare(
      `INSERT INTO attempts (queue_id, package, drone_id, drone_name, session_id, state, granted_at, last_heard_at)
       VALUES (?, ?, ?, ?, ?, 'running', ?, ?)`,
    ),
    grant: connection.prepare(
      `UPDATE queue SET status = 'delegated', assigned_to = ?, assigned_at = ?, attempt = ?
       WHERE id = ? AND status = ? AND attempt IS ?`,
    ),
    endAttempt: connection.prepare(
      `UPDATE attempts SET state = ?, ended_at = ?, duration_seconds = ?, failure_class = ?, phase = ?, error_message = ?
       WHERE id = ? AND state = 'running'`,
    ),
    // The usual end, without the questions of the general move.
    receive: connection.prepare(
      `UPDATE queue SET status = 'received', attempt = NULL, completed_at = ?, failure_count = 0,
         infrastructure_failures = 0, failure_class = NULL, error_message = NULL, not_before = NULL, blocked_at = NULL
       WHERE id = ? AND status = ? AND attempt IS ?`,
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
         blocked_at = CASE WHEN @to = 'blocked' THEN @at END,
         ageings = ageings + @ages,
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
    ground: connection.prepare(
      'UPDATE drone_health SET grounded_until = @until WHERE node_id = @droneId AND grounded_until IS NULL',
    ),
    unground: connection.prepare(
      `UPDATE drone_health SET failures = 0, rebooted = 0, grounded_until = NULL
       WHERE node_id = @droneId AND abs(grounded_until - @until) < 0.001`,
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
         completed_packages = (SELECT coalesce(sum(packages), 0) FROM queue_totals
           WHERE session_id = @sessionId AND status = 'received'),
         failed_packages = (SELECT coalesce(sum(packages), 0) FROM queue_totals
           WHERE session_id = @sessionId AND status IN ('blocked', 'failed'))
       WHERE id = @sessionId AND status = 'active' AND NOT EXISTS (SELECT 1 FROM queue_totals
         WHERE session_id = @sessionId AND packages > 0 AND (status = 'delegated' OR (status = 'needed' AND ready = 1)))`,
    ),
    reopenSession: connection.prepare<[string], { id: string; name: string }>(
      "UPDATE sessions SET status = 'active', completed_at = NULL WHERE id = ? AND status = 'completed' RETURNING id, name",
    ),
  };
}

function applyOne(statements: Statements, change: Change, ledger: Ledger): void {
  switch (change.kind) {
    case 'grant':
      ledger.granted = grant(statements, change);
      return;
    case 'end-attempt':
      return endAttempt(statements, change);
    case 'move':
      return move(statements, change);
    case 'accept-binpkg':
      return accept(statements, change);
    case 'record-history':
      ledger.history.push(change);
      return;
    case 'drone-heard':
      return statements.life.note(change.droneId, change.at);
    case 'ground-drone':
    case 'unground-drone':
    case 'drone-health':
    case 'drone-offline':
      statements.drones.forget(change.droneId);
      return changeDrone(statements, change);
    case 'end-session':
      return expectRow(statements.endSession.run({ sessionId: change.sessionId, to: change.to, at: change.at / 1000 }));
    case 'reopen-session':
      return reopen(statements, change, ledger);
    case 'count-stale-report':
      return countStale(statements.config, change.at);
    case 'event':
      ledger.events.push(change);
      return;
    default:
      return assertNever(change);
  }
}

type DroneChange = Extract<Change, { kind: 'ground-drone' | 'unground-drone' | 'drone-health' | 'drone-offline' }>;

function changeDrone(statements: Statements, change: DroneChange): void {
  const { droneId } = change;
  switch (change.kind) {
    case 'ground-drone':
      return expectRow(statements.ground.run({ droneId, until: change.until / 1000 }));
    case 'unground-drone':
      return expectRow(statements.unground.run({ droneId, until: change.groundedUntil / 1000 }));
    case 'drone-health':
      if (change.failed) statements.healthFailed.run({ droneId, at: change.at / 1000 });
      else statements.healthReset.run(droneId);
      return;
    case 'drone-offline':
      return expectRow(statements.offline.run(droneId, change.lastSeenAt / 1000));
    default:
      return assertNever(change);
  }
}

function grant(statements: Statements, change: Extract<Change, { kind: 'grant' }>): AttemptId {
  const { queueId, droneId, expect } = change;
  const at = change.at / 1000;
  const { lastInsertRowid } = statements.insertAttempt.run(
    queueId,
    change.package,
    droneId,
    change.droneName,
    change.sessionId,
    at,
    at,
  );
  const attempt = Number(lastInsertRowid);
  expectRow(statements.grant.run(droneId, at, attempt, queueId, expect.state, expect.attempt));
  return attempt;
}

function endAttempt(statements: Statements, change: Extract<Change, { kind: 'end-attempt' }>): void {
  const { to, at, durationS, failureClass, phase, error, attempt } = change;
  expectRow(statements.endAttempt.run(to, at / 1000, durationS, failureClass, phase, error, attempt));
}

/** It had ended meanwhile, or it had not: both are ordinary. */
function reopen(statements: Statements, change: Extract<Change, { kind: 'reopen-session' }>, ledger: Ledger): void {
  const session = statements.reopenSession.get(change.sessionId);
  if (session !== undefined)
    ledger.events.push({ kind: 'event', event: events.sessionReopened(session), at: change.at });
}

function countStale(config: ConfigCache, now: number): void {
  config.set('stale_reports', String(Number(config.get('stale_reports') ?? 0) + 1), now);
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
  const { state, attempt } = change.expect;
  // What is received has no failures left to tell of, whatever the decision says of them.
  if (change.to === 'received')
    return expectRow(statements.receive.run(change.at / 1000, change.queueId, state, attempt));
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
    ages: update.ages ? 1 : 0,
  };
}

function expectRow(result: { changes: number }): void {
  if (result.changes !== 1) throw new Overtaken();
}
