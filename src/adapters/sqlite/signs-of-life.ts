import type { DroneId } from '../../core/ids.ts';
import type { LiveRows } from './live-rows.ts';
import type { Connection } from './open.ts';
import type { PutOffWrites } from './projection.ts';

/** When drones were heard of by a request that is no heartbeat. */
export type SignsOfLife = PutOffWrites & { note(droneId: DroneId, at: number, undo: (() => void)[]): void };

/** Two more rows with each request are much for what is read once a second. */
export function createSignsOfLife(connection: Connection, live: LiveRows): SignsOfLife {
  const seen = connection.prepare("UPDATE nodes SET last_seen = max(last_seen, ?) WHERE id = ? AND status = 'online'");
  const heardAt = new Map<DroneId, number>();
  const uncommitted = new Map<DroneId, number>();
  return {
    note: (droneId, at, undo) => {
      const before = heardAt.get(droneId);
      heardAt.set(droneId, at);
      undo.push(() => (before === undefined ? heardAt.delete(droneId) : heardAt.set(droneId, before)));
    },
    isEmpty: () => heardAt.size === 0,
    write: () => {
      for (const [droneId, at] of heardAt) {
        seen.run(at / 1000, droneId);
        renewLeases(live, droneId, at / 1000);
        uncommitted.set(droneId, at);
      }
      heardAt.clear();
    },
    committed: () => uncommitted.clear(),
    notWritten: () => {
      for (const [droneId, at] of uncommitted) if (!heardAt.has(droneId)) heardAt.set(droneId, at);
      uncommitted.clear();
    },
    forgetAll: () => {
      heardAt.clear();
      uncommitted.clear();
    },
  };
}

/** All that the drone holds; `at` in Unix seconds. */
function renewLeases(live: LiveRows, droneId: DroneId, at: number): void {
  for (const row of live.heldBy(droneId)) {
    if (row.last_heard_at < at) live.attempts.set({ ...row, last_heard_at: at });
  }
}
