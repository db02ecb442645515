import { close, fdatasync, openSync } from 'node:fs';
import type { Durable } from './group-commit.ts';

/** What nobody waits for is on the disk after this time at the latest. */
const SOON_MS = 20;

/**
 * Puts the write-ahead log on the disk without holding up the program: SQLite itself would wait for the disk
 * in the middle of everything (synchronous = FULL). Calls that come while one sync runs share the next.
 */
export function durableLog(databasePath: string): { durable: Durable; close(): void } {
  if (databasePath === ':memory:')
    return { durable: { wait: (done) => setImmediate(done), soon: () => {} }, close: () => {} };
  let file: number | undefined;
  let waiting: ((error?: unknown) => void)[] = [];
  let isRunning = false;
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;

  const run = () => {
    // The log is there after the first commit and stays the same file as long as the database is open.
    file ??= openSync(`${databasePath}-wal`, 'r+');
    const ending = waiting;
    waiting = [];
    isRunning = true;
    fdatasync(file, (error) => {
      isRunning = false;
      if (waiting.length > 0) start();
      else if (isClosed) closeFile();
      for (const done of ending) done(error ?? undefined);
    });
  };

  const start = () => {
    try {
      run();
    } catch (error) {
      for (const done of waiting.splice(0)) done(error);
    }
  };

  const wait = (done: (error?: unknown) => void) => {
    waiting.push(done);
    if (!isRunning) start();
  };

  const closeFile = () => {
    if (file !== undefined && !isRunning) close(file, () => {});
    if (!isRunning) file = undefined;
  };

  return {
    durable: {
      wait,
      soon: () => {
        timer ??= setTimeout(() => {
          timer = undefined;
          wait(() => {});
        }, SOON_MS);
      },
    },
    close: () => {
      clearTimeout(timer);
      isClosed = true;
      closeFile();
    },
  };
}
