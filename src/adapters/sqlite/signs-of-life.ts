import type { DroneId } from '../../core/ids.ts';
import type { Connection } from './open.ts';

/** When drones were heard of by a request that is no heartbeat; written from time to time. */
export type SignsOfLife = {
  note(droneId: DroneId, at: number): void;
  isEmpty(): boolean;
  /** Within a write. */
  write(): void;
};

/**
 * Two more rows with each request are much for what is read once a second. If the program dies the leases
 * begin anew at its next start, so nothing is lost with them.
 */
export function createSignsOfLife(connection: Connection): SignsOfLife {
  const seen = connection.prepare("UPDATE nodes SET last_seen = max(last_seen, ?) WHERE id = ? AND status = 'online'");
  const renew = connection.prepare(
    "UPDATE attempts SET last_heard_at = max(last_heard_at, ?) WHERE drone_id = ? AND state = 'running'",
  );
  const heardAt = new Map<DroneId, number>();
  return {
    note: (droneId, at) => {
      heardAt.set(droneId, at);
    },
    isEmpty: () => heardAt.size === 0,
    write: () => {
      for (const [droneId, at] of heardAt) {
        seen.run(at / 1000, droneId);
        renew.run(at / 1000, droneId);
      }
      heardAt.clear();
    },
  };
}
