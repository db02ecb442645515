import type { EventHub, StoredEvent } from '../../app/ports.ts';

/** Listeners in this process; each is called for every announcement, in the order of subscription. */
export function createHub(): EventHub {
  const listeners = new Set<(events: readonly StoredEvent[]) => void>();
  return {
    announce: (events) => {
      for (const listener of [...listeners]) listener(events);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}
