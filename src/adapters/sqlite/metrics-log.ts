import type { MetricsLog, MetricsRow } from '../../app/operations-ports.ts';
import type { Write } from './group-commit.ts';
import type { Connection } from './open.ts';
import { makeQueueCounts } from './queue-counts.ts';
import { jsonObject, toMs } from './rows.ts';

/**
 * In a larger swarm the drones take turns, so that one sample is written in a few milliseconds and a day
 * of them stays readable.
 */
const NODES_OF_A_SAMPLE = 500;

/** The table `metrics_log`. */
export function makeMetricsLog(connection: Connection, write: Write): MetricsLog {
  const queue = makeQueueCounts(connection);
  const times = connection
    .prepare<[number], number>(
      'SELECT timestamp FROM metrics_log WHERE node_id IS NULL AND timestamp > ? ORDER BY timestamp',
    )
    .pluck();
  const at = connection.prepare<[number], LogRow>('SELECT * FROM metrics_log WHERE timestamp = ? ORDER BY id');
  const current = connection.prepare<[], { name: string; metrics_json: string }>(
    "SELECT name, metrics_json FROM nodes WHERE status = 'online' AND metrics_json <> '{}' ORDER BY name",
  );
  const takeSample = makeSample(connection);
  const newest = makeNewest(connection);
  return {
    sample: async (now) => write(() => takeSample(now)),
    newest: async (filter) => newest(filter),
    sampleTimes: async (since) => times.all(since / 1000).map(toMs),
    rowsAt: async (ms) => at.all(ms / 1000).map(metricsRow),
    current: async () => ({
      counts: queue.read().counts,
      drones: Object.fromEntries(current.all().map((row) => [row.name, jsonObject(row.metrics_json)])),
    }),
  };
}

function makeSample(connection: Connection): (now: number) => void {
  const queue = makeQueueCounts(connection);
  const insert = connection.prepare(
    `INSERT INTO metrics_log (timestamp, node_id, cpu_percent, ram_percent, load_1m, queue_needed, queue_delegated,
       queue_received, queue_blocked) VALUES (@at, NULL, NULL, NULL, NULL, @needed, @delegated, @received, @blocked)`,
  );
  const insertNodes = connection.prepare(
    `INSERT INTO metrics_log (timestamp, node_id, cpu_percent, ram_percent, load_1m, disk_free_mb, queue_needed,
       queue_delegated, queue_received, queue_blocked)
     SELECT @at, id, ${number('cpu_percent')}, ${number('ram_percent')}, ${number('load_1m')},
       ${number('disk_free_mb')}, @needed, @delegated, @received, @blocked
     FROM nodes WHERE status = 'online' AND metrics_json <> '{}' AND id > @after ORDER BY id LIMIT @limit`,
  );
  const lastOf = connection
    .prepare<[number], string>('SELECT max(node_id) FROM metrics_log WHERE timestamp = ? AND node_id IS NOT NULL')
    .pluck();
  let after = '';
  return (now) => {
    const { needed, delegated, received, blocked } = queue.read().counts;
    const values = { at: now / 1000, needed, delegated, received, blocked };
    const { changes } = insertNodes.run({ ...values, after, limit: NODES_OF_A_SAMPLE });
    after = changes < NODES_OF_A_SAMPLE ? '' : (lastOf.get(values.at) ?? '');
    insert.run(values);
  };
}

/** A drone says what it likes; only a number is one. */
function number(field: string): string {
  return `CASE WHEN json_type(metrics_json, '$.${field}') IN ('integer', 'real')
    THEN CAST(json_extract(metrics_json, '$.${field}') AS REAL) END`;
}

function makeNewest(connection: Connection) {
  const all = connection.prepare<{ since: number; limit: number }, LogRow>(
    'SELECT * FROM metrics_log WHERE timestamp > @since ORDER BY timestamp DESC, id DESC LIMIT @limit',
  );
  const ofNode = connection.prepare<{ since: number; limit: number; nodeId: string }, LogRow>(
    `SELECT * FROM metrics_log WHERE node_id = @nodeId AND timestamp > @since
     ORDER BY timestamp DESC, id DESC LIMIT @limit`,
  );
  return ({ since, nodeId, limit }: { since: number; nodeId: string | null; limit: number }): MetricsRow[] => {
    const filter = { since: since / 1000, limit };
    const rows = nodeId === null ? all.all(filter) : ofNode.all({ ...filter, nodeId });
    return rows.reverse().map(metricsRow);
  };
}

type LogRow = {
  id: number;
  timestamp: number;
  node_id: string | null;
  cpu_percent: number | null;
  ram_percent: number | null;
  load_1m: number | null;
  disk_free_mb: number | null;
  queue_needed: number;
  queue_delegated: number;
  queue_received: number;
  queue_blocked: number;
};

function metricsRow(row: LogRow): MetricsRow {
  return {
    id: row.id,
    at: toMs(row.timestamp),
    nodeId: row.node_id,
    cpuPercent: row.cpu_percent,
    ramPercent: row.ram_percent,
    load1m: row.load_1m,
    diskFreeMb: row.disk_free_mb,
    needed: row.queue_needed,
    delegated: row.queue_delegated,
    received: row.queue_received,
    blocked: row.queue_blocked,
  };
}
