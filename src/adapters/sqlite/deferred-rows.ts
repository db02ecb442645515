import type { StoredEvent } from '../../app/ports.ts';
import type { Change } from '../../core/change.ts';
import type { SwarmEvent } from '../../core/events.ts';
import type { Deferred } from './group-commit.ts';
import type { Connection } from './open.ts';

type HistoryRow = Extract<Change, { kind: 'record-history' }>;

/** Events and history of the decisions of one transaction. */
export type DeferredRows = Deferred & {
  /** Number the events and keep the rows until the end of the transaction. */
  keep(rows: { readonly events: readonly Dated[]; readonly history: readonly HistoryRow[] }): StoredEvent[];
};

type Dated = { readonly event: SwarmEvent; readonly at: number };

/** So many rows go into one statement. */
const AT_ONCE = 8;

/** A statement for each row costs more than the row. */
export function createDeferredRows(connection: Connection): DeferredRows {
  const lastNumber = connection.prepare<[], { seq: number }>("SELECT seq FROM sqlite_sequence WHERE name = 'events'");
  const insertEvents = makeInsert(connection, 'events', [
    'id',
    'timestamp',
    'event_type',
    'message',
    'details_json',
    'drone_id',
    'package',
  ]);
  const insertHistory = makeInsert(connection, 'build_history', [
    'package',
    'drone_id',
    'drone_name',
    'status',
    'duration_seconds',
    'error_message',
    'session_id',
    'built_at',
    'attempt',
    'failure_class',
    'phase',
  ]);
  let events: StoredEvent[] = [];
  let history: HistoryRow[] = [];
  return {
    keep: (rows) => {
      let last = events.at(-1)?.id ?? lastNumber.get()?.seq ?? 0;
      const stored = rows.events.map(({ event, at }): StoredEvent => ({ ...event, id: ++last, at }));
      events.push(...stored);
      history.push(...rows.history);
      return stored;
    },
    flush: () => {
      if (events.length > 0) insertEvents(events.map(eventColumns));
      if (history.length > 0) insertHistory(history.map(historyColumns));
      events = [];
      history = [];
    },
    drop: () => {
      events = [];
      history = [];
    },
  };
}

type Columns = readonly (string | number | null)[];

function makeInsert(connection: Connection, table: string, columns: readonly string[]): (rows: Columns[]) => void {
  const one = `(${columns.map(() => '?').join(', ')})`;
  const statementFor = (count: number) =>
    connection.prepare<unknown[]>(
      `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${Array.from({ length: count }, () => one).join(', ')}`,
    );
  const [many, single] = [statementFor(AT_ONCE), statementFor(1)];
  return (rows) => {
    let next = 0;
    for (; next + AT_ONCE <= rows.length; next += AT_ONCE) many.run(rows.slice(next, next + AT_ONCE).flat());
    for (; next < rows.length; next += 1) single.run(rows[next]);
  };
}

function eventColumns(event: StoredEvent): Columns {
  const details = JSON.stringify(event.details);
  return [event.id, event.at / 1000, event.type, event.message, details, event.droneId, event.package];
}

function historyColumns(row: HistoryRow): Columns {
  const { package: name, droneId, droneName, status, durationS, error, sessionId, at, attempt } = row;
  const when = at / 1000;
  return [name, droneId, droneName, status, durationS, error, sessionId, when, attempt, row.failureClass, row.phase];
}
