import { useQuery } from '@tanstack/react-query';
import { api } from '../../api/api.ts';
import { useIsLive, useSwarm } from '../../live/use-swarm.ts';

type LowDisk = { readonly disk: string; readonly drone: string | undefined; readonly message: string };

const ASKED = 500;

/** Disks that became low and were not told to have room again; none of an earlier moment. */
export function useLowDisks(): readonly LowDisk[] {
  const isLive = useIsLive();
  const past = useQuery({
    queryKey: ['events', 'disk'],
    queryFn: () => api.eventsHistory({ query: { type: 'disk', limit: ASKED } }),
    refetchInterval: 60_000,
    enabled: isLive,
  });
  const recent = useSwarm('events').filter(({ type }) => type === 'disk');
  const nodes = useSwarm('nodes');
  if (!isLive) return [];
  const names = new Set([...nodes.values()].map(({ name }) => name));
  const low = new Map<string, LowDisk>();
  for (const { message, details } of [...(past.data?.events ?? []), ...recent].sort((a, b) => a.id - b.id)) {
    const { disk, drone, is_over: isOver } = details;
    if (typeof disk !== 'string') continue;
    low.delete(disk);
    // That of a drone that was removed is nobody's any more.
    const isKnown = typeof drone !== 'string' || names.has(drone);
    if (isOver !== true && isKnown)
      low.set(disk, { disk, message, drone: typeof drone === 'string' ? drone : undefined });
  }
  return [...low.values()];
}
