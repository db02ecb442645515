import { makeApply } from './apply.ts';
import { createConfigCache } from './config-cache.ts';
import { createDeferredRows, type DeferredRows } from './deferred-rows.ts';
import { createDroneCache } from './drone-cache.ts';
import { makeDroneReads } from './drone-reads.ts';
import { durableLog } from './durable.ts';
import { createGroupCommit, type Pending } from './group-commit.ts';
import { makeHeartbeats } from './heartbeats.ts';
import { createLightBeats } from './light-beats.ts';
import { makeApplyLive } from './live-apply.ts';
import { createLiveRows } from './live-rows.ts';
import type { Connection } from './open.ts';
import { makeProjection } from './projection.ts';
import { createSignsOfLife } from './signs-of-life.ts';
import { findRedoLog, makeNoteApplied, type Redo, redoLogged, takeUpRedo } from './take-up-redo.ts';
import { nothingTouched, type Touched } from './touched.ts';

/** The part of the store that is in memory, with the way its changes take to the log and to the tables. */
export function openMemory(path: string, connection: Connection) {
  let isProjecting = false;
  const touched = nothingTouched();
  const live = createLiveRows(connection, () => isProjecting, touched);
  const rows = followed(createDeferredRows(connection), touched);
  const life = createSignsOfLife(connection, live);
  const light = createLightBeats(connection, live);
  const drones = createDroneCache();
  const reads = makeDroneReads(connection, drones);
  const config = createConfigCache(connection);
  const disk = durableLog(path);
  const found = findRedoLog(path, connection);
  const noteApplied = makeNoteApplied(connection);
  const asOurs = (work: () => void) => {
    isProjecting = true;
    try {
      work();
    } finally {
      isProjecting = false;
    }
  };
  const forgetCaches = () => {
    config.reload();
    drones.forgetAll();
  };
  const projection = makeProjection(connection, { live, rows, others: [life, light], asOurs });
  const pending: Pending = { ...projection, undone: () => (projection.undone(), forgetCaches()) };
  const commit = createGroupCommit(connection, {
    durable: disk.durable,
    pending,
    redo: found.log,
    noteApplied,
    onLost: (logged) => {
      forgetCaches();
      beats.forgetAll();
      const known = touched.history;
      redoLogged(logged, redo);
      touched.history = known;
    },
  });
  const beats = makeHeartbeats({
    connection,
    commit,
    light,
    isProjecting: () => isProjecting,
    onFacts: (id) => drones.forget(id),
  });
  const applyLive = makeApplyLive(live, (id) => reads.drone(id) !== undefined);
  const { apply, redo: decision } = makeApply({ connection, commit, live, applyLive, config, rows, life, drones });
  const redo: Redo = { decision, beat: (beat) => void light.note(beat, []) };
  const close = (isAllWritten: boolean) => {
    disk.close();
    found.log.close(isAllWritten);
  };
  try {
    takeUpRedo(connection, found, { pending, redo, noteApplied });
  } catch (error) {
    close(false);
    throw error;
  }
  // It is in the tables, and read with them.
  touched.history = [];
  return {
    touched,
    isProjecting: () => isProjecting,
    apply,
    heartbeat: beats.heartbeat,
    live,
    reads,
    config,
    drones,
    commit,
    /** The log stays when the tables do not say everything. */
    close,
  };
}

/** Notes the history that is kept. */
function followed(rows: DeferredRows, touched: Touched): DeferredRows {
  return {
    ...rows,
    keep: (each) => {
      const kept = rows.keep(each);
      touched.history.push(...kept.history);
      return kept;
    },
    drop: (each) => {
      rows.drop(each);
      touched.history = touched.history.filter((row) => !each.history.includes(row));
    },
  };
}
