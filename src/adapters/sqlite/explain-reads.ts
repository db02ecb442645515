import type { ExplainReads, QueuedFacts, Try } from '../../app/explain/explain-ports.ts';
import type { Connection } from './open.ts';
import { CALLED, isCalled } from './package-names.ts';
import { type AttemptRow, type SessionPackageRow, sessionPackage, toMs } from './rows.ts';

const TRIES = 20;
const FOUND = 500;
/** A build's row in the history is written with the end of its attempt. */
const SAME_MOMENT_S = 1;

const ROWS = `SELECT q.*, n.name AS node_name, s.name AS session_name, s.status = 'active' AS session_active,
    q.status = 'received' AND NOT EXISTS (SELECT 1 FROM binpkgs b WHERE b.cpv = q.cpv AND b.state <> 'staged' AND b.state = 'accepted')
      AND EXISTS (SELECT 1 FROM binpkgs b WHERE b.cpv = q.cpv AND b.state <> 'staged' AND b.state = 'published') AS available
  FROM queue q LEFT JOIN nodes n ON n.id = q.assigned_to LEFT JOIN sessions s ON s.id = q.session_id`;

type Row = SessionPackageRow & {
  session_name: string | null;
  session_active: 0 | 1 | null;
  completed_at: number | null;
};

/** What only explanations ask; each question costs an index and not a table. */
export function makeExplainReads(connection: Connection): ExplainReads {
  const called = connection.prepare<{ name: string }, Row>(`${ROWS} WHERE ${CALLED} ORDER BY q.id DESC LIMIT ${FOUND}`);
  const one = connection.prepare<[number], Row>(`${ROWS} WHERE q.id = ?`);
  const paused = connection.prepare<[], string>("SELECT value FROM config WHERE key = 'paused'").pluck();
  const readTries = makeReadTries(connection);
  return {
    findPackages: async (name) =>
      called
        .all({ name })
        .filter((row) => isCalled(name, row))
        .map(facts),
    findPackage: async (id) => {
      const row = one.get(id);
      return row === undefined ? undefined : facts(row);
    },
    readTries: async (id) => readTries(id),
    isSwarmPaused: async () => paused.get() === 'true',
  };
}

function facts(row: Row): QueuedFacts {
  const msOrNull = (seconds: number | null) => (seconds === null ? null : toMs(seconds));
  return {
    ...sessionPackage(row),
    sessionName: row.session_name,
    isSessionActive: row.session_active === 1,
    completedAt: msOrNull(row.completed_at),
    notBefore: msOrNull(row.not_before),
    blockedAt: msOrNull(row.blocked_at),
    ageings: row.ageings,
    maxJobs: row.max_jobs,
  };
}

function makeReadTries(connection: Connection): (id: number) => Try[] {
  type TryRow = AttemptRow & {
    ended_at: number | null;
    failure_class: Try['failureClass'];
    error_message: string | null;
    first_error: string | null;
  };
  const tries = connection.prepare<[number], TryRow>(
    `SELECT a.*, (SELECT h.first_error FROM build_history h WHERE h.attempt = a.id
         AND h.built_at BETWEEN a.ended_at - ${SAME_MOMENT_S} AND a.ended_at + ${SAME_MOMENT_S}) AS first_error
     FROM attempts a WHERE a.queue_id = ? ORDER BY a.id DESC LIMIT ${TRIES}`,
  );
  return (id) =>
    tries.all(id).map((row) => ({
      attempt: row.id,
      droneId: row.drone_id,
      drone: row.drone_name,
      state: row.state,
      startedAt: toMs(row.granted_at),
      endedAt: row.ended_at === null ? null : toMs(row.ended_at),
      failureClass: row.failure_class,
      firstError: row.first_error ?? firstLine(row.error_message),
    }));
}

/** Agents that do not read their logs say what they saw in a sentence or two. */
function firstLine(text: string | null): string | null {
  const line = text?.split('\n').find((each) => each.trim() !== '');
  return line === undefined ? null : line.trim();
}
