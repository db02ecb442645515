import type { DroneId, QueueId } from '../../core/ids.ts';
import type { Swarm } from '../../core/schedule/choose.ts';
import { expectedEnd, type RunningBuild } from '../../core/schedule/drone-facts.ts';
import type { DurationEstimate } from '../../core/schedule/duration.ts';
import type { Berth } from '../../core/schedule/fleet.ts';
import type { LiveDrone } from '../dispatch/live-ports.ts';
import type { Dispatching } from './explain-ports.ts';

/** A build as the scheduler expects it; when it ends is null where nothing is known of it. */
type SeenBuild = { readonly berth: Berth; readonly build: RunningBuild; readonly expectedAt: number | null };

/** One moment of the swarm, for one question. */
export type Scene = {
  readonly now: number;
  readonly swarm: Swarm;
  readonly dispatcher: Dispatching;
  readonly drones: ReadonlyMap<DroneId, LiveDrone>;
  readonly nameOf: (id: DroneId) => string;
  readonly buildOf: (id: QueueId) => SeenBuild | undefined;
  /** Whether nothing is known of how long a package takes. */
  readonly isGuess: (id: QueueId) => boolean;
};

/** The swarm as the dispatcher sees it now. */
export async function takeScene(dispatcher: Dispatching, now: number): Promise<Scene> {
  await dispatcher.look(now);
  const swarm = dispatcher.swarm();
  const drones = new Map(Array.from(dispatcher.drones(), (drone) => [drone.id, drone]));
  const isGuess = (id: QueueId) => (dispatcher.known(id)?.beliefs.p90S ?? null) === null;
  const builds = new Map<QueueId, SeenBuild>();
  for (const berth of swarm.fleet.berths())
    for (const build of berth.running) {
      const expectedAt = isGuess(build.queueId) ? null : expectedEnd(build, berth.drone, now);
      builds.set(build.queueId, { berth, build, expectedAt });
    }
  return {
    ...{ now, swarm, dispatcher, drones, isGuess },
    nameOf: (id) => drones.get(id)?.name ?? id,
    buildOf: (id) => builds.get(id),
  };
}

/** Taken where nothing at all is known of a package. */
export const UNKNOWN: DurationEstimate = { p50S: 60, logSigma: 1 };

/** For how many milliseconds a drone did not ask for work; 0 while it may be expected to. */
export function silentFor(id: DroneId, { now, swarm }: Pick<Scene, 'now' | 'swarm'>): number {
  const silentMs = now - (swarm.fleet.berth(id)?.lastAskedAt ?? now);
  return silentMs < swarm.policy.asksWithinMs ? 0 : silentMs;
}
