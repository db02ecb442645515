import type { AttemptFacts, SwarmStore } from '../../app/ports.ts';
import type { Plan } from '../../core/plan.ts';
import type { Connection } from './open.ts';
import { type AttemptRow, jsonObject, type NodeRow, type SessionPackageRow, sessionPackage } from './rows.ts';

type SessionReads = Pick<
  SwarmStore,
  | 'readAttempt'
  | 'readActiveSession'
  | 'readOpenSessions'
  | 'readPlan'
  | 'readSessionPackages'
  | 'readExpectedPortageTimestamp'
  | 'readDronePortageTimestamp'
>;

const PACKAGES = `SELECT q.*, n.name AS node_name,
    q.status = 'received' AND NOT EXISTS (SELECT 1 FROM binpkgs b WHERE b.cpv = q.cpv AND b.state = 'accepted')
      AND EXISTS (SELECT 1 FROM binpkgs b WHERE b.cpv = q.cpv AND b.state = 'published') AS available
  FROM queue q LEFT JOIN nodes n ON n.id = q.assigned_to`;
const LISTED = `ORDER BY CASE q.status WHEN 'delegated' THEN 0 WHEN 'needed' THEN 1 WHEN 'blocked' THEN 2
  WHEN 'failed' THEN 3 ELSE 4 END, q.id`;

/** Sessions, their plans and their packages. */
export function makeSessionReads(connection: Connection): SessionReads {
  const active = connection.prepare<[], { id: string }>(
    "SELECT id FROM sessions WHERE status = 'active' ORDER BY started_at DESC, rowid DESC LIMIT 1",
  );
  const open = connection.prepare<[], { id: string }>(
    "SELECT id FROM sessions WHERE status = 'active' ORDER BY started_at",
  );
  const plan = connection.prepare<[string], { plan_json: string }>('SELECT plan_json FROM plans WHERE session_id = ?');
  const ofSession = connection.prepare<[string], SessionPackageRow>(`${PACKAGES} WHERE q.session_id = ? ${LISTED}`);
  const ofAll = connection.prepare<[], SessionPackageRow>(`${PACKAGES} ${LISTED}`);
  const config = connection.prepare<[string], { value: string | null }>('SELECT value FROM config WHERE key = ?');
  const node = connection.prepare<[string], NodeRow>('SELECT * FROM nodes WHERE id = ?');
  const readPlan = (sessionId: string): Plan | undefined => {
    const row = plan.get(sessionId);
    // Written by addSession from a validated plan.
    return row === undefined ? undefined : (JSON.parse(row.plan_json) as Plan);
  };
  const readAttempt = makeReadAttempt(connection);
  return {
    readAttempt: async (attempt) => readAttempt(attempt),
    readActiveSession: async () => active.get()?.id ?? null,
    readOpenSessions: async () => open.all().map((row) => row.id),
    readPlan: async (sessionId) => readPlan(sessionId),
    readSessionPackages: async (sessionId) =>
      (sessionId === null ? ofAll.all() : ofSession.all(sessionId)).map(sessionPackage),
    readExpectedPortageTimestamp: async () => config.get('expected_portage_timestamp')?.value ?? null,
    readDronePortageTimestamp: async (droneId) => {
      const row = node.get(droneId);
      const stamp: unknown = row === undefined ? null : jsonObject(row.capabilities_json)['portage_timestamp'];
      return typeof stamp === 'string' ? stamp : null;
    },
  };
}

function makeReadAttempt(connection: Connection) {
  const one = connection.prepare<[number], AttemptRow & { cpv: string | null; current: 0 | 1 }>(
    `SELECT a.*, q.cpv, a.state = 'running' AND q.attempt IS a.id AS current
     FROM attempts a LEFT JOIN queue q ON q.id = a.queue_id WHERE a.id = ?`,
  );
  return (attempt: number): AttemptFacts | undefined => {
    const row = one.get(attempt);
    if (!row) return undefined;
    return {
      id: row.id,
      droneId: row.drone_id,
      droneName: row.drone_name,
      package: row.package,
      isCurrent: row.current === 1,
      sessionId: row.session_id,
      cpv: row.cpv,
    };
  };
}
