import { performance } from 'node:perf_hooks';
import type Database from 'better-sqlite3';
import type { SqlAnswer } from '../../app/sql-explorer.ts';
import { HIDDEN_TABLES } from './allowed.ts';
import { checkProgram } from './bytecode.ts';
import { findError, positionAt } from './position.ts';
import { QueryProblem } from './problem.ts';
import { type Cell, takeRows } from './rows.ts';
import { type Screened, screen, type Vocabulary } from './screen.ts';
import { type Token, tokenize } from './tokens.ts';

export type Query = { readonly sql: string; readonly maxRows: number; readonly maxBytes: number };

/** Check a query, run it and put its rows into JSON; or say what is wrong with it, and where. */
export function runQuery(connection: Database.Database, known: Vocabulary, query: Query): SqlAnswer {
  const startedAt = performance.now();
  // One transaction: the tables that were looked at are those that are read.
  connection.exec('BEGIN');
  try {
    return { body: answer(connection, screen(query.sql, known), query, startedAt) };
  } catch (error) {
    return { problem: problemOf(connection, error, query.sql) };
  } finally {
    connection.exec('ROLLBACK');
  }
}

function answer(connection: Database.Database, { inner }: Screened, query: Query, startedAt: number): Uint8Array {
  const isWhole = inner === query.sql;
  // What is explained is looked at as if it were to run.
  if (!isWhole) refuseUnlessReading(connection.prepare(inner));
  const statement = connection.prepare<[], Cell[]>(query.sql);
  refuseUnlessReading(statement);
  checkProgram(connection, inner, hiddenPages(connection));
  const { rows, truncated } = takeRows(statement.raw(true).safeIntegers(true).iterate() as Iterable<Cell[]>, query);
  const columns = statement.columns().map((column) => column.name);
  const elapsedMs = Math.round((performance.now() - startedAt) * 1000) / 1000;
  const reason = truncated === null ? null : CUT[truncated](rows.length, query);
  return Buffer.from(
    `{"columns":${JSON.stringify(columns)},"rows":[${rows.join(',')}],"count":${rows.length},` +
      `"truncated":${truncated !== null},"reason":${JSON.stringify(reason)},"elapsed_ms":${elapsedMs}}`,
  );
}

const CUT = {
  rows: (count: number) => `cut after ${count} rows: ask for more with limit=, or page with LIMIT and OFFSET`,
  bytes: (count: number, { maxBytes }: Query) =>
    `cut after ${count} rows, since an answer has at most ${maxBytes} bytes: ask for fewer columns, or shorten them with substr()`,
} as const;

function refuseUnlessReading(statement: Database.Statement): void {
  if (!statement.reader || !statement.readonly) throw new QueryProblem('SQL_FORBIDDEN', 'Only SELECT queries allowed');
}

function hiddenPages(connection: Database.Database): ReadonlySet<number> {
  const rows = connection
    .prepare<[], { name: string; rootpage: number }>('SELECT lower(tbl_name) AS name, rootpage FROM main.sqlite_schema')
    .all();
  return new Set(rows.flatMap((row) => (HIDDEN_TABLES.has(row.name) && row.rootpage > 0 ? [row.rootpage] : [])));
}

type Problem = Extract<SqlAnswer, { problem: unknown }>['problem'];

function problemOf(connection: Database.Database, error: unknown, sql: string): Problem {
  if (error instanceof QueryProblem) return problem(error.code, error.message, sql, error.offset);
  const { message, code } = error as Error & { code?: string };
  if (code === 'SQLITE_NOMEM' || code === 'SQLITE_TOOBIG' || error instanceof RangeError) {
    return problem('SQL_TOO_LARGE', `the query needs more memory than a query may have (${message})`, sql);
  }
  if (code?.startsWith('SQLITE_') !== true) throw error;
  if (!/^SQLITE_(ERROR|MISMATCH|CONSTRAINT|AUTH)/.test(code))
    return problem('SQL_UNAVAILABLE', `the database cannot be read: ${message}`, sql);
  return problem('SQL_INVALID', message, sql, placeOf(connection, message, sql, tokenize(sql)));
}

function placeOf(
  connection: Database.Database,
  message: string,
  sql: string,
  tokens: readonly Token[],
): number | undefined {
  const isAccepted = (end: number) => {
    try {
      connection.prepare(sql.slice(0, end));
      return true;
    } catch (error) {
      return (error as Error).message !== message;
    }
  };
  return findError(message, { sql, tokens, isAccepted });
}

function problem(code: Problem['code'], message: string, sql: string, offset?: number): Problem {
  return { code, message, ...(offset === undefined ? {} : { position: positionAt(sql, offset) }) };
}
