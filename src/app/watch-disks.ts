import { type Disk, type DiskLimits, findLowDisks } from '../core/notify/low-disks.ts';
import type { DiskName } from './check-readiness.ts';
import type { NotificationStore } from './notify-ports.ts';
import type { DiskSpace } from './operations-ports.ts';
import type { Clock, EventHub } from './ports.ts';
import type { NodeReport, SwarmReports } from './report-ports.ts';

type Needs = {
  readonly notifications: Pick<NotificationStore, 'readLowDisks' | 'noteLowDisks'>;
  readonly reports: Pick<SwarmReports, 'nodes'>;
  readonly paths: Readonly<Record<DiskName, string>>;
  /** Rejects when the path cannot be looked at. */
  readonly diskSpace: (path: string) => Promise<DiskSpace>;
  readonly limits: DiskLimits;
  readonly hub: EventHub;
  readonly clock: Clock;
};

const MB = 1024 ** 2;

/** Look at the disks of the control plane, and at what drones say of theirs; what became low, or is no longer, is an event. */
export function watchDisks(needs: Needs): () => Promise<void> {
  const { notifications, reports, limits, hub, clock } = needs;
  return async () => {
    const now = clock.now();
    const own = await ownDisks(needs);
    const nodes = await reports.nodes({ includeOffline: false, now });
    const before = await notifications.readLowDisks();
    const { low, events } = findLowDisks([...own, ...nodes.flatMap(diskOf)], before, limits);
    if (events.length > 0) hub.announce(await notifications.noteLowDisks(low, events, now));
  };
}

async function ownDisks({ paths, diskSpace }: Needs): Promise<Disk[]> {
  const names = Object.keys(paths) as DiskName[];
  const found = await Promise.all(
    names.map(async (key) => {
      const space = await diskSpace(paths[key]).catch(() => undefined);
      return space && { key, name: `the disk of ${key} (${paths[key]})`, drone: null, ...space };
    }),
  );
  const disks = found.filter((disk) => disk !== undefined);
  // Several directories on one file system run full together, and are told once.
  return disks.filter((disk, index) => disks.findIndex((other) => isSame(other, disk)) === index);
}

function isSame(a: Disk, b: Disk): boolean {
  return a.totalBytes === b.totalBytes && Math.abs(a.freeBytes - b.freeBytes) < MB;
}

function diskOf({ id, name, metrics }: NodeReport): Disk[] {
  const { disk_free_mb: freeMb } = metrics;
  if (typeof freeMb !== 'number') return [];
  return [{ key: `drone:${id}`, name, drone: { id, name }, freeBytes: freeMb * MB, totalBytes: null }];
}
