import type { DroneId } from '../../core/ids.ts';
import type { DroneCache } from './drone-cache.ts';
import type { Connection } from './open.ts';
import type { DroneRow } from './rows.ts';

// Each column that is read costs, and a node has more than a decision needs.
export const DRONE = `SELECT n.id, n.name, n.type, n.paused, n.status, n.last_seen, n.cores, n.ram_gb, n.slots, n.portage_timestamp,
    h.failures, h.grounded_until
  FROM nodes n LEFT JOIN drone_health h ON h.node_id = n.id`;

/** What decisions read of drones. */
export type DroneReads = {
  readonly drone: (id: DroneId) => DroneRow | undefined;
  /** A drone that could take a package instead of this one and of those that failed it (a JSON list). */
  readonly another: (id: DroneId, failedBy: string) => DroneRow[];
};

/** @param connection What is put off of drones, that they were heard of, is nothing that decisions ask. */
export function makeDroneReads(connection: Connection, drones: DroneCache): DroneReads {
  const one = connection.prepare<[string], DroneRow>(`${DRONE} WHERE n.id = ?`);
  // One is enough to know that there is one; a fleet of a thousand is not read for that.
  const another = connection.prepare<{ id: string; failedBy: string }, DroneRow>(
    `${DRONE} WHERE n.id <> @id AND n.status = 'online' AND n.paused = 0 AND n.type <> 'sweeper'
       AND n.id NOT IN (SELECT value FROM json_each(@failedBy)) LIMIT 1`,
  );
  return {
    drone: (id) => drones.get(id, () => one.get(id)),
    another: (id, failedBy) => another.all({ id, failedBy }),
  };
}
