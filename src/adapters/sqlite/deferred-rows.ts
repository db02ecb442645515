import type { StoredEvent } from '../../app/ports.ts';
import type { Change } from '../../core/change.ts';
import type { SwarmEvent } from '../../core/events.ts';
import type { Connection } from './open.ts';

type HistoryRow = Extract<Change, { kind: 'record-history' }>;
type Rows = { readonly events: readonly StoredEvent[]; readonly history: readonly HistoryRow[] };

/** Events and history of what was done in memory. */
export type DeferredRows = {
  /** Number the events and keep the rows until they are written. */
  keep(rows: { readonly events: readonly Dated[]; readonly history: readonly HistoryRow[] }): Rows;
  /** It was undone. */
  drop(rows: Rows): void;
  isEmpty(): boolean;
  write(): void;
  committed(): void;
  /** What was written is to be written again. */
  notWritten(): void;
  forgetAll(): void;
  /** The next event gets this number, or the next one that is free. */
  numberFrom(event: number): void;
};

type Dated = { readonly event: SwarmEvent; readonly at: number };

/** So many rows go into one statement. */
const AT_ONCE = 8;

/** A statement for each row costs more than the row. */
export function createDeferredRows(connection: Connection): DeferredRows {
  const lastNumber = connection.prepare<[], number>("SELECT seq FROM sqlite_sequence WHERE name = 'events'").pluck();
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
    'first_error',
    'first_error_line',
    'excerpt',
    'confidence',
    'conclusion',
    'peak_memory_mb',
    'disk_mb',
    'cpu_s',
  ]);
  let unwritten: { events: StoredEvent[]; history: HistoryRow[] } = { events: [], history: [] };
  let uncommitted: typeof unwritten = { events: [], history: [] };
  let least = 0;
  return {
    keep: (rows) => {
      let last = Math.max(least, unwritten.events.at(-1)?.id ?? lastNumber.get() ?? 0);
      const events = rows.events.map(({ event, at }): StoredEvent => ({ ...event, id: ++last, at }));
      unwritten.events.push(...events);
      unwritten.history.push(...rows.history);
      return { events, history: rows.history };
    },
    drop: ({ events, history }) => {
      for (const rows of [unwritten, uncommitted]) {
        rows.events = rows.events.filter((each) => !events.includes(each));
        rows.history = rows.history.filter((each) => !history.includes(each));
      }
    },
    isEmpty: () => unwritten.events.length + unwritten.history.length === 0,
    write: () => {
      const { events, history } = unwritten;
      if (events.length + history.length === 0) return;
      insertEvents(events.map(eventColumns));
      insertHistory(history.map(historyColumns));
      uncommitted = { events: [...uncommitted.events, ...events], history: [...uncommitted.history, ...history] };
      unwritten = { events: [], history: [] };
    },
    committed: () => {
      uncommitted = { events: [], history: [] };
    },
    forgetAll: () => {
      unwritten = { events: [], history: [] };
      uncommitted = { events: [], history: [] };
    },
    numberFrom: (event) => {
      least = event - 1;
    },
    notWritten: () => {
      unwritten = {
        events: [...uncommitted.events, ...unwritten.events],
        history: [...uncommitted.history, ...unwritten.history],
      };
      uncommitted = { events: [], history: [] };
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
  return [
    ...[name, droneId, droneName, status, durationS, error, sessionId, when, attempt, row.failureClass, row.phase],
    ...factColumns(row.facts),
  ];
}

const NO_FACTS: Columns = Array.from({ length: 8 }, () => null);

function factColumns(facts: HistoryRow['facts']): Columns {
  if (facts === undefined) return NO_FACTS;
  const { firstError, firstErrorLine, excerpt, confidence, conclusion, peakMemoryMb, diskMb, cpuS } = facts;
  return [firstError, firstErrorLine, excerpt, confidence, conclusion, peakMemoryMb, diskMb, cpuS];
}
