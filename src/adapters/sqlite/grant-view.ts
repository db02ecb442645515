import type { DroneId } from '../../core/ids.ts';
import type { GrantView } from '../../core/view.ts';
import type { ConfigCache } from './config-cache.ts';
import type { DroneReads } from './drone-reads.ts';
import type { LiveRows } from './live-rows.ts';
import type { Connection } from './open.ts';
import { droneView, runningAttempt } from './rows.ts';

/** How long a drone is reminded of a package that was taken from it, in seconds. */
const REVOKED_FOR_S = 120;

type Parts = {
  /** Settled: what was put off is written before it is asked. */
  readonly connection: Connection;
  readonly live: LiveRows;
  readonly drones: DroneReads;
  readonly config: ConfigCache;
};
/** What is decided from when a drone asks for work. Nearly always nothing of it is asked of the tables. */
export function makeGrantView(parts: Parts): (droneId: DroneId, now: number) => GrantView | undefined {
  const { live, drones, config } = parts;
  const revoked = makeRevoked(parts);
  return (droneId, now) => {
    const row = drones.drone(droneId);
    if (!row) return undefined;
    return {
      isPaused: config.get('paused') === 'true',
      drone: droneView(row),
      portageTimestamp: { expected: config.get('expected_portage_timestamp'), reported: row.portage_timestamp },
      held: live.heldBy(droneId).map(runningAttempt),
      revoked: revoked(droneId, now / 1000),
    };
  };
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
