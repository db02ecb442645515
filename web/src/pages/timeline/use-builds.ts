import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef } from 'react';
import { api } from '../../api/api.ts';
import { useSwarm } from '../../live/use-swarm.ts';
import { type Bar, barOf } from './bars.ts';

/** Read at once: of everything the newest, of a session all that it has. */
const PAGE = 5_000;
const SESSION_PAGE = 20_000;
/** What ended is known from the stream at once; the rest (attempts, reasons) is read after a while. */
const PAUSE_MS = 4_000;
const SELDOM_MS = 60_000;
const TOLD = new Set(['assign', 'complete', 'fail', 'return', 'reclaim']);

/** Builds as they were read, and when that was. */
export type ReadBuilds = {
  readonly bars: readonly Bar[];
  /** Time of the control plane, Unix seconds; 0 while nothing was read. */
  readonly at: number;
  /** Its clock less that of this browser. */
  readonly offset: number;
  /** Since when none is missing; null when there are no older ones. */
  readonly from: number | null;
  readonly isPending: boolean;
  readonly error: Error | null;
  readonly retry: () => void;
  readonly readOlder: () => void;
  readonly isReadingOlder: boolean;
};

/** The builds of a session, or the newest of all, read again as something happens. */
export function useBuilds(session: string | undefined, isWanted = true): ReadBuilds {
  const asked = session === undefined ? {} : { session };
  const pages = useInfiniteQuery({
    queryKey: ['timeline', session],
    queryFn: ({ pageParam, signal }) =>
      api.timeline(
        {
          query: {
            ...asked,
            limit: session === undefined ? PAGE : SESSION_PAGE,
            ...(pageParam === null ? {} : { to: pageParam }),
          },
        },
        { signal },
      ),
    // Not a number: the type of the first one is that of all.
    enabled: isWanted,
    initialPageParam: null as number | null,
    getNextPageParam: ({ from }) => from ?? undefined,
    gcTime: SELDOM_MS,
    staleTime: Number.POSITIVE_INFINITY,
    structuralSharing: false,
  });
  const first = pages.data?.pages[0];
  const since = useMemo(() => (first === undefined ? 0 : oldestRunning(first)), [first]);
  const news = useQuery({
    queryKey: ['timeline', session, 'since', since],
    queryFn: ({ signal }) => api.timeline({ query: { ...asked, from: since, limit: PAGE } }, { signal }),
    enabled: first !== undefined,
    refetchInterval: SELDOM_MS,
    gcTime: 0,
    staleTime: 0,
    structuralSharing: false,
  });
  useRefetchOnEvents(news.refetch);
  const { refetch } = pages;
  const isTooMuch = news.data !== undefined && news.data.from !== since;
  useEffect(() => {
    if (isTooMuch) void refetch();
  }, [isTooMuch, refetch]);
  const bars = useMemo(() => {
    const byKey = new Map<string, Bar>();
    for (const page of [...(pages.data?.pages ?? [])].reverse())
      for (const build of page.builds) put(byKey, barOf(build));
    for (const build of news.data?.builds ?? []) put(byKey, barOf(build));
    return [...byKey.values()];
  }, [pages.data, news.data]);
  const newest = news.data ?? first;
  const heardAt = news.data === undefined ? pages.dataUpdatedAt : news.dataUpdatedAt;
  return {
    bars,
    at: newest?.at ?? 0,
    offset: newest === undefined ? 0 : newest.at - heardAt / 1000,
    from: pages.data?.pages.at(-1)?.from ?? null,
    isPending: pages.isPending,
    error: pages.error,
    retry: () => void refetch(),
    readOlder: () => {
      if (pages.hasNextPage && !pages.isFetchingNextPage) void pages.fetchNextPage();
    },
    isReadingOlder: pages.isFetchingNextPage,
  };
}

function put(bars: Map<string, Bar>, bar: Bar): void {
  // Which build it waited for is known only where that one was read with it.
  bars.set(bar.key, bar.after === null ? { ...bar, after: bars.get(bar.key)?.after ?? null } : bar);
}

/** Whatever may still change began then or later. */
function oldestRunning({
  at,
  builds,
}: {
  at: number;
  builds: readonly { started_at: number; ended_at: number | null }[];
}) {
  return builds.reduce(
    (first, build) => (build.ended_at === null ? Math.min(first, build.started_at) : first),
    at - 60,
  );
}

function useRefetchOnEvents(refetch: () => unknown): void {
  const newest = useSwarm('events').findLast((event) => TOLD.has(event.type))?.id;
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const known = useRef(newest);
  useEffect(() => {
    if (newest === known.current) return;
    known.current = newest;
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      void refetch();
    }, PAUSE_MS);
  }, [newest, refetch]);
  useEffect(() => () => clearTimeout(timer.current), []);
}
