import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { api, type Reply } from '../../api/api.ts';
import { useQueue, useSwarm } from '../../live/use-swarm.ts';
import { useSettled } from '../queue/use-settled.ts';
import { createLiveNodes, type GraphReply, type PlanNode, type PlanShape, shapeOf } from './plan-model.ts';

type Session = Reply<'sessions'>['sessions'][number];

/** So many packages are drawn at most: what decides most about the end comes first. */
const LIMIT = 2_000;
/** How often states are drawn anew, and how often the critical path is asked for while something happens. */
const STATES_MS = 400;
const ASK_MS = 12_000;
const FALLBACK_MS = 60_000;

/** All sessions, the newest first, and the one that is meant. */
export function useSessions(wanted: string | undefined) {
  const { data, error, refetch } = useQuery({
    queryKey: ['sessions'],
    queryFn: () => api.sessions(),
    refetchInterval: FALLBACK_MS,
  });
  const sessions = data?.sessions;
  const active = sessions?.find(({ status }) => status === 'active');
  const session: Session | undefined =
    wanted === undefined
      ? (active ?? sessions?.[0])
      : sessions?.find(({ id, name }) => id === wanted || name === wanted);
  return { sessions, id: session?.id ?? wanted, error, refetch };
}

export type Graph = {
  readonly reply: GraphReply;
  readonly shape: PlanShape;
  /** As they stand now, by place. */
  readonly nodes: readonly PlanNode[];
};

/** The plan of a session, its packages live; of a plan that is too large for one drawing the part around `focus`. */
export function useGraph(session: string | undefined, focus: string | undefined) {
  const whole = useReply(session, undefined);
  const isPart = whole.data !== undefined && whole.data.total > whole.data.nodes.length;
  const around = useReply(isPart && focus !== undefined ? session : undefined, focus);
  const { data: reply, error, refetch } = isPart && focus !== undefined ? around : whole;
  const queue = useSettled(useQueue(), STATES_MS);
  const [shape, setShape] = useState<PlanShape>();
  const next = reply === undefined ? undefined : shapeOf(reply, shape);
  // Keeps the one that there is while nothing of it changes.
  if (next !== shape) setShape(next);
  const [nodesOf] = useState(createLiveNodes);
  const nodes = useMemo(() => (reply === undefined ? undefined : nodesOf(reply, queue)), [reply, queue, nodesOf]);
  const graph: Graph | undefined =
    reply === undefined || next === undefined || nodes === undefined ? undefined : { reply, shape: next, nodes };
  return { graph, error, refetch };
}

function useReply(session: string | undefined, focus: string | undefined) {
  const query = useQuery({
    queryKey: ['session-graph', session, focus],
    queryFn: ({ signal }) =>
      api.sessionGraph({ params: { id: session ?? '' }, query: { limit: LIMIT, package: focus } }, { signal }),
    enabled: session !== undefined,
    refetchInterval: FALLBACK_MS,
    // Thousands of edges; what changed is found out by less.
    structuralSharing: false,
  });
  const counts = useSettled(useSwarm('counts'), ASK_MS);
  const { refetch } = query;
  const isAsked = session !== undefined;
  useEffect(() => {
    if (counts !== undefined && isAsked) void refetch();
  }, [counts, isAsked, refetch]);
  return query;
}
