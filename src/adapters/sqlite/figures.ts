import { stat } from 'node:fs/promises';
import type { FigureReads } from '../../app/operations-ports.ts';
import type { Connection } from './open.ts';
import { makeQueueCounts } from './queue-counts.ts';

/** What monitoring asks for. */
export function makeFigures(connection: Connection): FigureReads {
  const queue = makeQueueCounts(connection);
  const drones = connection.prepare<[], { online: number; offline: number; paused: number; slots: number }>(
    `SELECT count(*) FILTER (WHERE status = 'online') AS online, count(*) FILTER (WHERE status = 'offline') AS offline,
       count(*) FILTER (WHERE paused = 1) AS paused,
       coalesce(sum(slots) FILTER (WHERE status = 'online'), 0) AS slots
     FROM nodes`,
  );
  const running = connection.prepare<[], number>("SELECT count(*) FROM attempts WHERE state = 'running'").pluck();
  const stale = connection.prepare<[], string>("SELECT value FROM config WHERE key = 'stale_reports'").pluck();
  return {
    figures: async () => {
      const fleet = drones.get() ?? { online: 0, offline: 0, paused: 0, slots: 0 };
      return {
        ...queue.read(),
        onlineDrones: fleet.online,
        offlineDrones: fleet.offline,
        pausedDrones: fleet.paused,
        slots: fleet.slots,
        slotsBusy: running.get() ?? 0,
        staleReports: Number(stale.get() ?? 0),
        isPaused: queue.isPaused(),
      };
    },
    size: async () => ({
      databaseBytes: Number(connection.pragma('page_count', { simple: true })) * pageSize(connection),
      walBytes: connection.memory ? 0 : await fileSize(`${connection.name}-wal`),
    }),
  };
}

function pageSize(connection: Connection): number {
  return Number(connection.pragma('page_size', { simple: true }));
}

/** The log is gone when it was folded into the database. */
async function fileSize(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    return 0;
  }
}
