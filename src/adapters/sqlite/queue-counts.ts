import type { QueueCounts } from '../../app/stream-ports.ts';
import { PACKAGE_STATES, type PackageState } from '../../core/package-state.ts';
import type { Connection } from './open.ts';

/** The queue in numbers, from the totals that its triggers keep. */
export function makeQueueCounts(connection: Connection): {
  read(): { readonly counts: QueueCounts; readonly ready: number };
  isPaused(): boolean;
} {
  const totals = connection.prepare<[], { status: PackageState; packages: number; ready: number }>(
    `SELECT status, sum(packages) AS packages, sum(packages * ready) AS ready FROM queue_totals GROUP BY status`,
  );
  const paused = connection.prepare<[], { value: string | null }>("SELECT value FROM config WHERE key = 'paused'");
  return {
    read: () => {
      const rows = new Map(totals.all().map((row) => [row.status, row]));
      const total = [...rows.values()].reduce((sum, { packages }) => sum + packages, 0);
      const each = Object.fromEntries(PACKAGE_STATES.map((state) => [state, rows.get(state)?.packages ?? 0]));
      // The loop above visits every state.
      const counts = { ...(each as Record<PackageState, number>), total };
      return { counts, ready: rows.get('needed')?.ready ?? 0 };
    },
    isPaused: () => paused.get()?.value === 'true',
  };
}
