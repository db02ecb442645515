import { api } from '../api/api.ts';
import type { ReplayReads } from './replay.ts';
import type { SwarmEvent } from './swarm-state.ts';

const EVENTS_AT_ONCE = 2_000;
/** Of a longer time the last so many pages of events are told. */
const MOST_PAGES = 5;

/** The past as the control plane tells it. */
export const pastReads: ReplayReads = {
  moment: ({ at, isWithQueue, signal }) =>
    api.protocolSnapshot({ query: { at, ...(isWithQueue ? { queue: 'true' } : {}) } }, { signal }),
  events: async ({ from, to, signal }) => {
    let found: readonly SwarmEvent[] = [];
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const until = found[0]?.timestamp ?? to;
      const query = { since: from, until, limit: EVENTS_AT_ONCE };
      const { events } = await api.eventsHistory({ query }, { signal });
      const known = new Set(found.map(({ id }) => id));
      const older = events.filter(({ id }) => !known.has(id));
      found = [...older, ...found];
      if (events.length < EVENTS_AT_ONCE || older.length === 0) break;
    }
    return found;
  },
};
