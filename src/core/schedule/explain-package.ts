import type { DroneId } from '../ids.ts';
import { classOf, classRejection, closedRejection, roomOn } from './admission.ts';
import type { Swarm } from './choose.ts';
import { expectedMs } from './drone-facts.ts';
import type { Berth } from './fleet.ts';
import { othersCouldTry } from './other-drones.ts';
import type { ReadyPackage } from './ready-package.ts';
import type { Rejection } from './rejection.ts';

/** What stands between a ready package and a drone. */
export type DroneForPackage = {
  readonly droneId: DroneId;
  readonly name: string;
  /** Null when the drone could take it now. */
  readonly rejection: Rejection | null;
  /** When it would be done if it began there now. */
  readonly finishAt: number;
};

/** Every drone with the reason why it does not get the package; those that could take it first, the fastest first. */
export function dronesForPackage(ready: ReadyPackage, { fleet, policy }: Swarm, now: number): DroneForPackage[] {
  const isForOthers = ready.failedBy.length > 0 && othersCouldTry(ready, { fleet, policy, now });
  const all = Array.from(fleet.berths(), (berth) => ({
    droneId: berth.drone.id,
    name: berth.drone.name,
    rejection: rejectionOn(berth, ready, { policy, now, isForOthers }) ?? null,
    finishAt: now + expectedMs(ready, berth.drone),
  }));
  return all.sort(
    (left, right) =>
      Number(left.rejection !== null) - Number(right.rejection !== null) || left.finishAt - right.finishAt,
  );
}

function rejectionOn(
  { drone, running }: Berth,
  ready: ReadyPackage,
  { policy, now, isForOthers }: { policy: Swarm['policy']; now: number; isForOthers: boolean },
): Rejection | undefined {
  if (drone.isSweeper !== ready.isBlocked) return { rule: 'sweeper', isSweeper: drone.isSweeper };
  const room = roomOn(drone, running, policy);
  // Of the package itself, not of its class, whose amounts are rounded down.
  const kind = { ...classOf(ready), memoryFloorMb: ready.memoryMb, diskFloorBytes: ready.diskBytes };
  const rejection = closedRejection(drone, room) ?? classRejection(kind, drone, room, policy);
  if (rejection !== undefined) return rejection;
  if (ready.notBefore !== null && ready.notBefore > now) return { rule: 'too-early', notBefore: ready.notBefore };
  const isOver = ready.failedBy.includes(drone.id) && (drone.isSweeper || isForOthers);
  return isOver ? { rule: 'failed-here' } : undefined;
}
