import Database from 'better-sqlite3';
import { answerParent } from '../../platform/answer-parent.ts';
import { type PastQuestion, readPastState } from './past-state.ts';

const BUSY_TIMEOUT_MS = 1_000;

const [path] = process.argv.slice(2);
if (path === undefined) throw new Error('a database file is needed');
const connection = new Database(path, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
connection.pragma('temp_store = MEMORY');

answerParent((question) => {
  // Our own parent's, see past-states.ts.
  return readPastState(connection, question as PastQuestion);
});
