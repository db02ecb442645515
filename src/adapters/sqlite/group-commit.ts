import type { Connection } from './open.ts';
import { storeError } from './store-error.ts';

/**
 * Runs `work` at once, within the transaction that all writes of this turn of the event loop share, and
 * resolves with its result when that transaction is committed and on the disk. `work` is all or nothing: when
 * it throws, its own changes are undone, the promise rejects, and the others are not touched.
 */
export type Write = <T>(work: () => T) => Promise<T>;

export type GroupCommit = {
  readonly write: Write;
  /**
   * As `write`, for work that leaves rows to be written together at the end of the transaction. Unless it is
   * precious it does not wait for the disk, only for the commit: a crash of this program loses nothing of it, a
   * power failure may lose the last moment, which the drones then do again.
   */
  readonly writeDeferring: <T>(work: () => T, isPrecious: boolean) => Promise<T>;
  /** Commit what is open, now. */
  readonly flush: () => void;
};

/** Nobody waits longer than this for others to join. */
const LONGEST_OPEN_MS = 4;

type Waiting = {
  readonly isPrecious: boolean;
  readonly committed: () => void;
  readonly failed: (error: unknown) => void;
};

/** Rows that nothing in the transaction looks at, and that cost less when they are written together. */
export type Deferred = {
  /** Write them now. */
  flush(): void;
  /** Forget them: the transaction is lost. */
  drop(): void;
};

type Parts = {
  readonly durable: Durable;
  readonly deferred: Deferred;
  /** Called when a transaction is lost with everything in it. */
  readonly onLost: () => void;
};

/** The disk behind the commits. */
export type Durable = {
  /** Calls back when everything committed before the call is on the disk. */
  wait(done: (error?: unknown) => void): void;
  /** Everything committed so far is to be on the disk soon; nobody waits. */
  soon(): void;
};

/**
 * One transaction for all writes that arrive together, because most of what a write costs is its transaction
 * and its place on the disk. Nobody is answered before both, so what was acknowledged is there.
 */
export function createGroupCommit(connection: Connection, { durable, deferred, onLost }: Parts): GroupCommit {
  const begin = connection.prepare('BEGIN IMMEDIATE');
  const commit = connection.prepare('COMMIT');
  const rollback = connection.prepare('ROLLBACK');
  // Statements prepared once: better-sqlite3's own nested transactions make four functions for each call.
  const save = connection.prepare('SAVEPOINT one_write');
  const release = connection.prepare('RELEASE one_write');
  const undo = connection.prepare('ROLLBACK TO one_write');
  let group: Waiting[] = [];
  let isOpen = false;
  let turn = { writes: 0, openedAt: 0 };

  /** While each turn of the event loop brings more writes, they join: a commit costs much, and each one more little. */
  const endOfTurn = () => {
    const isGrowing = group.length > turn.writes;
    turn.writes = group.length;
    if (isOpen && isGrowing && performance.now() - turn.openedAt < LONGEST_OPEN_MS) setImmediate(endOfTurn);
    else end();
  };

  const end = () => {
    if (!isOpen) return;
    const ending = group;
    group = [];
    isOpen = false;
    try {
      deferred.flush();
      commit.run();
    } catch (error) {
      lose(ending, error);
      return;
    }
    const precious = ending.filter((each) => each.isPrecious);
    if (precious.length === 0) durable.soon();
    else
      durable.wait((error) => {
        for (const each of precious) {
          if (error === undefined) each.committed();
          else each.failed(storeError(error));
        }
      });
    for (const each of ending) if (!each.isPrecious) each.committed();
  };

  const lose = (ending: readonly Waiting[], error: unknown) => {
    if (connection.inTransaction) rollback.run();
    deferred.drop();
    onLost();
    for (const each of ending) each.failed(storeError(error));
  };

  const attempt = <T>(work: () => T): T => {
    if (!isOpen) {
      begin.run();
      isOpen = true;
      turn = { writes: 0, openedAt: performance.now() };
      setImmediate(endOfTurn);
    }
    save.run();
    try {
      const result = work();
      release.run();
      return result;
    } catch (error) {
      // A full disk ends the whole transaction by itself; then the others of the group are lost too.
      if (connection.inTransaction) {
        undo.run();
        release.run();
      } else {
        const others = group;
        group = [];
        isOpen = false;
        lose(others, error);
      }
      throw error;
    }
  };

  const writeDeferring: GroupCommit['writeDeferring'] = (work, isPrecious) =>
    new Promise((resolve, reject) => {
      try {
        const result = attempt(work);
        group.push({ isPrecious, committed: () => resolve(result), failed: reject });
      } catch (error) {
        reject(storeError(error));
      }
    });

  const write: Write = (work) =>
    writeDeferring(() => {
      // What this work looks at or numbers must come after what was done before it.
      deferred.flush();
      return work();
    }, true);

  return { write, writeDeferring, flush: end };
}
