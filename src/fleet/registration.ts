import type { KnownDrone, Plane } from './plane.ts';

/** What is waited for, and how long. */
export type Awaited = {
  readonly droneId: string;
  /** How it stood before; undefined where it was not known. A sign of life has to be newer. */
  readonly before: KnownDrone | undefined;
  readonly limitMs: number;
  readonly signal: AbortSignal;
};

export type WaitNeeds = {
  readonly drones: Plane['drones'];
  readonly now: () => number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
};

const LOOK_MS = 500;

/** The drone, once the control plane has heard of it anew; undefined when it did not in that time. */
export async function awaitDrone(needs: WaitNeeds, { droneId, before, limitMs, signal }: Awaited) {
  const until = needs.now() + limitMs;
  for (;;) {
    const drone = (await needs.drones()).find(({ id }) => id === droneId);
    if (drone?.isOnline === true && (before === undefined || drone.lastSeen > before.lastSeen)) return drone;
    if (needs.now() >= until) return undefined;
    await needs.sleep(LOOK_MS, signal);
  }
}
