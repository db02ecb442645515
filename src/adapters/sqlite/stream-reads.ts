import type { StoredEvent } from '../../app/ports.ts';
import type { NodeLine, QueueLine, StreamReads } from '../../app/stream-ports.ts';
import type { AttemptState, PackageState } from '../../core/package-state.ts';
import type { Connection } from './open.ts';
import { makeQueueCounts } from './queue-counts.ts';
import { type EventRow, jsonObject, runningBuilds, storedEvent, toMs } from './rows.ts';

/** A package that several sessions wish for has several rows; so many of them are looked at. */
const ROWS_OF_A_PACKAGE = 3;

/** What streams read; every question goes by a key or an index. */
export function makeStreamReads(connection: Connection): StreamReads {
  const ids = connection.prepare<[], { oldest: number | null; latest: number | null }>(
    'SELECT (SELECT min(id) FROM events) AS oldest, (SELECT max(id) FROM events) AS latest',
  );
  const state = connection.prepare<[number], AttemptState>('SELECT state FROM attempts WHERE id = ?').pluck();
  const queue = makeQueueCounts(connection);
  const packages = makePackages(connection);
  const nodes = makeNodes(connection);
  const between = makeEventsBetween(connection);
  return {
    eventIds: async () => {
      const row = ids.get();
      return { oldest: row?.oldest ?? 0, latest: row?.latest ?? 0 };
    },
    eventsBetween: async (range) => between(range),
    packages: async (names) => packages(names),
    nodes: async (wanted) => nodes(wanted),
    attemptState: async (attempt) => state.get(attempt),
    queueCounts: async () => ({ ...queue.read(), isPaused: queue.isPaused() }),
  };
}

function makeEventsBetween(connection: Connection) {
  const some = connection.prepare<{ after: number; upTo: number; limit: number }, EventRow>(
    'SELECT * FROM events WHERE id > @after AND id <= @upTo ORDER BY id LIMIT @limit',
  );
  return (range: { after: number; upTo: number; limit: number }): StoredEvent[] => some.all(range).map(storedEvent);
}

function makePackages(connection: Connection): (names: readonly string[]) => QueueLine[] {
  type Row = Omit<QueueLine, 'isReady' | 'state'> & { status: PackageState; ready: 0 | 1 };
  const newest = connection.prepare<[string], Row>(
    `SELECT q.id, q.package, q.status, q.ready, q.assigned_to AS droneId, n.name AS assignedTo, q.attempt,
       q.failure_count AS failures, q.failure_class AS failureClass, q.session_id AS sessionId
     FROM queue q LEFT JOIN nodes n ON n.id = q.assigned_to
     WHERE q.package = ? ORDER BY q.id DESC LIMIT ${ROWS_OF_A_PACKAGE}`,
  );
  const line = ({ status, ready, ...row }: Row): QueueLine => ({ ...row, state: status, isReady: ready === 1 });
  return connection.transaction((names: readonly string[]) => names.flatMap((name) => newest.all(name).map(line)));
}

function makeNodes(connection: Connection): (ids: readonly string[]) => NodeLine[] {
  type Row = {
    id: string;
    name: string;
    type: 'drone' | 'sweeper';
    status: 'online' | 'offline';
    paused: 0 | 1;
    last_seen: number;
    current_task: string | null;
    metrics_json: string;
    running_json: string;
  };
  const byId = connection.prepare<[string], Row>(
    `SELECT id, name, type, status, paused, last_seen, current_task, metrics_json, running_json
     FROM nodes WHERE id = ?`,
  );
  const line = (row: Row): NodeLine => ({
    id: row.id,
    name: row.name,
    type: row.type,
    isOnline: row.status === 'online',
    isPaused: row.paused === 1,
    lastSeenAt: toMs(row.last_seen),
    currentTask: row.current_task,
    metrics: jsonObject(row.metrics_json),
    running: runningBuilds(row.running_json),
  });
  return connection.transaction((ids: readonly string[]) => ids.flatMap((id) => byId.all(id).map(line)));
}
