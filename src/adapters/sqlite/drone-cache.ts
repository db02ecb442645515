import type { DroneId } from '../../core/ids.ts';
import type { DroneRow } from './rows.ts';

/** What decisions need to know of drones, beside the table it is in. */
export type DroneCache = {
  readonly get: (id: DroneId, read: () => DroneRow | undefined) => DroneRow | undefined;
  /** After a write to what is known of this drone. */
  readonly forget: (id: DroneId) => void;
  readonly forgetAll: () => void;
};

/** Every request of a drone asks who it is, and that changes with its heartbeats only. */
export function createDroneCache(): DroneCache {
  const known = new Map<DroneId, DroneRow>();
  return {
    get: (id, read) => {
      const found = known.get(id) ?? read();
      if (found !== undefined) known.set(id, found);
      return found;
    },
    forget: (id) => {
      known.delete(id);
    },
    forgetAll: () => known.clear(),
  };
}
