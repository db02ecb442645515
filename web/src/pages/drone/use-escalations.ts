import { useQuery } from '@tanstack/react-query';
import { api, type Reply } from '../../api/api.ts';
import { useRefetched } from '../../api/use-refetched.ts';
import { useIsLive, useSwarm } from '../../live/use-swarm.ts';

export type Escalation = Reply<'escalations'>['escalations'][number];

/** Of one drone: what is open, and what came before it. */
const SHOWN = 5;
/** A probe follows the other; more often nobody reads it. */
const REFRESH_MS = 1_000;
const OF_CARE = new Set(['escalation', 'control']);

/** What was done about a drone (id), newest first; of all drones what is open. Only of now, not of an earlier moment. */
export function useEscalations(drone?: string) {
  const found = useQuery({
    queryKey: ['escalations', drone ?? 'open'],
    queryFn: () => api.escalations({ query: drone === undefined ? { open: 'true' } : { drone, limit: SHOWN } }),
    refetchInterval: 30_000,
    enabled: useIsLive(),
  });
  useRefetched(() => found.refetch(), useNewestOfCare(), REFRESH_MS);
  return found;
}

/** Number of the newest event of what people, or the control plane by itself, did to drones. */
export function useNewestOfCare(): number | undefined {
  return useSwarm('events').findLast(({ type }) => OF_CARE.has(type))?.id;
}
