import { slotsOf } from '../../core/grant.ts';
import { speedOf } from '../../core/learning/drone-speed.ts';
import type { Knowledge } from '../../core/learning/knowledge.ts';
import type { Policy } from '../../core/policy.ts';
import { slotsWithin } from '../../core/schedule/cores-limit.ts';
import type { DroneFacts } from '../../core/schedule/drone-facts.ts';
import type { LiveDrone } from './live-ports.ts';

const MB_PER_GB = 1024;
const BYTES_PER_MB = 1024 * 1024;

/**
 * Cores that one build has for itself. A drone that says how many it builds at once shares its cores among them;
 * agents that do not build one after the other with all of them.
 */
export function coresPerBuild({ cores, coresLimit, slots }: LiveDrone): number | null {
  if (cores === null) return null;
  return Math.min(cores, coresLimit ?? cores) / Math.max(1, slots ?? 1);
}

/** A drone as placement sees it. */
export function droneFacts(drone: LiveDrone, knowledge: Knowledge, policy: Policy): DroneFacts {
  const { id, name, isSweeper, arch, labels, ramGb, diskFreeMb } = drone;
  return {
    ...{ id, name, isSweeper, arch, labels },
    closedBecause: closedBecause(drone, policy),
    slowness: speedOf(knowledge, { droneId: id, coresPerBuild: coresPerBuild(drone) }).slowness,
    slots: slotsWithin(slotsOf(drone, policy), drone.cores, drone.coresLimit),
    memoryMb: ramGb === null ? null : ramGb * MB_PER_GB,
    diskFreeBytes: diskFreeMb === null ? null : diskFreeMb * BYTES_PER_MB,
  };
}

function closedBecause({ isOnline, isPaused, groundedUntil, failures }: LiveDrone, policy: Policy): string | null {
  if (!isOnline) return 'this drone is offline';
  if (isPaused) return 'this drone is paused';
  if (groundedUntil !== null) return 'this drone is grounded';
  return failures >= policy.failuresToGround ? 'this drone is about to be grounded' : null;
}
