import Database from 'better-sqlite3';
import { type ErrorCode, SwarmError } from '../../core/errors.ts';

type Meaning = { readonly code: ErrorCode; readonly sentence: string };

const FULL = 'the disk with the database is full: nothing of this request was stored';
const DAMAGED = 'the database file is damaged';

/** What SQLite's result codes mean to an operator; the longest beginning that fits counts. */
const MEANINGS: readonly (readonly [prefix: string, meaning: Meaning])[] = [
  ['SQLITE_FULL', { code: 'STORE_FULL', sentence: FULL }],
  // A quota or a limit on the size of files: unlike a full disk SQLite has no code of its own for them.
  [
    'SQLITE_IOERR_WRITE',
    { code: 'STORE_FULL', sentence: 'the database file cannot grow: nothing of this request was stored' },
  ],
  ['SQLITE_IOERR_CORRUPTFS', { code: 'DATABASE_DAMAGED', sentence: 'the file system of the database is damaged' }],
  ['SQLITE_IOERR', { code: 'DATABASE_UNUSABLE', sentence: 'the disk with the database does not work' }],
  ['SQLITE_CORRUPT', { code: 'DATABASE_DAMAGED', sentence: DAMAGED }],
  ['SQLITE_NOTADB', { code: 'DATABASE_DAMAGED', sentence: `${DAMAGED}, or is not a database at all` }],
  ['SQLITE_READONLY', { code: 'DATABASE_UNUSABLE', sentence: 'the database may not be written' }],
  ['SQLITE_CANTOPEN', { code: 'DATABASE_UNUSABLE', sentence: 'the database cannot be opened' }],
  ['SQLITE_PERM', { code: 'DATABASE_UNUSABLE', sentence: 'this user may not use the database' }],
  ['SQLITE_AUTH', { code: 'DATABASE_UNUSABLE', sentence: 'this user may not use the database' }],
  ['SQLITE_BUSY', { code: 'DATABASE_UNUSABLE', sentence: 'another program keeps the database locked' }],
  ['SQLITE_NOMEM', { code: 'DATABASE_UNUSABLE', sentence: 'there is not enough memory for the database' }],
];

/**
 * What SQLite says about its file, its disk or its locks as an error for operators: STORE_FULL,
 * DATABASE_DAMAGED or DATABASE_UNUSABLE, with SQLite's own words and the cause. Everything else,
 * broken constraints among it, is our own doing and is given back as it is.
 */
export function storeError(error: unknown): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  const meaning = MEANINGS.find(([prefix]) => error.code.startsWith(prefix))?.[1];
  if (meaning === undefined) return error;
  return new SwarmError(meaning.code, `${meaning.sentence} (${error.message})`, { cause: error });
}

/** As `storeError`, for what the file system says about the log beside the database. */
export function logError(error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined) return error;
  const isFull = code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG';
  return isFull
    ? new SwarmError('STORE_FULL', `${FULL} (${message})`, { cause: error })
    : new SwarmError('DATABASE_UNUSABLE', `the disk with the database does not work (${message})`, { cause: error });
}
