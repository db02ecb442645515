import { setImmediate as nextTurn } from 'node:timers/promises';
import type { NodeReport, NodeStatus } from '../../app/report-ports.ts';
import type { DroneId } from '../../core/ids.ts';
import { type NodeWritten, watchNodes } from './node-watch.ts';
import type { Connection } from './open.ts';
import { jsonObject, labelsIn, type NodeRow, runningBuilds, toMs } from './rows.ts';

export type KnownNodes = {
  /** Every drone, by name. One that has not changed is the same object as before; if none has, so is the list. */
  all(now: number): readonly NodeReport[];
  /** Read most of what was written, some rows a turn of the event loop, so that `all` has little left to read. */
  catchUp(): Promise<void>;
  /** Read some rows of what was written, at once, and return what they say; while a write is open, nothing. */
  readAhead(now: number): readonly NodeReport[];
};

export type StatusOf = (node: { isOnline: boolean; lastSeenAt: number }, now: number) => NodeStatus;

/** Rows that are read in one turn of the event loop: a millisecond or two. */
const ROWS_A_TURN = 200;

/** What the rows of the drones say. */
export function makeKnownNodes(connection: Connection, statusOf: StatusOf): KnownNodes {
  // Of a file that others write nobody here knows when it was written.
  return connection.readonly ? readAnew(connection, statusOf) : readOnceWritten(connection, statusOf);
}

function readAnew(connection: Connection, statusOf: StatusOf): KnownNodes {
  const rows = connection.prepare<[], NodeRow>('SELECT * FROM nodes ORDER BY name');
  return {
    all: (now) => rows.all().map((row) => reportAt(keep(row, undefined), statusOf, now)),
    catchUp: async () => {},
    readAhead: () => [],
  };
}

/** The report is replaced and never changed: whoever has it may go on using it, and keep its text with it. */
type Kept = { isOnline: boolean; capabilitiesJson: string; report: NodeReport };

/** Between two questions few of thousands have changed, and only those are read again. */
function readOnceWritten(connection: Connection, statusOf: StatusOf): KnownNodes {
  const written = createWritten(connection);
  const kept = createKept(connection);
  let shown: readonly NodeReport[] = [];
  let catchingUp: Promise<void> | undefined;

  const readSome = (count: number): readonly DroneId[] => {
    const ids = [];
    for (const [id, what] of written) {
      if (ids.length >= count) break;
      kept.read(id, what);
      ids.push(id);
      // What is read before its commit may be undone.
      if (!connection.inTransaction) written.delete(id);
    }
    return ids;
  };
  const catchUp = async () => {
    // Where drones write faster than this reads, or writes never end, the rest is read at once by who asks.
    let turns = 2 * Math.ceil(written.size / ROWS_A_TURN);
    const isMuch = () => written.size > (connection.inTransaction ? 0 : ROWS_A_TURN);
    for (; turns > 0 && connection.open && isMuch(); turns -= 1) {
      if (!connection.inTransaction) readSome(ROWS_A_TURN);
      await nextTurn();
    }
  };
  return {
    all: (now) => {
      readSome(Number.POSITIVE_INFINITY);
      const reports = kept.byName().map((each) => reportAt(each, statusOf, now));
      shown = isSameList(shown, reports) ? shown : reports;
      return shown;
    },
    catchUp: () => {
      catchingUp ??= catchUp().finally(() => {
        catchingUp = undefined;
      });
      return catchingUp;
    },
    readAhead: (now) => {
      if (!connection.open || connection.inTransaction) return [];
      return readSome(ROWS_A_TURN).flatMap((id) => {
        const each = kept.byId(id);
        return each === undefined ? [] : [reportAt(each, statusOf, now)];
      });
    },
  };
}

/** What was written of which drone since it was read; at first nothing was read. */
function createWritten(connection: Connection): Map<DroneId, NodeWritten> {
  const ids = connection.prepare<[], DroneId>('SELECT id FROM nodes').pluck().all();
  const written = new Map<DroneId, NodeWritten>(ids.map((id) => [id, 'facts']));
  watchNodes(connection, 'reports', (id, what) => {
    // Only a sign of life is less than another: after it, more may have to be read than it asks for.
    written.set(id, what === 'sign-of-life' ? (written.get(id) ?? what) : what);
  });
  return written;
}

function createKept(connection: Connection) {
  const order = connection.prepare<[], DroneId>('SELECT id FROM nodes ORDER BY name').pluck();
  const one = connection.prepare<[DroneId], NodeRow>('SELECT * FROM nodes WHERE id = ?');
  const sign = connection.prepare<[DroneId], Pick<NodeRow, 'last_seen' | 'metrics_json'>>(
    'SELECT last_seen, metrics_json FROM nodes WHERE id = ?',
  );
  const byId = new Map<DroneId, Kept>();
  let byName: readonly Kept[] | undefined;

  const readSign = (id: DroneId, before: Kept) => {
    const row = sign.get(id);
    if (row === undefined) return;
    const metrics = jsonObject(row.metrics_json);
    before.report = { ...before.report, lastSeenAt: toMs(row.last_seen), metrics };
  };
  const readAll = (id: DroneId, before: Kept | undefined) => {
    const row = one.get(id);
    // One that came, went or has another name: another order.
    if (row?.name !== before?.report.name) byName = undefined;
    if (row === undefined) byId.delete(id);
    else if (before === undefined) byId.set(id, keep(row, undefined));
    else Object.assign(before, keep(row, before));
  };
  return {
    read: (id: DroneId, what: NodeWritten) => {
      const before = byId.get(id);
      if (before !== undefined && what === 'sign-of-life') readSign(id, before);
      else readAll(id, before);
    },
    byId: (id: DroneId) => byId.get(id),
    byName: () => {
      byName ??= order.all().flatMap((id) => byId.get(id) ?? []);
      return byName;
    },
  };
}

function keep(row: NodeRow, before: Kept | undefined): Kept {
  // What a drone can do hardly ever changes.
  const isSame = before?.capabilitiesJson === row.capabilities_json;
  const capabilities = isSame ? before.report.capabilities : jsonObject(row.capabilities_json);
  const report = nodeReport(row, capabilities);
  return { isOnline: row.status === 'online', capabilitiesJson: row.capabilities_json, report };
}

function nodeReport(row: NodeRow, capabilities: Record<string, unknown>): NodeReport {
  return {
    id: row.id,
    name: row.name,
    ip: row.ip,
    type: row.type,
    cores: row.cores,
    ramGb: row.ram_gb,
    status: row.status,
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
    coresLimit: row.cores_limit,
    labels: labelsIn(row.labels_json),
  };
}

/** A silent drone becomes another by time alone. */
function reportAt(each: Kept, statusOf: StatusOf, now: number): NodeReport {
  const { isOnline, report } = each;
  const status = statusOf({ isOnline, lastSeenAt: report.lastSeenAt }, now);
  if (report.status !== status) each.report = { ...report, status };
  return each.report;
}

function isSameList(one: readonly NodeReport[], other: readonly NodeReport[]): boolean {
  return one.length === other.length && one.every((each, index) => each === other[index]);
}
