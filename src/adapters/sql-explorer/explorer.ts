import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SqlAnswer, SqlExplorer } from '../../app/sql-explorer.ts';
import { type ChildAnswer, createChildPool } from '../../platform/child-pool.ts';
import type { SqlQuestion } from './sql-child.ts';

export type SqlExplorerOptions = {
  /** The swarm's database, and the protocol log's, which need not be there. */
  readonly path: string;
  readonly wirePath: string;
  /** Time for one query; it is killed after that. */
  readonly timeoutMs: number;
  /** Rows of an answer that did not say how many. */
  readonly maxRows: number;
  /** JSON of all rows of one answer. */
  readonly maxBytes: number;
};

const IDLE_MS = 60_000;
const CONCURRENT_QUERIES = 2;
/** PRAGMA hard_heap_limit does nothing in a SQLite that keeps no memory statistics, as this one. */
const MAX_DATA_BYTES = 256 * 2 ** 20;
const MAX_HEAP_BYTES = 96 * 2 ** 20;
/** An answer is there as rows, as one text and as bytes. */
const COPIES = 4;

/** Queries in processes of their own, started when somebody asks. */
export function createSqlExplorer({ path, wirePath, timeoutMs, maxRows, maxBytes }: SqlExplorerOptions): SqlExplorer {
  const pool = createChildPool({
    module: new URL(`./sql-child${extname(fileURLToPath(import.meta.url))}`, import.meta.url),
    args: [path, wirePath],
    size: CONCURRENT_QUERIES,
    idleMs: IDLE_MS,
    maxDataBytes: MAX_DATA_BYTES + COPIES * maxBytes,
    maxHeapBytes: MAX_HEAP_BYTES + COPIES * maxBytes,
  });
  const ask = async (question: SqlQuestion, signal: AbortSignal) =>
    sqlAnswer(await pool.ask(question, { timeoutMs, signal }), timeoutMs);
  return {
    tables: (signal) => ask({ kind: 'tables' }, signal),
    schema: (signal) => ask({ kind: 'schema' }, signal),
    query: (query, signal) =>
      ask({ kind: 'query', sql: query.sql, maxRows: query.maxRows ?? maxRows, maxBytes }, signal),
    close: () => pool.close(),
  };
}

function sqlAnswer(answer: ChildAnswer, timeoutMs: number): SqlAnswer {
  switch (answer.kind) {
    case 'answered':
      // Of sql-child.ts.
      return answer.value as SqlAnswer;
    case 'busy':
      return refused('SQL_BUSY', `${CONCURRENT_QUERIES} queries are running already: try again when one has ended`);
    case 'timeout':
      return refused(
        'SQL_TIMEOUT',
        `the query took longer than ${timeoutMs / 1000} s and was ended: narrow it with WHERE or LIMIT`,
      );
    case 'aborted':
      return refused('SQL_UNAVAILABLE', 'whoever asked has gone; the query was ended');
    case 'died':
      return died(answer.said);
  }
}

/** V8 ends the process where SQLite gives an error. */
function died(said: string): SqlAnswer {
  if (/heap|memory|allocation/i.test(said)) {
    return refused('SQL_TOO_LARGE', 'the query needs more memory than a query may have: select less, or aggregate');
  }
  return refused(
    'SQL_UNAVAILABLE',
    `the query was not run: its process ended (${said.split('\n').at(-1) || 'killed'})`,
  );
}

function refused(code: Extract<SqlAnswer, { problem: unknown }>['problem']['code'], message: string): SqlAnswer {
  return { problem: { code, message } };
}
