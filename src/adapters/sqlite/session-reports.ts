import type { SessionReport, SessionTotals } from '../../app/report-ports.ts';
import type { Connection } from './open.ts';
import { labelsIn, toMs } from './rows.ts';

type SessionRow = {
  id: string;
  name: string;
  status: SessionReport['status'];
  total_packages: number;
  completed: number;
  failed: number;
  started_at: number;
  completed_at: number | null;
  labels_json: string;
};

/** Sessions with their counts; those of an active one are counted now. */
export function makeSessions(connection: Connection) {
  const counted = `SELECT s.*,
      CASE s.status WHEN 'active' THEN (SELECT coalesce(sum(packages), 0) FROM queue_totals
        WHERE session_id = s.id AND status = 'received') ELSE s.completed_packages END AS completed,
      CASE s.status WHEN 'active' THEN (SELECT coalesce(sum(packages), 0) FROM queue_totals
        WHERE session_id = s.id AND status IN ('blocked', 'failed')) ELSE s.failed_packages END AS failed
    FROM sessions s`;
  const newest = connection.prepare<[number], SessionRow>(
    `${counted} ORDER BY s.started_at DESC, s.rowid DESC LIMIT ?`,
  );
  const one = connection.prepare<[string], SessionRow>(`${counted} WHERE s.id = ?`);
  const active = connection.prepare<[], SessionRow>(
    `${counted} WHERE s.status = 'active' ORDER BY s.started_at DESC, s.rowid DESC LIMIT 1`,
  );
  const totals = connection.prepare<[string], SessionTotals>(
    `SELECT coalesce(sum(total), 0) AS builds, coalesce(sum(success), 0) AS built, coalesce(sum(failed), 0) AS failedBuilds,
       coalesce(sum(duration_seconds), 0) AS buildS, count(*) AS drones FROM build_totals WHERE session_id = ?`,
  );
  const called = connection.prepare<[string, string], Pick<SessionReport, 'id' | 'status'>>(
    'SELECT id, status FROM sessions WHERE id = ? OR name = ? ORDER BY started_at DESC, rowid DESC',
  );
  const none: SessionTotals = { builds: 0, built: 0, failedBuilds: 0, buildS: 0, drones: 0 };
  const totalsOf = (id: string) => totals.get(id) ?? none;
  return {
    newest: (limit: number) => newest.all(limit).map((row) => ({ ...sessionReport(row), ...totalsOf(row.id) })),
    one: (id: string) => {
      const row = one.get(id);
      return row && sessionReport(row);
    },
    called: (idOrName: string) => called.all(idOrName, idOrName),
    active: () => {
      const row = active.get();
      return row === undefined ? null : sessionReport(row);
    },
  };
}

function sessionReport(row: SessionRow): SessionReport {
  return {
    id: row.id,
    name: row.name,
    status: row.status,
    totalPackages: row.total_packages,
    completedPackages: row.completed,
    failedPackages: row.failed,
    startedAt: toMs(row.started_at),
    completedAt: row.completed_at === null ? null : toMs(row.completed_at),
    labels: labelsIn(row.labels_json),
  };
}
