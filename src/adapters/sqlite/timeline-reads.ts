import { setImmediate as nextTurn } from 'node:timers/promises';
import type { TimelineBuild, TimelineReads, TimelineWish } from '../../app/timeline.ts';
import type { FailureClass } from '../../core/failure-class.ts';
import type { AttemptState } from '../../core/package-state.ts';
import type { Connection } from './open.ts';
import { toMs } from './rows.ts';

/** Read in one turn of the event loop: some milliseconds. */
const ROWS_A_TURN = 2_000;

type Row = {
  readonly id: number;
  readonly package: string;
  readonly drone_name: string;
  readonly session_id: string | null;
  readonly state: AttemptState;
  readonly granted_at: number;
  readonly ended_at: number | null;
  readonly phase: string | null;
  readonly failure_class: FailureClass | null;
};

type OldRow = Omit<Row, 'id' | 'state' | 'granted_at' | 'ended_at'> & {
  readonly status: string;
  readonly duration_seconds: number;
  readonly built_at: number;
};

type Found = { readonly builds: TimelineBuild[]; readonly isCut: boolean };

/**
 * Builds by when they began. Attempts are numbered as they begin, so that a time is found by halving and read from
 * there by the key; what version 3.1 built has no attempts, and is older than all of them.
 */
export function makeTimelineReads(connection: Connection): TimelineReads {
  const attempts = makeAttempts(connection);
  const old = makeOldBuilds(connection);
  return {
    builds: async (wish) => {
      const newer = await attempts(wish);
      const { builds, isCut } = newer.isCut ? newer : withOlder(newer, old(wish, wish.limit - newer.builds.length));
      const first = builds.at(-1);
      if (isCut) return { builds, from: first?.startedAt ?? wish.from };
      return { builds, from: wish.from };
    },
  };
}

function withOlder(newer: Found, older: Found): Found {
  return { builds: [...newer.builds, ...older.builds], isCut: older.isCut };
}

function makeAttempts(connection: Connection): (wish: TimelineWish) => Promise<Found> {
  const ends = connection.prepare<[], { first: number | null; last: number | null }>(
    'SELECT (SELECT min(id) FROM attempts) AS first, (SELECT max(id) FROM attempts) AS last',
  );
  const begin = connection.prepare<[number], { granted_at: number }>(
    'SELECT granted_at FROM attempts WHERE id <= ? ORDER BY id DESC LIMIT 1',
  );
  const some = connection.prepare<[number, number], Row>(
    `SELECT id, package, drone_name, session_id, state, granted_at, ended_at, phase, failure_class
     FROM attempts WHERE id < ? ORDER BY id DESC LIMIT ?`,
  );
  /** The first number that began at `at` or later; one more than the last when none did. */
  const numberAt = (at: number): number => {
    const { first, last } = ends.get() ?? { first: null, last: null };
    let [low, high] = [first ?? 1, (last ?? 0) + 1];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (toMs(begin.get(middle)?.granted_at ?? 0) < at) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return async ({ from, to, session, limit }) => {
    const builds: TimelineBuild[] = [];
    const lowest = from === null ? 0 : numberAt(from);
    let before = to === null ? Number.MAX_SAFE_INTEGER : numberAt(to);
    for (;;) {
      const rows = some.all(before, ROWS_A_TURN);
      for (const row of rows) {
        if (row.id < lowest) return { builds, isCut: false };
        if (session !== null && row.session_id !== session) continue;
        if (builds.length === limit) return { builds, isCut: true };
        builds.push(build(row));
      }
      if (rows.length < ROWS_A_TURN) return { builds, isCut: false };
      before = rows.at(-1)?.id ?? 0;
      await nextTurn();
    }
  };
}

function makeOldBuilds(connection: Connection): (wish: TimelineWish, limit: number) => Found {
  // They were taken over before anything else was written.
  const first = connection.prepare<[], { id: number }>(
    'SELECT id FROM build_history WHERE attempt IS NOT NULL ORDER BY id LIMIT 1',
  );
  type Wish = { from: number; to: number; session: string | null; before: number; limit: number };
  const some = connection.prepare<Wish, OldRow>(
    `SELECT package, drone_name, session_id, status, duration_seconds, built_at, phase, failure_class
     FROM build_history
     WHERE id < @before AND built_at >= @from AND built_at - duration_seconds BETWEEN @from AND @to
       AND attempt IS NULL AND (@session IS NULL OR session_id = @session)
     ORDER BY built_at DESC LIMIT @limit`,
  );
  return ({ from, to, session }, limit) => {
    const before = first.get()?.id ?? Number.MAX_SAFE_INTEGER;
    if (before === 1) return { builds: [], isCut: false };
    const range = { from: (from ?? 0) / 1000, to: (to ?? Number.MAX_SAFE_INTEGER) / 1000 };
    const rows = some.all({ ...range, session, before, limit: limit + 1 });
    return { builds: rows.slice(0, limit).map(oldBuild), isCut: rows.length > limit };
  };
}

function build(row: Row): TimelineBuild {
  return {
    attempt: row.id,
    ...{ package: row.package, drone: row.drone_name, sessionId: row.session_id, state: row.state },
    startedAt: toMs(row.granted_at),
    endedAt: row.ended_at === null ? null : toMs(row.ended_at),
    ...{ phase: row.phase, failureClass: row.failure_class },
  };
}

function oldBuild(row: OldRow): TimelineBuild {
  return {
    attempt: null,
    ...{ package: row.package, drone: row.drone_name, sessionId: row.session_id, state: stateOf(row.status) },
    startedAt: toMs(row.built_at - row.duration_seconds),
    endedAt: toMs(row.built_at),
    ...{ phase: row.phase, failureClass: row.failure_class },
  };
}

function stateOf(status: string): AttemptState {
  if (status === 'success') return 'received';
  return status === 'returned' ? 'returned' : 'failed';
}
