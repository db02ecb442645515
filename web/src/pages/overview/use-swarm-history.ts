import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { api } from '../../api/api.ts';
import { useIsLive, useSwarm } from '../../live/use-swarm.ts';
import { hoursOf, type TimeRange } from '../../swarm/time-range.ts';
import { useNow } from '../../ui/time.tsx';
import { type SwarmHistory, swarmHistory } from './swarm-history.ts';

const TIMES = 120;
/** What is now is drawn anew so often. */
const NOW_S = 15;

/** The swarm over the last hours, from before this page was opened, and up to now; undefined before it is there. */
export function useSwarmHistory(range: TimeRange): SwarmHistory | undefined {
  const isLive = useIsLive();
  const { data } = useQuery({
    queryKey: ['metrics', 'swarm', range],
    queryFn: () =>
      api.metrics({ query: { since: Date.now() / 1000 - 3600 * hoursOf(range), swarm: 'true', buckets: TIMES } }),
    refetchInterval: 60_000,
    enabled: isLive,
    placeholderData: (before) => before,
  });
  const counts = useSwarm('counts');
  const nodes = useSwarm('nodes');
  const at = Math.floor(useNow() / NOW_S) * NOW_S;
  return useMemo(() => {
    if (data === undefined) return undefined;
    const online = [...nodes.values()].filter((node) => node.online);
    const mean = (pick: (node: (typeof online)[number]) => number) =>
      online.length === 0 ? null : online.reduce((sum, node) => sum + pick(node), 0) / online.length;
    const now =
      counts === undefined
        ? undefined
        : { at, counts, cpu: mean((node) => node.cpu_percent), ram: mean((node) => node.ram_percent) };
    return swarmHistory(data.history, now);
    // What comes in between is drawn with the next point.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [data, at]);
}
