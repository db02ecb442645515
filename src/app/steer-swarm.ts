import type { Actor } from '../core/actor.ts';
import { SwarmError } from '../core/errors.ts';
import type { SessionId } from '../core/ids.ts';
import type { Deps } from './deps.ts';
import type {
  NodeSettings,
  NodeSettingWrites,
  NodeWish,
  PackageWish,
  PriorityWrites,
  SessionPriority,
} from './priority-ports.ts';

type Needs = Pick<Deps, 'hub' | 'clock'> & { readonly writes: PriorityWrites & NodeSettingWrites };

/** What operators say about who goes first and what a drone may take; each leaves an event that says who did it. */
export type Steering = ReturnType<typeof createSteering>;

/** @throws SwarmError NOT_FOUND for packages, sessions and drones that there are not, CONFLICT for sessions that are over */
export function createSteering({ writes, hub, clock }: Needs) {
  return {
    /** More goes first, whatever else is ready; 0 takes it back. Says how many packages that concerns. */
    bumpPackages: async (wish: PackageWish, bump: number, by: Actor): Promise<number> => {
      const { bumped, events } = await writes.bumpPackages(wish, bump, by, clock.now());
      if (bumped === 0) throw new SwarmError('NOT_FOUND', `package: ${wish.package} is not waiting to be built`);
      hub.announce(events);
      return bumped;
    },

    /** A session goes first, or has a larger share. */
    prioritiseSession: async (id: SessionId, priority: SessionPriority, by: Actor): Promise<void> => {
      const outcome = await writes.prioritiseSession(id, priority, by, clock.now());
      if (outcome.ended === 'unknown') throw new SwarmError('NOT_FOUND', `session_id: there is no session ${id}`);
      if (outcome.ended !== 'no')
        throw new SwarmError('CONFLICT', `session_id: session ${id} is ${outcome.ended}: nothing of it waits any more`);
      hub.announce(outcome.events);
    },

    /** The cores that a drone (id or name) may use, and its labels. */
    setNode: async (idOrName: string, wish: NodeWish, by: Actor): Promise<NodeSettings> => {
      const outcome = await writes.setNode(idOrName, wish, by, clock.now());
      if (!outcome) throw new SwarmError('NOT_FOUND', `Node not found: ${idOrName}`);
      hub.announce(outcome.events);
      return outcome.node;
    },
  };
}
