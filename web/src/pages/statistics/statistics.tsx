import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { api, type Reply } from '../../api/api.ts';
import { useRefetched } from '../../api/use-refetched.ts';
import { useSwarm } from '../../live/use-swarm.ts';
import { Button } from '../../ui/button.tsx';
import { count, number } from '../../ui/format.ts';
import { Empty, Failure, Skeleton } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { Choice, SearchField } from '../../ui/toolbar.tsx';
import { BuildsView } from './builds-view.tsx';
import { DronesView } from './drones-view.tsx';
import { FailuresView } from './failures-view.tsx';
import { PackagesView } from './packages-view.tsx';
import styles from './statistics.module.css';
import { SPAN_HOURS, SPANS, type StatisticsSearch, type StatisticsView, VIEWS } from './statistics-search.ts';

export type Statistics = Reply<'statistics'>;
export type SetSearch = (change: StatisticsSearch) => void;

const here = getRouteApi('/statistics');

const VIEW_LABELS = { builds: 'Builds', packages: 'Packages', drones: 'Drones', failures: 'Failures' } as const;
const SPAN_LABELS = { day: 'Day', week: 'Week', month: '30 days', all: 'All' } as const;
const SPAN_WORDS = {
  ...{ day: 'in the last 24 hours', week: 'in the last 7 days', month: 'in the last 30 days', all: 'in all' },
} as const;
const BUCKETS = 60;
/** The control plane keeps its answers for ten seconds. */
const REFRESH_MS = 15_000;

/** How the swarm does: outcomes, durations, waiting, packages, drones and failures, added up by the control plane. */
export function StatisticsPage() {
  const { view = 'builds', span = 'week', text, drone } = here.useSearch();
  const navigate = here.useNavigate();
  const hours = SPAN_HOURS[span];
  const found = useQuery({
    queryKey: ['statistics', hours, text, drone],
    queryFn: ({ signal }) =>
      api.statistics(
        {
          query: {
            ...{ buckets: BUCKETS },
            ...(hours === undefined ? {} : { hours }),
            ...(text === undefined ? {} : { package: text }),
            ...(drone === undefined ? {} : { drone }),
          },
        },
        { signal },
      ),
    placeholderData: keepPreviousData,
  });
  useRefetched(() => found.refetch(), useSwarm('counts')?.received, REFRESH_MS);
  const set: SetSearch = (change) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true, resetScroll: false });
  const builds = found.data?.totals.builds;
  return (
    <Page
      title="Statistics"
      says={
        found.data === undefined || builds === undefined
          ? 'What is remembered of builds, added up'
          : `${count(builds, 'build')} of ${count(found.data.total_packages, 'package')} ${SPAN_WORDS[span]}${
              found.data.truncated ? `; of very many builds the newest ${number(builds)} count` : ''
            }`
      }
      actions={
        <Choice
          label="Time"
          options={SPANS.map((value) => ({ value, label: SPAN_LABELS[value] }))}
          value={span}
          onChange={(value) => set({ span: value === 'week' ? undefined : value })}
        />
      }
    >
      <div className={styles['bar']}>
        <Choice
          label="What about"
          options={VIEWS.map((value) => ({ value, label: VIEW_LABELS[value] }))}
          value={view}
          onChange={(value) => set({ view: value === 'builds' ? undefined : value })}
        />
        <SearchField
          label="Only packages with this in their name"
          value={text ?? ''}
          onChange={(value) => set({ text: value === '' ? undefined : value })}
        />
        {drone === undefined ? null : <Button onClick={() => set({ drone: undefined })}>Only {drone} ×</Button>}
      </div>
      {found.isError ? <Failure error={found.error} onRetry={() => void found.refetch()} /> : null}
      {found.isPending ? <Skeleton height="36rem" /> : null}
      {found.data === undefined ? null : builds === 0 ? (
        <NoBuilds
          isFiltered={text !== undefined || drone !== undefined || span !== 'all'}
          onAll={() => set(EVERYTHING)}
        />
      ) : (
        <View view={view} statistics={found.data} set={set} />
      )}
    </Page>
  );
}

const EVERYTHING = { span: 'all', text: undefined, drone: undefined } as const;

type ViewProps = { readonly view: StatisticsView; readonly statistics: Statistics; readonly set: SetSearch };

function View({ view, statistics, set }: ViewProps) {
  switch (view) {
    case 'builds':
      return <BuildsView statistics={statistics} />;
    case 'packages':
      return <PackagesView statistics={statistics} />;
    case 'drones':
      return <DronesView statistics={statistics} set={set} />;
    case 'failures':
      return <FailuresView statistics={statistics} />;
  }
}

function NoBuilds({ isFiltered, onAll }: { readonly isFiltered: boolean; readonly onAll: () => void }) {
  if (!isFiltered) return <Empty title="Nothing was built yet">Statistics begin with the first build that ends.</Empty>;
  return (
    <Empty title="No build is like that">
      <p>Ask for a longer time, or for all packages and drones.</p>
      <Button onClick={onAll}>Show all</Button>
    </Empty>
  );
}
