import type { DroneHealthReport, HealthReport, NodeReport, NodeStatus } from '../../app/report-ports.ts';
import type { DroneId } from '../../core/ids.ts';
import { type NodeWritten, watchNodes } from './node-watch.ts';
import type { Connection } from './open.ts';
import { jsonObject, type NodeRow, runningBuilds, toMs } from './rows.ts';

export type FleetReports = {
  /** Every known drone, by name. */
  nodes(now: number): NodeReport[];
  /** One entry a known drone, by name. */
  droneHealth(now: number): DroneHealthReport[];
  /** Health of the drones that failed lately. */
  failing(): HealthReport[];
};

type HealthRow = {
  failures: number | null;
  last_failure: number | null;
  rebooted: number | null;
  grounded_until: number | null;
  last_probe_result: string | null;
  last_probe_at: number | null;
};

/** What is known of the drones. */
export function makeFleetReports(connection: Connection, staleUntilMs: number): FleetReports {
  const kept = keptNodes(connection);
  const health = connection.prepare<[], Pick<NodeRow, 'id' | 'name' | 'ip' | 'status' | 'last_seen'> & HealthRow>(
    `SELECT n.id, n.name, n.ip, n.status, n.last_seen, h.* FROM nodes n LEFT JOIN drone_health h ON h.node_id = n.id
     ORDER BY n.name`,
  );
  const failing = connection.prepare<[], HealthRow & { node_id: string }>(
    'SELECT * FROM drone_health WHERE failures > 0',
  );
  const statusOf = (row: Pick<NodeRow, 'status' | 'last_seen'>, now: number): NodeStatus => {
    if (row.status === 'online') return 'online';
    return now - toMs(row.last_seen) < staleUntilMs ? 'stale' : 'offline';
  };
  return {
    nodes: (now) =>
      kept().map((each) => {
        const status = statusOf(each.row, now);
        if (each.report?.status !== status) each.report = nodeReport(each, status);
        return each.report;
      }),
    droneHealth: (now) =>
      health.all().map((row) => ({
        ...healthReport(row.id, row),
        name: row.name,
        ip: row.ip,
        status: statusOf(row, now),
      })),
    failing: () => failing.all().map((row) => healthReport(row.node_id, row)),
  };
}

type Kept = {
  readonly row: NodeRow;
  readonly capabilities: Record<string, unknown>;
  report: NodeReport | undefined;
};

/**
 * Every drone, by name. Between two questions few of thousands have changed, and only those are read again;
 * the report of one that has not is the same object as before.
 */
function keptNodes(connection: Connection): () => readonly Kept[] {
  const all = connection.prepare<[], NodeRow>('SELECT * FROM nodes ORDER BY name');
  // Of a file that others write nobody here knows when it was written.
  if (connection.readonly) return () => all.all().map((row) => keep(row, undefined));
  const one = connection.prepare<[string], NodeRow>('SELECT * FROM nodes WHERE id = ?');
  const sign = connection.prepare<[string], Pick<NodeRow, 'last_seen' | 'metrics_json'>>(
    'SELECT last_seen, metrics_json FROM nodes WHERE id = ?',
  );
  const written = new Map<DroneId, NodeWritten>();
  let byName: readonly Kept[] | undefined;
  let byId = new Map<DroneId, Kept>();
  watchNodes(connection, 'reports', (id, what) => {
    if (written.get(id) !== 'facts') written.set(id, what);
  });

  const readAll = () => {
    byName = all.all().map((row) => keep(row, byId.get(row.id)));
    byId = new Map(byName.map((each) => [each.row.id, each]));
    return byName;
  };
  const readOne = (id: DroneId, what: NodeWritten, before: NodeRow): NodeRow | undefined => {
    if (what === 'facts') return one.get(id);
    const said = sign.get(id);
    return said && { ...before, ...said };
  };
  const readWritten = (before: readonly Kept[]) => {
    for (const [id, what] of written) {
      const each = byId.get(id);
      const row = each && readOne(id, what, each.row);
      // One that came, went or has another name: another order.
      if (row === undefined || row.name !== each?.row.name) return readAll();
      Object.assign(each, keep(row, each));
    }
    return before;
  };
  return () => {
    const read = byName === undefined ? readAll() : readWritten(byName);
    // What is read before its commit may be undone.
    if (!connection.inTransaction) written.clear();
    return read;
  };
}

function keep(row: NodeRow, before: Kept | undefined): Kept {
  // What a drone can do hardly ever changes.
  const isSame = before?.row.capabilities_json === row.capabilities_json;
  return { row, capabilities: isSame ? before.capabilities : jsonObject(row.capabilities_json), report: undefined };
}

function nodeReport({ row, capabilities }: Kept, status: NodeStatus): NodeReport {
  return {
    id: row.id,
    name: row.name,
    ip: row.ip,
    type: row.type,
    cores: row.cores,
    ramGb: row.ram_gb,
    status,
    isPaused: row.paused === 1,
    lastSeenAt: toMs(row.last_seen),
    currentTask: row.current_task,
    version: row.version,
    createdAt: toMs(row.created_at),
    capabilities,
    metrics: jsonObject(row.metrics_json),
    buildsCompleted: row.builds_completed,
    buildsFailed: row.builds_failed,
    running: runningBuilds(row.running_json),
  };
}

function healthReport(nodeId: string, row: HealthRow): HealthReport {
  const msOrNull = (seconds: number | null) => (seconds === null ? null : toMs(seconds));
  return {
    nodeId,
    failures: row.failures ?? 0,
    lastFailureAt: msOrNull(row.last_failure),
    rebooted: row.rebooted ?? 0,
    groundedUntil: msOrNull(row.grounded_until),
    lastProbeResult: row.last_probe_result,
    lastProbeAt: msOrNull(row.last_probe_at),
  };
}
