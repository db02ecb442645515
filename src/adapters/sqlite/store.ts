import type { SwarmReports, SwarmStore } from '../../app/ports.ts';
import { makeApply } from './apply.ts';
import { makeBinpkgStore } from './binpkg-store.ts';
import { makeFleetWrites } from './fleet-writes.ts';
import { type Connection, holdDatabase, openConnection } from './open.ts';
import { makeQueueWrites } from './queue-writes.ts';
import { makeReports } from './reports.ts';
import { makeSessionReads } from './session-reads.ts';
import { makeViews } from './views.ts';

export type SqliteStore = { readonly store: SwarmStore; readonly reports: SwarmReports; close(): void };

/**
 * The swarm's memory in one SQLite file (`:memory:` for tests).
 * @throws SwarmError DATABASE_UNUSABLE
 */
export function openSqliteStore(path: string): SqliteStore {
  const hold = holdDatabase(path);
  const connection = openHeld(path, hold);
  const apply = makeApply(connection);
  return {
    store: {
      apply: async (changes) => apply(changes),
      ...makeFleetWrites(connection),
      ...makeQueueWrites(connection),
      ...makeBinpkgStore(connection),
      ...makeViews(connection),
      ...makeSessionReads(connection),
    },
    reports: makeReports(connection),
    close: () => {
      connection.pragma('wal_checkpoint(TRUNCATE)');
      connection.close();
      hold.release();
    },
  };
}

function openHeld(path: string, hold: { release(): void }): Connection {
  try {
    return openConnection(path);
  } catch (error) {
    hold.release();
    throw error;
  }
}
