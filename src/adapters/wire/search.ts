import type { WireFilter, WireOrder } from '../../app/wire-ports.ts';
import type { LogFile } from './log-file.ts';

type Parameter = string | number;

export type Search = {
  readonly filter: WireFilter;
  readonly order: WireOrder;
  /** Columns of the rows. */
  readonly columns: readonly string[];
  readonly dronesNamed: (name: string) => readonly string[];
};

/** Ids looked through at once: some milliseconds. Between two windows the thread writes what has arrived. */
const WINDOW_IDS = 5_000;

/** Rows that fit, in the order asked for, a window of ids at a time; windows without a hit are empty lists. */
export function* searchRows<Row>(file: LogFile, search: Search, limit: number): Generator<Row[], void> {
  const { where, parameters } = conditionsOf(search);
  const direction = search.order === 'asc' ? 'ASC' : 'DESC';
  const window = file.prepare<Parameter[], Row>(
    `SELECT ${search.columns.join(', ')} FROM protocol_log WHERE id BETWEEN ? AND ?${where} ORDER BY id ${direction} LIMIT ?`,
  );
  let left = limit;
  for (const [from, to] of windowsOf(file, search)) {
    if (left <= 0) return;
    const rows = window.all(from, to, ...parameters, left);
    left -= rows.length;
    yield rows;
  }
}

/** The ids that can fit, in windows, in the order of the search. */
function* windowsOf(file: LogFile, { filter, order }: Search): Generator<[from: number, to: number]> {
  const bounds = file
    .prepare<[], { oldest: number | null; newest: number | null }>(
      'SELECT (SELECT min(id) FROM protocol_log) AS oldest, (SELECT max(id) FROM protocol_log) AS newest',
    )
    .get();
  const oldest = Math.max(bounds?.oldest ?? 1, (filter.since ?? 0) + 1);
  const newest = Math.min(bounds?.newest ?? 0, (filter.before ?? Number.MAX_SAFE_INTEGER) - 1);
  if (order === 'asc') {
    for (let from = oldest; from <= newest; from += WINDOW_IDS) yield [from, Math.min(from + WINDOW_IDS - 1, newest)];
  } else {
    for (let to = newest; to >= oldest; to -= WINDOW_IDS) yield [Math.max(to - WINDOW_IDS + 1, oldest), to];
  }
}

type Conditions = { readonly where: string; readonly parameters: readonly Parameter[] };

function conditionsOf({ filter, dronesNamed }: Search): Conditions {
  const terms: (readonly [sql: string, ...parameters: Parameter[]])[] = [];
  const add = (sql: string, parameter: Parameter | undefined) => {
    if (parameter !== undefined) terms.push([sql, parameter]);
  };
  add('msg_type = ?', filter.type);
  add('method = ?', filter.method?.toUpperCase());
  add('status_code = ?', filter.status);
  add('status_code >= ?', filter.minStatus);
  add('status_code <= ?', filter.maxStatus);
  add('session_id = ?', filter.session);
  add('latency_ms >= ?', filter.minLatencyMs);
  add('timestamp >= ?', filter.sinceTime);
  add('timestamp <= ?', filter.untilTime);
  add("package LIKE ? ESCAPE '\\'", likeLiteral(filter.package));
  add("path LIKE ? ESCAPE '\\'", likeLiteral(filter.path));
  if (filter.drone !== undefined) terms.push(droneTerm(filter.drone, dronesNamed(filter.drone)));
  return {
    where: terms.map(([sql]) => ` AND ${sql}`).join(''),
    parameters: terms.flatMap(([, ...parameters]) => parameters),
  };
}

/** Entries of a drone: by its id, by its name, or by an id that is known to have had the name. */
function droneTerm(drone: string, named: readonly string[]): readonly [string, ...Parameter[]] {
  const ids = [...new Set([drone, ...named])];
  return [`(drone_id IN (${ids.map(() => '?').join(', ')}) OR source_node = ?)`, ...ids, drone];
}

/** The text anywhere within, with what LIKE would read as a wildcard meant as it stands. */
function likeLiteral(text: string | undefined): string | undefined {
  return text === undefined ? undefined : `%${text.replace(/[\\%_]/g, '\\$&')}%`;
}
