import type { NewSession, StoredEvent, SwarmStore } from '../../app/ports.ts';
import type { SwarmEvent } from '../../core/events.ts';
import { events } from '../../core/events.ts';
import { makeRecordEvent } from './apply.ts';
import type { Connection } from './open.ts';
import { toSeconds } from './rows.ts';

type QueueWrites = Pick<
  SwarmStore,
  'addSession' | 'markReadiness' | 'setPaused' | 'unblock' | 'probeWrite' | 'hasRetryDue' | 'shiftPauses'
>;

/** What operators do to the queue. */
export function makeQueueWrites(connection: Connection): QueueWrites {
  const recordEvent = makeRecordEvent(connection);
  const addSession = makeAddSession(connection);
  const unblock = makeUnblock(connection);
  const setConfig = connection.prepare(
    `INSERT INTO config (key, value, updated_at) VALUES (@key, @value, @at)
     ON CONFLICT (key) DO UPDATE SET value = @value, updated_at = @at`,
  );
  const ready = connection.prepare("UPDATE queue SET ready = ? WHERE id = ? AND status = 'needed'");
  const shift = connection.prepare(
    "UPDATE queue SET not_before = not_before + ? WHERE not_before IS NOT NULL AND status IN ('needed', 'blocked')",
  );
  const retryDue = connection.prepare<{ since: number; now: number }, { one: 1 }>(
    "SELECT 1 AS one FROM queue WHERE status = 'needed' AND ready = 1 AND not_before > @since AND not_before <= @now LIMIT 1",
  );
  return {
    hasRetryDue: async (since, now) => retryDue.get({ since: toSeconds(since), now: toSeconds(now) }) !== undefined,
    addSession: async (session) => addSession.immediate(session),
    markReadiness: async (ids) =>
      connection.transaction(() => {
        for (const id of ids.ready) ready.run(1, id);
        for (const id of ids.waiting) ready.run(0, id);
      })(),
    shiftPauses: async (driftMs) => {
      shift.run(toSeconds(driftMs));
    },
    setPaused: async (isPaused, event, now) =>
      connection.transaction(() => {
        setConfig.run({ key: 'paused', value: String(isPaused), at: toSeconds(now) });
        return [recordEvent(event, now)];
      })(),
    unblock: async (packageName, now) => unblock.immediate(packageName, now),
    probeWrite: async (now) => {
      setConfig.run({ key: 'last_probe_write', value: String(now), at: toSeconds(now) });
    },
  };
}

function makeAddSession(connection: Connection) {
  const recordEvent = makeRecordEvent(connection);
  const insertSession = connection.prepare(
    "INSERT INTO sessions (id, name, status, started_at) VALUES (@id, @name, 'active', @at) ON CONFLICT (id) DO NOTHING",
  );
  const insertPlan = connection.prepare('INSERT INTO plans (session_id, plan_json) VALUES (?, ?)');
  const setTimestamp = connection.prepare(
    `INSERT INTO config (key, value, updated_at) VALUES ('expected_portage_timestamp', @value, @at)
     ON CONFLICT (key) DO UPDATE SET value = @value, updated_at = @at`,
  );
  const insert = connection.prepare(
    `INSERT INTO queue (package, cpv, status, completed_at, failure_class, error_message, session_id, rank, ready, created_at)
     VALUES (@package, @cpv, @state, CASE WHEN @state = 'received' THEN @at END, @failureClass, @error, @sessionId, @rank, @isReady, @at)
     ON CONFLICT (session_id, package) WHERE status IN ('needed', 'delegated') DO NOTHING`,
  );
  // It may have ended between the question for the active session and now.
  const reopen = connection.prepare(
    "UPDATE sessions SET status = 'active', completed_at = NULL WHERE id = ? AND status = 'completed'",
  );
  const countTotal = connection.prepare(
    'UPDATE sessions SET total_packages = (SELECT count(*) FROM queue WHERE session_id = @id) WHERE id = @id',
  );
  return connection.transaction((session: NewSession) => {
    const at = toSeconds(session.at);
    insertSession.run({ id: session.id, name: session.name, at });
    if (session.plan) insertPlan.run(session.id, JSON.stringify(session.plan));
    if (session.expectedPortageTimestamp) setTimestamp.run({ value: session.expectedPortageTimestamp, at });
    const skipped: string[] = [];
    let queued = 0;
    for (const each of session.packages) {
      const row = { ...each, isReady: each.isReady ? 1 : 0, sessionId: session.id, at };
      if (insert.run(row).changes === 0) skipped.push(each.package);
      else if (each.state === 'needed') queued += 1;
    }
    if (queued > 0) reopen.run(session.id);
    countTotal.run({ id: session.id });
    const announced: SwarmEvent[] =
      queued > 0 ? [events.queued(queued, session.id), ...session.events] : [...session.events];
    return { queued, skipped, events: announced.map((event): StoredEvent => recordEvent(event, session.at)) };
  });
}

/**
 * Put blocked packages back, with their failures forgotten, and take up the sessions they belong to
 * again. What Portage's resolver refused stays: only a new plan can change that. Of several rows of one
 * package in one session the oldest goes first, since only one of them may live.
 */
function makeUnblock(connection: Connection) {
  const recordEvent = makeRecordEvent(connection);
  const unblock = connection.prepare<{ package: string | null }, { session_id: string | null }>(
    `UPDATE queue SET status = 'needed', failure_count = 0, infrastructure_failures = 0, failure_class = NULL,
       error_message = NULL, assigned_to = NULL, assigned_at = NULL, not_before = NULL,
       failures_since = (SELECT coalesce(max(id), 0) FROM attempts)
     WHERE status = 'blocked' AND ready = 1 AND (@package IS NULL OR package = @package)
       AND NOT EXISTS (SELECT 1 FROM queue o WHERE o.session_id IS queue.session_id AND o.package = queue.package
         AND o.status = 'blocked' AND o.ready = 1 AND o.id < queue.id)
       AND NOT EXISTS (SELECT 1 FROM queue t WHERE t.session_id IS queue.session_id AND t.package = queue.package
         AND t.status IN ('needed', 'delegated'))
     RETURNING session_id`,
  );
  const reopen = connection.prepare(
    "UPDATE sessions SET status = 'active', completed_at = NULL WHERE id = ? AND status = 'completed'",
  );
  return connection.transaction((packageName: string | null, now: number) => {
    const rows = unblock.all({ package: packageName });
    for (const sessionId of new Set(rows.map((row) => row.session_id))) if (sessionId !== null) reopen.run(sessionId);
    const stored = rows.length > 0 ? [recordEvent(events.unblocked(rows.length), now)] : [];
    return { unblocked: rows.length, events: stored };
  });
}
