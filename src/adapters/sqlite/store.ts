import type { LiveState } from '../../app/dispatch/live-ports.ts';
import type { SwarmStore } from '../../app/ports.ts';
import type { SwarmReports } from '../../app/report-ports.ts';
import { SwarmError } from '../../core/errors.ts';
import { DEFAULT_POLICY } from '../../core/policy.ts';
import { makeBinpkgStore } from './binpkg-store.ts';
import { makeFleetWrites } from './fleet-writes.ts';
import type { Write } from './group-commit.ts';
import { makeHistoryTotals } from './history-totals.ts';
import type { LiveRows } from './live-rows.ts';
import { makeLiveState } from './live-state.ts';
import { openMemory } from './memory.ts';
import { type Connection, holdDatabase, openConnection } from './open.ts';
import { makeOperatorWrites } from './operator-writes.ts';
import { makeQueueWrites } from './queue-writes.ts';
import { makeReports } from './reports.ts';
import { makeSessionReads } from './session-reads.ts';
import { settledConnection } from './settled-connection.ts';
import { storeError } from './store-error.ts';
import { makeViews } from './views.ts';

export type SqliteStore = {
  readonly store: SwarmStore;
  readonly reports: SwarmReports;
  /** What the dispatcher follows. */
  readonly dispatch: LiveState;
  /** What decisions are made from. */
  readonly live: LiveRows;
  /** For the other stores that live in the same file. */
  readonly connection: Connection;
  /** The same, for tables that have nothing to do with what is put off: it does not write that first. */
  readonly raw: Connection;
  readonly write: Write;
  close(): void;
};

/** What answers show. */
export type StoreOptions = {
  /** A silent drone is stale until then, and offline after; milliseconds. */
  readonly staleUntilMs: number;
  /** So many of the newest events are answered to who polls. */
  readonly eventsRing: number;
};

const DEFAULT_OPTIONS: StoreOptions = { staleUntilMs: DEFAULT_POLICY.staleUntilMs, eventsRing: 200 };

/**
 * The swarm's memory in one SQLite file (`:memory:` for tests).
 * @throws SwarmError DATABASE_UNUSABLE
 */
export function openSqliteStore(path: string, options: StoreOptions = DEFAULT_OPTIONS): SqliteStore {
  const hold = holdDatabase(path);
  const { raw, memory } = openHeld(path, hold);
  const { commit, config, drones } = memory;
  const { write } = commit;
  // Whoever asks the tables sees what was acknowledged.
  const connection = settledConnection(raw, commit.settle);
  const history = makeHistoryTotals(connection, config);
  const operator = makeOperatorWrites(connection, write);
  const fleet = makeFleetWrites(connection, write);
  return {
    store: {
      apply: memory.apply,
      heartbeat: memory.heartbeat,
      settle: async (now) => {
        commit.settle();
        if (!history.isCounted()) await write(() => history.count(now));
      },
      ...fleet,
      unground: (...wish) => afterwards(fleet.unground(...wish), drones.forgetAll),
      ...makeQueueWrites({ connection, write, config }),
      ...operator,
      reset: (...reset) => afterwards(operator.reset(...reset), drones.forgetAll),
      ...makeBinpkgStore(connection, write),
      ...makeViews({ connection, config, live: memory.live, drones: memory.reads }),
      ...makeSessionReads(connection, memory.live),
    },
    dispatch: makeLiveState({
      connection,
      raw,
      live: memory.live,
      touched: memory.touched,
      isProjecting: memory.isProjecting,
    }),
    reports: makeReports(connection, { config, unsettled: raw, ...options }),
    live: memory.live,
    connection,
    raw,
    write,
    close: () => {
      const isAllWritten = commit.close();
      // The log goes last: until the tables are on the disk it may be needed.
      checkpoint(raw);
      memory.close(isAllWritten);
      raw.close();
      hold.release();
    },
  };
}

/** A write has been done, though not committed, when it returns: from then on nobody may see what was before it. */
function afterwards<T>(done: T, next: () => void): T {
  next();
  return done;
}

/** On a full disk there is no room for it; then the log stays where it is, and the next start reads it. */
function checkpoint(connection: Connection): void {
  try {
    connection.pragma('wal_checkpoint(TRUNCATE)');
  } catch (error) {
    if (!(storeError(error) instanceof SwarmError)) throw error;
  }
}

function openHeld(path: string, hold: { release(): void }) {
  let raw: Connection | undefined;
  try {
    raw = openConnection(path);
    return { raw, memory: openMemory(path, raw) };
  } catch (error) {
    raw?.close();
    hold.release();
    throw storeError(error);
  }
}
