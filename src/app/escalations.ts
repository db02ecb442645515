import type { Actor } from '../core/actor.ts';
import { SwarmError } from '../core/errors.ts';
import { escalationEvents } from '../core/escalation/escalation-events.ts';
import type { DroneId } from '../core/ids.ts';
import type { CareSettings, Escalation, EscalationFilter, EscalationStore } from './escalation-ports.ts';
import type { Clock, EventHub } from './ports.ts';

type Needs = { readonly escalations: EscalationStore; readonly hub: EventHub; readonly clock: Clock };

/** What was done to drones that did not go on, for people to look at and to end. */
export type Escalations = {
  /** Newest first. */
  list(filter: EscalationFilter): Promise<readonly Escalation[]>;
  /**
   * A person sees to this drone (id or name), or has: its escalation ends, and another one would begin anew.
   * @throws SwarmError NOT_FOUND where none is open
   */
  close(idOrName: string, by: Actor): Promise<Escalation>;
  /** @throws SwarmError NOT_FOUND */
  careOf(idOrName: string): Promise<CareSettings & { readonly id: DroneId; readonly name: string }>;
};

export function createEscalations({ escalations, hub, clock }: Needs): Escalations {
  return {
    list: (filter) => escalations.list(filter),
    close: async (idOrName, by) => {
      const [open] = await escalations.list({ drone: idOrName, isOpen: true, before: null, limit: 1 });
      if (open === undefined) throw new SwarmError('NOT_FOUND', `nothing is being done about ${idOrName}`);
      const now = clock.now();
      const drone = { id: open.droneId, name: open.drone, address: '' };
      const event = escalationEvents.closed(drone, 'closed', by.name);
      const stored = await escalations.close(open.id, 'closed', event, now);
      hub.announce(stored);
      return { ...open, closedAt: now, ending: 'closed' };
    },
    careOf: async (idOrName) => {
      const care = await escalations.careOf(idOrName);
      if (care === undefined) throw new SwarmError('NOT_FOUND', `Node not found: ${idOrName}`);
      return care;
    },
  };
}
