import type { SwarmStore } from '../../app/ports.ts';
import type { SwarmReports } from '../../app/report-ports.ts';
import { SwarmError } from '../../core/errors.ts';
import { DEFAULT_POLICY } from '../../core/policy.ts';
import { makeApply } from './apply.ts';
import { makeBinpkgStore } from './binpkg-store.ts';
import { createConfigCache } from './config-cache.ts';
import { createDeferredRows } from './deferred-rows.ts';
import { createDroneCache, type DroneCache } from './drone-cache.ts';
import { durableLog } from './durable.ts';
import { makeFleetWrites } from './fleet-writes.ts';
import { createGroupCommit, type Write } from './group-commit.ts';
import { type Heartbeats, makeHeartbeats } from './heartbeats.ts';
import { makeHistoryTotals } from './history-totals.ts';
import { type Connection, holdDatabase, openConnection } from './open.ts';
import { makeOperatorWrites } from './operator-writes.ts';
import { makeQueueWrites } from './queue-writes.ts';
import { makeReports } from './reports.ts';
import { makeSessionReads } from './session-reads.ts';
import { createSignsOfLife } from './signs-of-life.ts';
import { storeError } from './store-error.ts';
import { makeViews } from './views.ts';

export type SqliteStore = {
  readonly store: SwarmStore;
  readonly reports: SwarmReports;
  /** For the other stores that live in the same file. */
  readonly connection: Connection;
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
  const connection = openHeld(path, hold);
  const config = createConfigCache(connection);
  const log = durableLog(path);
  const rows = createDeferredRows(connection);
  const life = createSignsOfLife(connection);
  const drones = createDroneCache();
  const { write, writeDeferring, flush } = createGroupCommit(connection, {
    durable: log.durable,
    deferred: rows,
    onLost: () => {
      config.reload();
      drones.forgetAll();
      beats.forgetAll();
    },
  });
  const beats = makeHeartbeats(connection, { write, writeDeferring });
  const parts = { connection, write, config };
  const history = makeHistoryTotals(connection, config);
  const operator = makeOperatorWrites(connection, write);
  return {
    store: {
      apply: makeApply({ connection, writeDeferring, config, rows, life, drones }),
      settle: async (now) => {
        const signs = () => {
          life.write();
          beats.write();
        };
        const isQuiet = life.isEmpty() && beats.isEmpty();
        if (!history.isCounted())
          await write(() => {
            signs();
            history.count(now);
          });
        // Signs of life are not worth waiting for the disk.
        else if (!isQuiet) await writeDeferring(signs, false);
      },
      ...forgetful({ ...makeFleetWrites(connection, write), heartbeat: beats.heartbeat }, drones),
      ...makeQueueWrites(parts),
      ...operator,
      reset: (...reset) => afterwards(operator.reset(...reset), drones.forgetAll),
      ...makeBinpkgStore(connection, write),
      ...makeViews({ connection, config, drones }),
      ...makeSessionReads(connection),
    },
    reports: makeReports(connection, { config, ...options }),
    connection,
    write,
    close: () => {
      flush();
      log.close();
      checkpoint(connection);
      connection.close();
      hold.release();
    },
  };
}

type Fleet = ReturnType<typeof makeFleetWrites> & Pick<Heartbeats, 'heartbeat'>;

/** A write has been done, though not committed, when it returns: from then on nobody may see what was before it. */
function forgetful(fleet: Fleet, drones: DroneCache): Fleet {
  return {
    ...fleet,
    heartbeat: (beat, now) => afterwards(fleet.heartbeat(beat, now), () => drones.forget(beat.id)),
    setNodePaused: (...wish) => afterwards(fleet.setNodePaused(...wish), drones.forgetAll),
    removeNode: (...wish) => afterwards(fleet.removeNode(...wish), drones.forgetAll),
    unground: (...wish) => afterwards(fleet.unground(...wish), drones.forgetAll),
  };
}

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

function openHeld(path: string, hold: { release(): void }): Connection {
  try {
    return openConnection(path);
  } catch (error) {
    hold.release();
    throw error;
  }
}
