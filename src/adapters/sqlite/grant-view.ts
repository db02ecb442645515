import type { Breadth } from '../../app/ports.ts';
import type { DroneId } from '../../core/ids.ts';
import type { GrantView } from '../../core/view.ts';
import type { ConfigCache } from './config-cache.ts';
import type { DroneReads } from './drone-reads.ts';
import { AVOIDED_BY, FAILED_BY } from './ended-by.ts';
import type { LiveQueueRow, LiveRows } from './live-rows.ts';
import type { Connection } from './open.ts';
import { type CandidateRow, candidate, droneView, runningAttempt } from './rows.ts';

/** How many candidates are looked at first, and how many when none of those will do. */
const NARROW = 2;
const WIDE = 200;

/** How long a drone is reminded of a package that was taken from it, in seconds. */
const REVOKED_FOR_S = 120;

const CANDIDATE = 'q.id, q.package, q.cpv, q.session_id, q.status, q.rank, q.not_before, q.failure_class';

type Parts = {
  /** Settled: what was put off is written before it is asked. */
  readonly connection: Connection;
  readonly live: LiveRows;
  readonly drones: DroneReads;
  readonly config: ConfigCache;
};
type Found = CandidateRow & { readonly failed_by: string };

/** What is decided from when a drone asks for work. Nearly always nothing of it is asked of the tables. */
export function makeGrantView(
  parts: Parts,
): (droneId: DroneId, now: number, breadth: Breadth) => GrantView | undefined {
  const { live, drones, config } = parts;
  const candidates = makeCandidates(parts);
  const revoked = makeRevoked(parts);
  return (droneId, now, breadth) => {
    const row = drones.drone(droneId);
    if (!row) return undefined;
    const drone = droneView(row);
    const isWide = breadth === 'wide';
    const found = candidates(drone.isSweeper, droneId, { now: now / 1000, isWide });
    const views = found.map(candidate);
    const retried = found.filter((_, index) => views[index]?.failedBy.includes(droneId));
    return {
      isPaused: config.get('paused') === 'true',
      drone,
      portageTimestamp: { expected: config.get('expected_portage_timestamp'), reported: row.portage_timestamp },
      held: live.heldBy(droneId).map(runningAttempt),
      candidates: views,
      hasMore: !isWide && found.length === NARROW,
      revoked: revoked(droneId, now / 1000),
      others: retried.flatMap((each) => drones.another(droneId, each.failed_by)).map(droneView),
    };
  };
}

function makeCandidates({ connection, live }: Parts) {
  const avoidedBy = connection.prepare<[number], string>(`SELECT ${AVOIDED_BY} FROM queue q WHERE q.id = ?`).pluck();
  // The drone's own failures come last, so that none hides another. A package that is being built for one session
  // is not built for another at the same time.
  const wide = connection.prepare<{ droneId: string; now: number }, Found>(
    `SELECT ${CANDIDATE}, ${AVOIDED_BY} AS failed_by FROM queue q
     WHERE q.status = 'needed' AND q.ready = 1 AND (q.not_before IS NULL OR q.not_before <= @now)
       AND NOT EXISTS (SELECT 1 FROM queue t WHERE t.package = q.package AND t.status = 'delegated')
     ORDER BY EXISTS (SELECT 1 FROM attempts a WHERE a.queue_id = q.id AND a.drone_id = @droneId
       AND a.state IN ('failed', 'reclaimed', 'returned') AND a.id > q.failures_since), q.rank DESC, q.id
     LIMIT ${WIDE}`,
  );
  const blocked = connection.prepare<[], Found>(
    `SELECT ${CANDIDATE}, ${FAILED_BY} AS failed_by FROM queue q
     WHERE q.status = 'blocked' AND q.status <> 'received' AND q.ready = 1 ORDER BY q.id LIMIT ${WIDE}`,
  );
  const failedBy = (row: LiveQueueRow) => (hasHistory(row) ? (avoidedBy.get(row.id) ?? '[]') : '[]');
  // While the disk is full the tables say what was before.
  const isStill = (status: Found['status']) => (row: Found) => live.queue.get(row.id)?.status === status;
  const narrow = (now: number): Found[] => {
    const rows: LiveQueueRow[] = [];
    live.visitReady((row) => {
      if ((row.not_before ?? 0) <= now && !isBuiltElsewhere(live, row)) rows.push(row);
      return rows.length < NARROW ? 'next' : 'stop';
    });
    return rows.map((row) => ({ ...row, failed_by: failedBy(row) }));
  };
  return (isSweeper: boolean, droneId: string, { now, isWide }: { now: number; isWide: boolean }): Found[] => {
    if (isSweeper) return blocked.all().filter(isStill('blocked'));
    return isWide ? wide.all({ droneId, now }).filter(isStill('needed')) : narrow(now);
  };
}

/** Most packages never failed, and looking for who failed them costs more than the rest. */
function hasHistory(row: LiveQueueRow): boolean {
  return row.failure_count + row.infrastructure_failures > 0 || row.not_before !== null;
}

function isBuiltElsewhere(live: LiveRows, row: LiveQueueRow): boolean {
  const wishes = live.wishesFor(row.package);
  return wishes.length > 1 && wishes.some((each) => each.status === 'delegated');
}

function makeRevoked({ connection, live }: Parts): (droneId: string, now: number) => string[] {
  const revoked = connection
    .prepare<[string, number], string>(
      `SELECT DISTINCT package FROM attempts WHERE drone_id = ? AND state = 'reclaimed' AND ended_at > ?`,
    )
    .pluck();
  return (droneId, now) => {
    const since = now - REVOKED_FOR_S;
    const last = live.lastTakenFrom(droneId);
    return last === undefined || last <= since ? [] : revoked.all(droneId, since);
  };
}
