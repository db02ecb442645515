import { SwarmError } from '../core/errors.ts';
import { events } from '../core/events.ts';
import type { Deps } from './deps.ts';

type Needs = Pick<Deps, 'store' | 'hub' | 'clock'>;

/** Stop or resume handing out work, for the whole swarm. Running builds go on. */
export function setPaused({ store, hub, clock }: Needs) {
  return async (isPaused: boolean): Promise<void> => {
    hub.announce(await store.setPaused(isPaused, isPaused ? events.paused() : events.resumed(), clock.now()));
  };
}

/** Put blocked packages (or one of them) back into the queue with their failures forgotten. */
export function unblock({ store, hub, clock }: Needs) {
  return async (packageName: string | null): Promise<number> => {
    const { unblocked, events: stored } = await store.unblock(packageName, clock.now());
    hub.announce(stored);
    return unblocked;
  };
}

/** Stop or resume handing out work to one drone, by id or name. */
export function setNodePaused({ store, hub, clock }: Needs) {
  return async (idOrName: string, isPaused: boolean): Promise<string> => {
    const outcome = await store.setNodePaused(idOrName, isPaused, clock.now());
    if (!outcome) throw new SwarmError('NOT_FOUND', `Node not found: ${idOrName}`);
    hub.announce(outcome.events);
    return outcome.name;
  };
}
