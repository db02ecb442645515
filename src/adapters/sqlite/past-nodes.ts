import type { Connection } from './open.ts';
import { runningBuilds } from './rows.ts';
import { type Row, rowsAt } from './undo.ts';

const NODES = {
  table: 'nodes',
  key: 'id',
  changes: 'node_changes',
  changeKey: 'node_id',
  partial: new Set(['capabilities_json', 'running_json', 'builds_completed', 'builds_failed', 'removed_at']),
} as const;

/** The drones at a time (Unix seconds). */
export function pastNodes(connection: Connection, at: number): Row[] {
  const signOfLife = makeSignOfLife(connection, at);
  const buildsAt = makeBuildsAt(connection, at);
  const runningAt = makeRunningAt(connection, at);
  return rowsAt(connection, NODES, at)
    .filter((row) => Number(row['created_at']) <= at)
    .map((row) => ({ ...row, ...signOfLife(row), ...buildsAt(row), ...runningAt(row) }));
}

/**
 * Heartbeats and metrics are not in the history. Of a drone that was heard of again since, the time and the
 * metrics of the newest sample before that time are given, or the time itself and none.
 */
function makeSignOfLife(connection: Connection, at: number): (row: Row) => Row {
  type Sample = { timestamp: number; cpu_percent: number | null; ram_percent: number | null; load_1m: number | null };
  const sampleOf = connection.prepare<[string, number], Sample>(
    `SELECT timestamp, cpu_percent, ram_percent, load_1m FROM metrics_log WHERE node_id = ? AND timestamp <= ?
     ORDER BY timestamp DESC LIMIT 1`,
  );
  const isUnheardSince = connection.prepare<[string, number], { one: 1 }>(
    'SELECT 1 AS one FROM main.nodes WHERE id = ? AND last_seen <= ?',
  );
  return ({ id, last_seen: lastSeen, metrics_json: metrics }) => {
    if (isUnheardSince.get(String(id), at)) return { last_seen: lastSeen ?? at, metrics_json: metrics ?? '{}' };
    const { timestamp = at, ...sample } = sampleOf.get(String(id), at) ?? {};
    const known = Object.entries(sample).filter(([, value]) => value !== null);
    return {
      last_seen: Number(lastSeen) <= at ? (lastSeen ?? at) : timestamp,
      metrics_json: JSON.stringify(Object.fromEntries(known)),
    };
  };
}

/** The present numbers, or those at its removal, less the builds that ended between. */
function makeBuildsAt(connection: Connection, at: number): (row: Row) => Row {
  type Later = { drone_id: string; built_at: number; success: 0 | 1; failed: 0 | 1 };
  const later = connection
    .prepare<[number], Later>(
      `SELECT drone_id, built_at, status = 'success' AS success, status NOT IN ('success', 'returned') AS failed
       FROM build_history WHERE built_at > ?`,
    )
    .all(at);
  const laterOf = new Map<string, Later[]>(later.map((build) => [build.drone_id, []]));
  for (const build of later) laterOf.get(build.drone_id)?.push(build);
  return (row) => {
    const before = Number(row['removed_at'] ?? Number.POSITIVE_INFINITY);
    const builds = (laterOf.get(String(row['id'])) ?? []).filter((build) => build.built_at <= before);
    const less = (column: string, of: 'success' | 'failed') =>
      Math.max(0, Number(row[column]) - builds.reduce((sum, build) => sum + build[of], 0));
    return { builds_completed: less('builds_completed', 'success'), builds_failed: less('builds_failed', 'failed') };
  };
}

/** How long a build had been running is told by when it was handed out. */
function makeRunningAt(connection: Connection, at: number): (row: Row) => Row {
  const grantedAt = connection.prepare<[number], number>('SELECT granted_at FROM attempts WHERE id = ?').pluck();
  return (row) => {
    const running = runningBuilds(String(row['running_json'] ?? '[]')).map((build) => {
      const granted = grantedAt.get(build.attempt);
      return granted === undefined ? build : { ...build, elapsed_s: Math.max(0, at - granted) };
    });
    return { running_json: JSON.stringify(running) };
  };
}
