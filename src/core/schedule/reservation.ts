import {
  type AdmissionRules,
  couldHold,
  groupRejection,
  memoryOf,
  type Room,
  roomOn,
  roomRejection,
} from './admission.ts';
import { type DroneFacts, expectedEnd, expectedMs } from './drone-facts.ts';
import type { Berth } from './fleet.ts';
import type { BuildNeeds, ReadyPackage } from './ready-package.ts';

/** Room that is kept on a drone for a package that does not fit beside what runs there now. */
export type Reservation = {
  readonly ready: ReadyPackage;
  /** When enough of the running builds are expected to have ended. */
  readonly at: number;
  /** What is left then beside the package; null is unknown. */
  readonly spareMb: number | null;
  readonly spareBytes: number | null;
};

/**
 * When a package would fit on a drone where it does not fit now. Without this a big package starves on a drone whose
 * every freed corner is filled with small ones. Undefined if it never fits, or if nothing need end for it.
 */
export function reserve(
  ready: ReadyPackage,
  { drone, running }: Berth,
  rules: AdmissionRules,
  now: number,
): Reservation | undefined {
  if (!couldHold(ready, drone, rules)) return undefined;
  const ends = running
    .map((build) => ({ build, at: expectedEnd(build, drone, now) }))
    .sort((left, right) => left.at - right.at);
  for (const [count, { at }] of ends.entries()) {
    const still = ends.slice(count + 1).map(({ build }) => build);
    const room = roomOn(drone, still, rules);
    if (!isRoomFor(ready, drone, room, rules)) continue;
    const spareMb = room.memoryMb === null ? null : room.memoryMb - memoryOf(ready, drone, rules);
    return { ready, at, spareMb, spareBytes: room.diskBytes === null ? null : room.diskBytes - (ready.diskBytes ?? 0) };
  }
  return undefined;
}

/** When a package fits beside what runs on a drone: now, or once enough of that is expected to have ended. Undefined if it never fits. */
export function roomAt(ready: ReadyPackage, berth: Berth, rules: AdmissionRules, now: number): number | undefined {
  const { drone, running } = berth;
  // What builds one at a time has room whenever it has a slot.
  if (running.length === 0 || drone.slots === 1 || isRoomFor(ready, drone, roomOn(drone, running, rules), rules))
    return now;
  return reserve(ready, berth, rules, now)?.at;
}

function isRoomFor(ready: ReadyPackage, drone: DroneFacts, room: Room, rules: AdmissionRules): boolean {
  return (groupRejection(ready, room, rules) ?? roomRejection(ready, drone, room, rules)) === undefined;
}

/**
 * Whether another package may run meanwhile: it ends in time, or leaves room enough (EASY backfilling: Lifka, 1995).
 */
export function leavesRoom(
  each: ReadyPackage,
  { ready, at, spareMb, spareBytes }: Reservation,
  drone: DroneFacts,
  { rules, now }: { readonly rules: AdmissionRules; readonly now: number },
): boolean {
  if (now + expectedMs(each, drone) <= at) return true;
  if (ready.group !== null && each.group === ready.group) return false;
  return fits(memoryOf(each, drone, rules), spareMb) && fits(diskOf(each), spareBytes);
}

function fits(amount: number, spare: number | null): boolean {
  return spare === null || amount <= spare;
}

function diskOf({ diskBytes }: BuildNeeds): number {
  return diskBytes ?? 0;
}
