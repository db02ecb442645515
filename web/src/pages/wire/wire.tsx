import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useCallback, useMemo, useState } from 'react';
import { api } from '../../api/api.ts';
import { wishAround, wishText } from '../../live/replay-wish.ts';
import { useIsLive, useSwarm } from '../../live/use-swarm.ts';
import { Button } from '../../ui/button.tsx';
import { Failure, Skeleton } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { useNow } from '../../ui/time.tsx';
import { tell } from '../../ui/toasts.tsx';
import { Density } from './density.tsx';
import { ExchangeTable } from './exchange-table.tsx';
import { type ExportFormat, exportWire } from './export-wire.ts';
import { Resizer, useWidth } from './resizer.tsx';
import { useExchanges } from './use-exchanges.ts';
import styles from './wire.module.css';
import { WireDetail } from './wire-detail.tsx';
import { WireFilters } from './wire-filters.tsx';
import { SPANS, USUAL_SPAN, type WireSearch, wireQuery } from './wire-search.ts';
import { WireStats } from './wire-stats.tsx';

const here = getRouteApi('/wire');
const STATS_MS = 30_000;
const NO_TYPES: ReadonlyMap<string, number> = new Map();

/** Every exchange with the control plane: who asked what, what was answered, and how long it took. */
export function WirePage() {
  const search = here.useSearch();
  const navigate = here.useNavigate();
  const isLive = useIsLive();
  const now = useNow();
  const latest = isLive ? undefined : Math.floor(now);
  const query = wireQuery(search, latest);
  const isFollowing = isLive && search.still !== true && search.until === undefined;
  const exchanges = useExchanges({ query, isFollowing });
  const nodes = useSwarm('nodes');
  const names = useMemo(() => new Map([...nodes.values()].map(({ id, name }) => [id, name])), [nodes]);
  const drones = useMemo(() => [...names.values()].sort((a, b) => a.localeCompare(b)), [names]);
  const stats = useStats(search, latest);
  const types = useMemo(
    () => new Map(stats?.by_type.map(({ msg_type: type, count }) => [type, count]) ?? NO_TYPES),
    [stats],
  );
  const [width, setWidth] = useWidth();
  const change = useCallback(
    (next: WireSearch, replace = true) =>
      void navigate({ search: (before) => ({ ...before, ...next }), replace, resetScroll: false }),
    [navigate],
  );
  const close = useCallback(() => change({ open: undefined }), [change]);
  const { open } = search;
  const [isWide] = useState(() => matchMedia('(min-width: 100rem)').matches);
  const hasStats = open === undefined && (search.stats ?? isWide);
  return (
    <Page
      title="Wire"
      full
      says="What was said between drones, operators and the control plane, newest first."
      actions={
        <>
          <Button
            aria-pressed={isFollowing}
            disabled={!isLive || search.until !== undefined}
            title={isFollowing ? 'New exchanges are shown as they come' : 'New exchanges are not shown'}
            onClick={() => change({ still: search.still === true ? undefined : true })}
          >
            <span className={isFollowing ? styles['live'] : styles['held']} aria-hidden="true" />
            Follow
          </Button>
          <Button aria-pressed={hasStats} onClick={() => change({ stats: !hasStats, open: undefined })}>
            By type
          </Button>
          <Button onClick={() => void save(query, 'har')}>Export HAR</Button>
          <Button onClick={() => void save(query, 'ndjson')}>Export NDJSON</Button>
          <Button
            disabled={!isLive}
            title="See what the swarm was like then"
            onClick={() => {
              const found = exchanges.rows.find(({ id }) => id === open);
              void navigate({ search: (before) => ({ ...before, replay: replayOf(search, found?.timestamp) }) });
            }}
          >
            Replay
          </Button>
        </>
      }
    >
      <Density search={search} isFollowing={isFollowing} latest={latest} onChange={change} />
      <WireFilters
        search={search}
        drones={drones}
        types={types}
        onChange={change}
        onClear={() =>
          void navigate({ search: ({ span, still, stats: isOn }) => ({ span, still, stats: isOn }), replace: true })
        }
      />
      <div className={styles['split']} style={{ ['--beside' as string]: `${width}px` }}>
        {exchanges.error !== null && exchanges.rows.length === 0 ? (
          <Failure error={exchanges.error} onRetry={exchanges.retry} />
        ) : exchanges.isLoading ? (
          <Skeleton height="100%" />
        ) : (
          <ExchangeTable
            exchanges={exchanges}
            names={names}
            search={search}
            onOpen={(id) => change({ open: id }, open !== undefined)}
          />
        )}
        {open !== undefined ? (
          <>
            <Resizer width={width} onChange={setWidth} />
            <WireDetail id={open} names={names} onClose={close} />
          </>
        ) : hasStats ? (
          <>
            <span className={styles['gap']} />
            <WireStats stats={stats} chosen={search.type} onChoose={(type) => change({ type })} />
          </>
        ) : null}
      </div>
    </Page>
  );
}

/** Of the time that is shown. */
function useStats({ span = USUAL_SPAN, since }: WireSearch, latest: number | undefined) {
  const { data } = useQuery({
    queryKey: ['wire-stats', span, since, latest === undefined ? 0 : Math.floor(latest / 60)],
    queryFn: ({ signal }) => {
      const from = since ?? (latest ?? Date.now() / 1000) - SPANS[span];
      return api.protocolStats({ query: { since: from } }, { signal });
    },
    refetchInterval: STATS_MS,
    placeholderData: (before) => before,
  });
  return data;
}

async function save(query: Parameters<typeof exportWire>[0], format: ExportFormat): Promise<void> {
  try {
    await exportWire(query, format);
  } catch (error) {
    tell({ title: 'Nothing was exported', text: error instanceof Error ? error.message : '', tone: 'danger' });
  }
}

/** What is replayed from here: the chosen time, else that around the open exchange, else the last quarter of an hour. */
function replayOf({ since, until }: WireSearch, opened: number | undefined): string {
  const now = Date.now() / 1000;
  if (opened !== undefined) return wishText(wishAround(opened, now));
  const to = until ?? now;
  const from = since ?? to - SPANS['15m'];
  return wishText({ from, to, at: from });
}
