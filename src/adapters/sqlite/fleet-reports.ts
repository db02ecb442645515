import type { DroneHealthReport, HealthReport, NodeReport } from '../../app/report-ports.ts';
import { type KnownNodes, makeKnownNodes, type StatusOf } from './known-nodes.ts';
import type { Connection } from './open.ts';
import { type NodeRow, toMs } from './rows.ts';

export type FleetReports = Pick<KnownNodes, 'readAhead'> & {
  /** Write what was put off, and read most of what was written, so that `nodes` has little left to do. */
  catchUp(): Promise<void>;
  /** Every known drone, by name; the same list as before if nothing in it has changed. */
  nodes(now: number): readonly NodeReport[];
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

export type FleetOptions = {
  readonly staleUntilMs: number;
  /**
   * The same database, by a connection whose statements do not first write what was put off: who reads ahead must
   * not make others write more often.
   */
  readonly unsettled?: Connection | undefined;
};

/** What is known of the drones. */
export function makeFleetReports(
  connection: Connection,
  { staleUntilMs, unsettled = connection }: FleetOptions,
): FleetReports {
  const statusOf: StatusOf = ({ isOnline, lastSeenAt }, now) => {
    if (isOnline) return 'online';
    return now - lastSeenAt < staleUntilMs ? 'stale' : 'offline';
  };
  const known = makeKnownNodes(unsettled, statusOf);
  const settle = connection.prepare('SELECT 1');
  const health = connection.prepare<[], Pick<NodeRow, 'id' | 'name' | 'ip' | 'status' | 'last_seen'> & HealthRow>(
    `SELECT n.id, n.name, n.ip, n.status, n.last_seen, h.* FROM nodes n LEFT JOIN drone_health h ON h.node_id = n.id
     ORDER BY n.name`,
  );
  const failing = connection.prepare<[], HealthRow & { node_id: string }>(
    'SELECT * FROM drone_health WHERE failures > 0',
  );
  return {
    nodes: (now) => known.all(now),
    catchUp: () => {
      settle.get();
      return known.catchUp();
    },
    readAhead: (now) => known.readAhead(now),
    droneHealth: (now) =>
      health.all().map((row) => ({
        ...healthReport(row.id, row),
        name: row.name,
        ip: row.ip,
        status: statusOf({ isOnline: row.status === 'online', lastSeenAt: toMs(row.last_seen) }, now),
      })),
    failing: () => failing.all().map((row) => healthReport(row.node_id, row)),
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
