import type { Actor } from '../core/actor.ts';
import { SwarmError } from '../core/errors.ts';
import { events } from '../core/events.ts';
import type { DroneId, SessionId } from '../core/ids.ts';
import type { Deps } from './deps.ts';
import type { UnblockWish } from './ports.ts';

type Needs = Pick<Deps, 'store' | 'hub' | 'clock'>;

/** What operators do; each leaves one event that says who did it and from where. */
export type Control = ReturnType<typeof createControl>;

/** @throws SwarmError NOT_FOUND for drones and sessions that there are not, CONFLICT for sessions that are over */
export function createControl({ store, hub, clock }: Needs) {
  return {
    /** Stop or resume handing out work, for the whole swarm. Running builds go on. */
    setPaused: async (isPaused: boolean, by: Actor): Promise<void> => {
      hub.announce(await store.setPaused(isPaused, isPaused ? events.paused(by) : events.resumed(by), clock.now()));
    },

    /** Put blocked packages (or also failed ones, or one package) back with their failures forgotten. */
    unblock: async (wish: UnblockWish, by: Actor): Promise<number> => {
      const { unblocked, events: stored } = await store.unblock(wish, by, clock.now());
      hub.announce(stored);
      return unblocked;
    },

    /** Everything that is not received starts anew: of the active session, or of all when none is active. */
    reset: async (by: Actor): Promise<number> => {
      const { affected, events: stored } = await store.reset(await store.readActiveSession(), by, clock.now());
      hub.announce(stored);
      return affected;
    },

    /** Take back what was handed out and is not being built. */
    rebalance: async (by: Actor): Promise<number> => {
      const { reclaimed, events: stored } = await store.rebalance(by, clock.now());
      hub.announce(stored);
      return reclaimed;
    },

    /** Close the circuit breaker of one drone, by id or name, or of all. */
    unground: async (idOrName: string | null, by: Actor): Promise<number> => {
      const outcome = await store.unground(idOrName, by, clock.now());
      if (!outcome) throw noSuchNode(idOrName ?? '');
      hub.announce(outcome.events);
      return outcome.ungrounded;
    },

    /** Packages must be built from this tree or a newer one; null for any. */
    expectPortageTimestamp: async (timestamp: string | null, by: Actor): Promise<void> => {
      hub.announce(await store.expectPortageTimestamp(timestamp, by, clock.now()));
    },

    /** Stop or resume handing out work to one drone, by id or name. Says its name. */
    setNodePaused: async (idOrName: string, isPaused: boolean, by: Actor): Promise<string> => {
      const outcome = await store.setNodePaused(idOrName, isPaused, by, clock.now());
      if (!outcome) throw noSuchNode(idOrName);
      hub.announce(outcome.events);
      return outcome.name;
    },

    /** Forget a drone, by id or name. What it was building is needed again. Says its id. */
    removeNode: async (idOrName: string, by: Actor): Promise<DroneId> => {
      // Its totals go with it into the history of states.
      await store.settle(clock.now());
      const outcome = await store.removeNode(idOrName, by, clock.now());
      if (!outcome) throw noSuchNode(idOrName);
      hub.announce(outcome.events);
      return outcome.id;
    },

    /** End a session before it is done. Says how many packages were given up. */
    abortSession: async (id: SessionId, by: Actor): Promise<number> => {
      const outcome = await store.abortSession(id, by, clock.now());
      if (outcome.ended === 'unknown') throw new SwarmError('NOT_FOUND', `Session not found: ${id}`);
      if (outcome.ended === 'before')
        throw new SwarmError('CONFLICT', `session ${id} is ${outcome.status} and cannot be aborted any more`);
      hub.announce(outcome.events);
      return outcome.givenUp;
    },
  };
}

function noSuchNode(idOrName: string): SwarmError {
  return new SwarmError('NOT_FOUND', `Node not found: ${idOrName}`);
}
