import Database from 'better-sqlite3';
import { answerParent } from '../../platform/answer-parent.ts';
import { readPastState } from './past-state.ts';

/** What this process can be asked. `at` in Unix seconds. */
export type PastQuestion = { readonly at: number; readonly staleUntilMs: number };

const BUSY_TIMEOUT_MS = 1_000;

const [path] = process.argv.slice(2);
if (path === undefined) throw new Error('a database file is needed');
const connection = new Database(path, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
connection.pragma('temp_store = MEMORY');

answerParent((question) => {
  // Our own parent's, see past-states.ts.
  const { at, staleUntilMs } = question as PastQuestion;
  return readPastState(connection, at, { staleUntilMs });
});
