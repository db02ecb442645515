import type { SwarmEvent } from '../events.ts';
import type { DroneId } from '../ids.ts';

/** A disk that packages are built or kept on. Sizes in bytes. */
export type Disk = {
  /** Stable: `binhost`, or `drone:ID`. */
  readonly key: string;
  /** As people call it: `the binhost (/srv/binhost)`, or a drone's name. */
  readonly name: string;
  readonly drone: { readonly id: DroneId; readonly name: string } | null;
  readonly freeBytes: number;
  /** Null where nobody said how large it is. */
  readonly totalBytes: number | null;
};

export type DiskLimits = { readonly lowShare: number; readonly lowBytes: number };

/** Room that comes and goes about the limit is not told again and again. */
const ENOUGH = 1.25;

/** Which disks are low now, and what is to be told of those that became so, or are no longer. */
export function findLowDisks(
  disks: readonly Disk[],
  before: ReadonlySet<string>,
  limits: DiskLimits,
): { readonly low: readonly string[]; readonly events: readonly SwarmEvent[] } {
  const low: string[] = [];
  const events: SwarmEvent[] = [];
  for (const disk of disks) {
    const wasLow = before.has(disk.key);
    const isLow = isBelow(disk, limits, wasLow ? ENOUGH : 1);
    if (isLow) low.push(disk.key);
    if (isLow !== wasLow) events.push(eventOf(disk, isLow));
  }
  // One that nobody tells of now, such as that of a drone that is down, is as it was.
  const unheard = [...before].filter((key) => disks.every((disk) => disk.key !== key));
  return { low: [...low, ...unheard], events };
}

function isBelow({ freeBytes, totalBytes }: Disk, { lowShare, lowBytes }: DiskLimits, factor: number): boolean {
  if (freeBytes < lowBytes * factor) return true;
  return totalBytes !== null && freeBytes < totalBytes * lowShare * factor;
}

function eventOf({ name, drone, freeBytes, totalBytes }: Disk, isLow: boolean): SwarmEvent {
  const percent = totalBytes === null || totalBytes === 0 ? '' : ` (${Math.floor((freeBytes / totalBytes) * 100)} %)`;
  const free = `${sizeText(freeBytes)}${percent}`;
  const message = isLow ? `${name} has little room: ${free} free` : `${name} has enough room again: ${free} free`;
  const named = drone === null ? {} : { drone: drone.name };
  return {
    type: 'disk',
    message,
    details: { ...named, disk: name, free, free_bytes: freeBytes, is_over: !isLow },
    droneId: drone?.id ?? null,
    package: null,
  };
}

function sizeText(bytes: number): string {
  const gb = bytes / 1024 ** 3;
  return gb >= 1 ? `${gb.toFixed(1)} GB` : `${Math.round(bytes / 1024 ** 2)} MB`;
}
