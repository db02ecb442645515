import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { api } from '../../api/api.ts';
import type { Exchange } from './exchange.ts';
import type { WireQuery } from './wire-search.ts';

type Wish = {
  readonly query: WireQuery;
  /** New ones are asked for again and again. */
  readonly isFollowing: boolean;
};

const PAGE = 500;
const POLL_MS = 1_000;
/** A question that takes long is asked so much more seldom, so that following never is what keeps the log busy. */
const REST = 10;
/** New ones that are kept; older ones are read again from the log. */
const MOST_FRESH = 5_000;

type Fresh = { readonly key: string; readonly entries: readonly Exchange[] };

/**
 * Exchanges that fit, the newest first. The stream does not tell of the wire, so following asks once a second for what
 * came after the last one, and only while the page is seen.
 */
export function useExchanges({ query, isFollowing }: Wish) {
  const key = JSON.stringify(query);
  const past = useInfiniteQuery({
    queryKey: ['wire', key],
    queryFn: async ({ pageParam: before, signal }) => {
      const wish = { ...query, limit: PAGE, order: 'desc' as const, ...(before === 0 ? {} : { before }) };
      return (await api.protocol({ query: wish }, { signal })).entries;
    },
    initialPageParam: 0,
    getNextPageParam: (page) => (page.length < PAGE ? undefined : page.at(-1)?.id),
    // Older ones never change, and newer ones are followed.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    placeholderData: (before) => before,
  });
  const [fresh, setFresh] = useState<Fresh>({ key, entries: [] });
  const mine = fresh.key === key ? fresh.entries : NONE;
  const newest = past.data?.pages[0]?.[0]?.id ?? 0;
  const isReady = past.data !== undefined && !past.isPlaceholderData;
  useEffect(() => {
    if (!isFollowing || !isReady) return undefined;
    const controller = new AbortController();
    void followWire(JSON.parse(key) as WireQuery, newest, controller.signal, (found) => {
      setFresh((before) => {
        const known = before.key === key ? before.entries : NONE;
        const since = known.at(-1)?.id ?? newest;
        const more = found.filter(({ id }) => id > since);
        return more.length === 0 ? before : { key, entries: [...known, ...more].slice(-MOST_FRESH) };
      });
    });
    return () => controller.abort();
  }, [isFollowing, isReady, key, newest]);
  const rows = useMemo(() => [...mine.toReversed(), ...(past.data?.pages.flat() ?? [])], [mine, past.data]);
  return {
    rows,
    isLoading: past.isPending,
    error: past.error,
    retry: () => void past.refetch(),
    hasOlder: past.hasNextPage,
    isLoadingOlder: past.isFetchingNextPage,
    loadOlder: () => void past.fetchNextPage(),
  };
}

const NONE: readonly Exchange[] = [];

async function followWire(
  query: WireQuery,
  newest: number,
  signal: AbortSignal,
  take: (found: readonly Exchange[]) => void,
): Promise<void> {
  let since = newest;
  while (!signal.aborted) {
    const begun = performance.now();
    const found = document.hidden ? NONE : await readAfter(query, since, signal);
    since = found.at(-1)?.id ?? since;
    if (found.length > 0) take(found);
    await pause(Math.max(POLL_MS, REST * (performance.now() - begun)), signal);
  }
}

async function readAfter(query: WireQuery, since: number, signal: AbortSignal): Promise<readonly Exchange[]> {
  try {
    return (await api.protocol({ query: { ...query, since, limit: PAGE } }, { signal })).entries;
  } catch {
    // The banner says that the control plane is away; it is asked again.
    return NONE;
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
