import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { api, type Reply } from '../../api/api.ts';
import { useSwarm } from '../../live/use-swarm.ts';
import type { PackageEstimate } from './bars.ts';

/** Of 30,000 packages those that come first; so far ahead nobody looks. */
const PLANNED = 5_000;
const SELDOM_MS = 60_000;
const SESSIONS = 100;

const NONE: readonly PackageEstimate[] = [];

export type Planned = { readonly packages: readonly PackageEstimate[]; readonly reason: string | null };

/** What each drone will probably build next, from each new forecast. */
export function usePlanned(session: string | undefined, isWanted: boolean): Planned {
  const madeAt = useSwarm('estimates')?.at;
  const query = useQuery({
    queryKey: ['planned', session],
    queryFn: ({ signal }) =>
      api.estimates(
        { query: { planned: 'true', limit: PLANNED, ...(session === undefined ? {} : { session }) } },
        { signal },
      ),
    enabled: isWanted,
    refetchInterval: SELDOM_MS,
  });
  const { refetch } = query;
  useEffect(() => {
    if (madeAt !== undefined && isWanted) void refetch();
  }, [madeAt, isWanted, refetch]);
  if (!isWanted) return { packages: NONE, reason: null };
  return { packages: query.data?.packages ?? NONE, reason: query.data?.reason ?? null };
}

/** The newest sessions. */
export function useSessions() {
  return useQuery({
    queryKey: ['sessions', SESSIONS],
    queryFn: async ({ signal }) => (await api.sessions({ query: { limit: SESSIONS } }, { signal })).sessions,
    refetchInterval: SELDOM_MS,
  });
}

export type Simulation = {
  readonly reply: Reply<'simulate'> | undefined;
  readonly isPending: boolean;
  readonly error: Error | null;
  readonly retry: () => void;
};

const PATIENCE_MS = 90_000;

/** A session that is over, as the scheduler would do it today with the durations that it really had. */
export function useSimulation(session: string | undefined, isWanted: boolean): Simulation {
  const query = useQuery({
    queryKey: ['simulated', session],
    queryFn: ({ signal }) =>
      api.simulate({ body: { session: session ?? '', schedule: true } }, { signal, timeoutMs: PATIENCE_MS }),
    enabled: isWanted,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  return {
    reply: isWanted ? query.data : undefined,
    isPending: isWanted && query.isPending,
    error: isWanted ? query.error : null,
    retry: () => void query.refetch(),
  };
}
