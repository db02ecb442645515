import type { DroneFacts } from '../core/schedule/drone-facts.ts';
import { fleet } from '../core/schedule/fleet.ts';
import type { ReadyPackage } from '../core/schedule/ready-package.ts';
import { readyQueue } from '../core/schedule/ready-queue.ts';
import { DEFAULT_SCHEDULE_POLICY } from '../core/schedule/schedule-policy.ts';

/** A package that is ready, ordinary in every respect that is not given. */
export function readyPackage(queueId: number, over: Partial<ReadyPackage> = {}): ReadyPackage {
  return {
    queueId,
    package: `=c/p-${queueId}`,
    sessionId: 's-1',
    isBlocked: false,
    estimate: { p50S: 100, logSigma: 0 },
    rankS: over.estimate?.p50S ?? 100,
    dependents: 0,
    queuedAt: 0,
    bump: 0,
    notBefore: null,
    failedBy: [],
    arch: null,
    labels: [],
    memoryMb: null,
    diskBytes: null,
    group: null,
    ...over,
  };
}

/** A drone with one slot, as fast as the reference. */
export function droneFacts(id: string, over: Partial<DroneFacts> = {}): DroneFacts {
  return {
    id,
    name: id,
    isSweeper: false,
    closedBecause: null,
    slowness: 1,
    slots: 1,
    memoryMb: null,
    diskFreeBytes: null,
    arch: null,
    labels: [],
    ...over,
  };
}

/** A swarm as decisions see it, with these drones, who have all just asked, and these packages. */
export function swarmOf(drones: readonly DroneFacts[], packages: readonly ReadyPackage[], now: number) {
  const policy = DEFAULT_SCHEDULE_POLICY;
  const swarm = { fleet: fleet(), ready: readyQueue(policy.ageingPerS), policy };
  for (const drone of drones) swarm.fleet.put(drone, now);
  for (const ready of packages) swarm.ready.put(ready);
  return swarm;
}
