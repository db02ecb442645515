import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { api, type Reply } from '../../api/api.ts';
import { useIsLive, useSwarm } from '../../live/use-swarm.ts';

export type PackageEstimate = Reply<'estimates'>['packages'][number];

const PAGE = 10_000;
/** A forecast of 30,000 packages is some megabytes: each is read so often at most. */
const FRESH_MS = 45_000;

/** When each package is expected to be built, by the number of its row. */
export function usePackageEstimates(): ReadonlyMap<number, PackageEstimate> | undefined {
  const madeAt = useSwarm('estimates')?.at;
  const isPast = !useIsLive();
  const query = useQuery({
    enabled: !isPast,
    queryKey: ['package-estimates'],
    queryFn: ({ signal }) => readAll(signal),
    staleTime: FRESH_MS,
    refetchInterval: 2 * FRESH_MS,
    // Maps have no parts that could be kept.
    structuralSharing: false,
  });
  const { refetch, dataUpdatedAt } = query;
  useEffect(() => {
    if (madeAt !== undefined && Date.now() - dataUpdatedAt > FRESH_MS) void refetch();
  }, [madeAt, dataUpdatedAt, refetch]);
  return isPast ? undefined : query.data;
}

async function readAll(signal: AbortSignal): Promise<ReadonlyMap<number, PackageEstimate>> {
  const found = new Map<number, PackageEstimate>();
  for (let offset = 0; ; offset += PAGE) {
    const { packages, total } = await api.estimates({ query: { limit: PAGE, offset } }, { signal });
    for (const each of packages) found.set(each.id, each);
    if (packages.length === 0 || offset + PAGE >= total) return found;
  }
}
