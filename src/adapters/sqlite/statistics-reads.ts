import { setImmediate as nextTurn } from 'node:timers/promises';
import type { StatisticsReads } from '../../app/statistics-ports.ts';
import type { PastRow } from '../../core/waiting.ts';
import type { Connection } from './open.ts';
import { toMs } from './rows.ts';

/** Read in one turn of the event loop: some milliseconds. */
const ROWS_A_TURN = 1_000;

type BuildRow = {
  readonly id: number;
  readonly package: string;
  readonly drone_name: string;
  readonly status: string;
  readonly duration_seconds: number;
  readonly built_at: number;
  readonly session_id: string | null;
  readonly failure_class: string | null;
};

type ChangeRow = {
  readonly id: number;
  readonly queue_id: number;
  readonly at: number;
  readonly status: string;
  readonly ready: 0 | 1;
  readonly created_at: number;
};

/** Reads history and changes of the queue from the end, in parts, so that nobody else waits. */
export function makeStatisticsReads(connection: Connection): StatisticsReads {
  const firstBuild = connection
    .prepare<[number], number>('SELECT id FROM build_history WHERE built_at >= ? ORDER BY built_at LIMIT 1')
    .pluck();
  const builds = connection.prepare<[number, number, number], BuildRow>(
    `SELECT id, package, drone_name, status, duration_seconds, built_at, session_id, failure_class FROM build_history
     WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT ?`,
  );
  const firstChange = connection
    .prepare<[number], number>('SELECT id FROM queue_changes WHERE at >= ? ORDER BY at LIMIT 1')
    .pluck();
  const changes = connection.prepare<[number, number, number], ChangeRow>(
    `SELECT id, queue_id, at, status, ready, created_at FROM queue_changes
     WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT ?`,
  );
  return {
    builds: async (since, limit) => {
      const first = firstBuild.get(since / 1000);
      return first === undefined ? [] : newest(builds, { from: first, limit, of: buildOf });
    },
    queueChanges: async (since, limit) => {
      const first = firstChange.get(since / 1000);
      return first === undefined ? [] : newest(changes, { from: first, limit, of: changeOf });
    },
  };
}

type Paged<Row> = { all(from: number, before: number, limit: number): Row[] };
type Wish<Row, Value> = { readonly from: number; readonly limit: number; readonly of: (row: Row) => Value };

/** The newest rows, the oldest of them first. */
async function newest<Row extends { readonly id: number }, Value>(
  statement: Paged<Row>,
  { from, limit, of }: Wish<Row, Value>,
): Promise<Value[]> {
  const found: Value[] = [];
  for (let before = Number.MAX_SAFE_INTEGER; found.length < limit; ) {
    const rows = statement.all(from, before, Math.min(ROWS_A_TURN, limit - found.length));
    for (const row of rows) found.push(of(row));
    if (rows.length < ROWS_A_TURN) break;
    before = rows.at(-1)?.id ?? 0;
    await nextTurn();
  }
  return found.reverse();
}

function buildOf(row: BuildRow): Awaited<ReturnType<StatisticsReads['builds']>>[number] {
  return {
    package: row.package,
    drone: row.drone_name,
    outcome: outcomeOf(row.status),
    durationS: row.duration_seconds,
    endedAt: toMs(row.built_at),
    sessionId: row.session_id,
    failureClass: row.failure_class,
  };
}

function changeOf(row: ChangeRow): PastRow {
  return {
    id: row.queue_id,
    at: toMs(row.at),
    state: row.status,
    isReady: row.ready === 1,
    createdAt: toMs(row.created_at),
  };
}

function outcomeOf(status: string): 'built' | 'failed' | 'returned' {
  if (status === 'success') return 'built';
  return status === 'returned' ? 'returned' : 'failed';
}
