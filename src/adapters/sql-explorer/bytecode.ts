import type Database from 'better-sqlite3';
import { ALLOWED_FUNCTIONS, ALLOWED_VIRTUAL_TABLES } from './allowed.ts';
import { QueryProblem } from './problem.ts';

/** One instruction of SQLite's virtual machine. See https://sqlite.org/opcode.html. */
type Instruction = { opcode: string; p1: number; p2: number; p3: number; p4: string | null; p5: number };

/** What queries may not touch: pages where hidden tables and their indexes begin, in the main database. */
export type HiddenPages = ReadonlySet<number>;

/** Instructions that change a file, the schema, the connection or the transaction. Changes of tables that live only for the query are none. */
const CHANGES = new Set([
  'AutoCommit',
  'Checkpoint',
  'Clear',
  'CreateBtree',
  'Destroy',
  'DropIndex',
  'DropTable',
  'DropTrigger',
  'Expire',
  'FkCounter',
  'IncrVacuum',
  'JournalMode',
  'LoadAnalysis',
  'OpenWrite',
  'ParseSchema',
  'Program',
  'Savepoint',
  'SetCookie',
  'SqlExec',
  'TableLock',
  'VBegin',
  'VCreate',
  'VDestroy',
  'VRename',
  'VUpdate',
  'Vacuum',
]);
const CALLS = new Set([
  'Function',
  'PureFunc',
  'AggStep',
  'AggStep1',
  'AggFinal',
  'AggInverse',
  'AggValue',
  'CursorHint',
]);
const OPENS = new Set(['OpenRead', 'ReopenIdx']);
/** SQLite prints no more of a function's name than this. */
const SHOWN_NAME = 20;
const SHOWN_FUNCTIONS = new Set([...ALLOWED_FUNCTIONS].map((name) => name.slice(0, SHOWN_NAME)));
/** The page is not in the instruction but computed. */
const PAGE_IS_COMPUTED = 0x10;

/**
 * The second look: at the program that SQLite made of the query. It shows every function that is called and
 * every table that is opened, by whatever name, view or default they came in.
 * @throws QueryProblem
 */
export function checkProgram(connection: Database.Database, sql: string, hidden: HiddenPages): void {
  for (const instruction of explain(connection, sql)) {
    const { opcode, p2, p3, p4, p5 } = instruction;
    if (CHANGES.has(opcode) || (opcode === 'Transaction' && p2 !== 0)) {
      throw new QueryProblem('SQL_FORBIDDEN', `Only SELECT queries allowed (this one would do ${opcode})`);
    }
    if (CALLS.has(opcode)) checkCall(p4);
    if (OPENS.has(opcode) && ((p3 === 0 && hidden.has(p2)) || (p5 & PAGE_IS_COMPUTED) !== 0)) {
      throw new QueryProblem('SQL_FORBIDDEN', 'this table is not open to queries: it holds secrets');
    }
    if (opcode === 'VOpen' && !allowedTables(connection).has(p4 ?? '')) {
      throw new QueryProblem('SQL_FORBIDDEN', 'of virtual tables only json_each and json_tree are open to queries');
    }
  }
}

function explain(connection: Database.Database, sql: string): Instruction[] {
  return connection.prepare<[], Instruction>(`EXPLAIN ${sql}`).all();
}

/** `name(number of arguments)`. */
function checkCall(shown: string | null): void {
  const name = (shown ?? '').replace(/\(-?\d+\)$/, '').toLowerCase();
  if (!SHOWN_FUNCTIONS.has(name)) {
    throw new QueryProblem('SQL_FORBIDDEN', `the function ${name}() is not open to queries`);
  }
}

/** A program names a virtual table by its address in memory, so that is asked for. */
function allowedTables(connection: Database.Database): ReadonlySet<string> {
  const addresses = [...ALLOWED_VIRTUAL_TABLES].flatMap((name) =>
    explain(connection, `SELECT * FROM ${name}('1')`).flatMap(({ opcode, p4 }) =>
      opcode === 'VOpen' && p4 !== null ? [p4] : [],
    ),
  );
  return new Set(addresses);
}
