import type { PastState } from '../../app/past-states.ts';
import { createConfigCache } from './config-cache.ts';
import type { Connection } from './open.ts';
import { pastNodes } from './past-nodes.ts';
import { makePastQueue, readPastQueue } from './past-queue.ts';
import { makeReports } from './reports.ts';
import { toMs } from './rows.ts';
import { type Row, rowsAt } from './undo.ts';

/** Which moment (Unix seconds), and how much of it. */
export type PastQuestion = { readonly at: number; readonly isWithQueue: boolean; readonly staleUntilMs: number };

/**
 * The state of the swarm at a time (Unix seconds). The tables that the reports read are made anew beside the
 * real ones, as they were then, and the very same reports read those: whatever the present is shown as, the
 * past is shown likewise.
 */
export async function readPastState(
  connection: Connection,
  { at, isWithQueue, staleUntilMs }: PastQuestion,
): Promise<PastState> {
  connection.exec('BEGIN');
  try {
    const since = startOf(connection);
    if (since === null || at < since) return { unknownBefore: since === null ? null : toMs(since) };
    makePast(connection, at);
    const reports = makeReports(connection, {
      config: createConfigCache(connection),
      eventsRing: 0,
      staleUntilMs,
    });
    return { status: await reports.status(toMs(at)), queue: isWithQueue ? readPastQueue(connection, at) : null };
  } finally {
    // The tables that were made go with it.
    connection.exec('ROLLBACK');
  }
}

/** When the history begins, in Unix seconds. One that was there from the beginning begins with the first thing there was. */
function startOf(connection: Connection): number | null {
  return (
    connection
      .prepare<[], number | null>(
        `SELECT coalesce((SELECT max(since) FROM state_history), (SELECT min(came) FROM (
         SELECT min(created_at) AS came FROM nodes UNION ALL SELECT min(created_at) FROM node_changes
         UNION ALL SELECT min(started_at) FROM sessions UNION ALL SELECT min(started_at) FROM session_changes
         UNION ALL SELECT min(at) FROM config_changes)))`,
      )
      .pluck()
      .get() ?? null
  );
}

const SESSIONS = { table: 'sessions', key: 'id', changes: 'session_changes', changeKey: 'session_id' } as const;
const HEALTH = {
  table: 'drone_health',
  key: 'node_id',
  changes: 'drone_health_changes',
  changeKey: 'node_id',
} as const;
const CONFIG = { table: 'config', key: 'key', changes: 'config_changes', changeKey: 'key' } as const;

function makePast(connection: Connection, at: number): void {
  const hadBegun = (session: Row) => Number(session['started_at']) <= at;
  makePastQueue(connection, at);
  makePastBuilds(connection, at);
  fill(connection, 'nodes', pastNodes(connection, at));
  fill(connection, 'sessions', rowsAt(connection, SESSIONS, at).filter(hadBegun));
  fill(connection, 'drone_health', rowsAt(connection, HEALTH, at));
  fill(connection, 'config', rowsAt(connection, CONFIG, at));
}

/** Totals of builds, less the builds that ended later. */
function makePastBuilds(connection: Connection, at: number): void {
  connection.exec('CREATE TEMP TABLE build_totals AS SELECT * FROM main.build_totals');
  connection
    .prepare(
      `UPDATE temp.build_totals AS t SET total = t.total - l.total, success = t.success - l.success,
         failed = t.failed - l.failed, timed = t.timed - l.timed, duration_seconds = t.duration_seconds - l.duration
       FROM (SELECT s.column1 AS of, h.session_id, h.drone_name, count(*) AS total, sum(h.status = 'success') AS success,
           sum(h.status NOT IN ('success', 'returned')) AS failed,
           sum(h.status = 'success' AND h.duration_seconds > 0) AS timed,
           sum(CASE WHEN h.status = 'success' THEN max(h.duration_seconds, 0) ELSE 0 END) AS duration
         FROM main.build_history h, (VALUES ('*'), ('')) s WHERE h.built_at > @at
         GROUP BY s.column1, CASE s.column1 WHEN '*' THEN '*' ELSE coalesce(h.session_id, '') END, h.drone_name) l
       WHERE t.session_id = CASE l.of WHEN '*' THEN '*' ELSE coalesce(l.session_id, '') END
         AND t.drone_name = l.drone_name`,
    )
    .run({ at });
  connection.exec('DELETE FROM temp.build_totals WHERE total <= 0');
}

/** A table of the name and columns of a real one, which hides it, with these rows. */
function fill(connection: Connection, table: string, rows: readonly Row[]): void {
  connection.exec(`CREATE TEMP TABLE ${table} AS SELECT * FROM main.${table} WHERE 0`);
  const columns = (connection.pragma(`temp.table_info(${table})`) as { name: string }[]).map(({ name }) => name);
  const insert = connection.prepare(
    `INSERT INTO temp.${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
  );
  for (const row of rows) insert.run(columns.map((name) => row[name] ?? null));
  // What is written with ON CONFLICT needs its key.
  connection.exec(`CREATE UNIQUE INDEX temp.past_${table} ON ${table} (${columns[0]})`);
}
