import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { api, type Reply } from '../../api/api.ts';
import { useRefetched } from '../../api/use-refetched.ts';
import { useSwarm } from '../../live/use-swarm.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { DataTable, type Sort, type TableColumn } from '../../ui/data-table.tsx';
import { count, partsOf } from '../../ui/format.ts';
import { Empty, Failure } from '../../ui/notice.tsx';
import { Pill } from '../../ui/pill.tsx';
import { Choice, SearchField } from '../../ui/toolbar.tsx';
import type { SessionDetail } from './session-figures.ts';
import styles from './sessions.module.css';
import { PACKAGE_STATES, type SessionSearch } from './sessions-search.ts';

type Row = Reply<'queueList'>[number];

const here = getRouteApi('/sessions/$id');
const PAGE_ROWS = 500;
const REFRESH_MS = 3_000;
const LABELS = {
  ...{ all: 'All', delegated: 'Building', needed: 'Needed' },
  ...{ blocked: 'Blocked', failed: 'Failed', received: 'Received' },
} as const;

/** The packages of the session, found and paged by the control plane: a world has thousands. */
export function PackagesCard({ detail: { session, counts } }: { readonly detail: SessionDetail }) {
  const { state = 'all', text = '' } = here.useSearch();
  const navigate = here.useNavigate();
  const open = useNavigate();
  const [sort, setSort] = useState<Sort>();
  const pages = useInfiniteQuery({
    queryKey: ['session-packages', session.id, state, text],
    queryFn: ({ pageParam }) =>
      api.queueList({
        query: {
          ...{ session: session.id, limit: PAGE_ROWS, offset: pageParam },
          ...(state === 'all' ? {} : { status: state }),
          ...(text === '' ? {} : { match: text }),
        },
      }),
    initialPageParam: 0,
    getNextPageParam: (last, all) =>
      last.length < PAGE_ROWS ? undefined : all.reduce((sum, { length }) => sum + length, 0),
    placeholderData: (before) => before,
  });
  useRefetched(() => pages.refetch(), useSwarm('counts'), REFRESH_MS);
  const rows = useMemo(() => (pages.data?.pages ?? []).flat(), [pages.data]);
  const set = (change: SessionSearch) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true, resetScroll: false });
  const amounts = {
    ...{ delegated: counts.delegated, needed: counts.needed, blocked: counts.blocked },
    ...{ failed: counts.failed, received: counts.received },
    all: counts.delegated + counts.needed + counts.blocked + counts.failed + counts.received,
  };
  if (amounts.all === 0)
    return (
      <Card title="Packages">
        <Empty title={session.total_packages === 0 ? 'It has no packages' : 'Its packages are not kept any more'}>
          {session.total_packages === 0
            ? 'All that was asked for was there already.'
            : 'What is remembered of its builds is in the history.'}
        </Empty>
      </Card>
    );
  return (
    <Card title="Packages" aside={pages.isSuccess ? `${count(rows.length, 'package')} loaded` : undefined} flush>
      <div className={`${styles['bar']} ${styles['inset']}`}>
        <SearchField
          label="Package names"
          value={text}
          onChange={(value) => set({ text: value === '' ? undefined : value })}
        />
        <Choice
          label="State"
          options={PACKAGE_STATES.map((value) => ({ value, label: LABELS[value], count: amounts[value] }))}
          value={state}
          onChange={(value) => set({ state: value === 'all' ? undefined : value })}
        />
        <Button
          disabled={!pages.hasNextPage}
          busy={pages.isFetchingNextPage}
          onClick={() => void pages.fetchNextPage()}
        >
          Load more
        </Button>
      </div>
      {pages.isError ? <Failure error={pages.error} onRetry={() => void pages.refetch()} /> : null}
      <div className={styles['table']}>
        <DataTable
          label="Packages of the session"
          rows={rows}
          columns={COLUMNS}
          keyOf={({ id }) => id}
          sort={sort}
          onSort={setSort}
          onOpen={({ package: atom }) => {
            const { category, name, version } = partsOf(atom);
            void open({
              to: '/packages/$category/$name',
              params: { category, name: version ? `${name}-${version}` : name },
            });
          }}
          empty={
            pages.isSuccess ? (
              <Empty title="No package of it is like that">
                <Button onClick={() => set({ state: undefined, text: undefined })}>Show all</Button>
              </Empty>
            ) : null
          }
        />
      </div>
    </Card>
  );
}

const COLUMNS: readonly TableColumn<Row>[] = [
  {
    ...{ id: 'package', title: 'Package', width: 'minmax(11rem, 2fr)' },
    cell: (row) => row.package.replace(/^=/, ''),
    sortBy: (row) => row.package,
  },
  {
    ...{ id: 'state', title: 'State', width: '7rem' },
    cell: ({ status, ready }) => (
      <Pill state={status === 'needed' && ready ? 'ready' : status} label={wordOf(status, ready)} />
    ),
    sortBy: ({ status }) => status,
  },
  {
    ...{ id: 'drone', title: 'Drone', width: '8rem', isExtra: true },
    cell: ({ assigned_to: name }) => name ?? '',
    sortBy: ({ assigned_to: name }) => name,
  },
  {
    ...{ id: 'failures', title: 'Failures', width: '5rem', align: 'right', isExtra: true },
    cell: ({ failures }) => (failures === 0 ? '' : failures),
    sortBy: ({ failures }) => failures,
  },
  {
    ...{ id: 'why', title: 'Why', width: 'minmax(8rem, 3fr)', isExtra: true },
    cell: ({ reason, waiting_on: [first] }) => (
      <span className="dim">{reason ?? (first === undefined ? '' : `waits for ${first}`)}</span>
    ),
  },
];

function wordOf(status: string, isReady: boolean): string {
  if (status === 'delegated') return 'building';
  return status === 'needed' ? (isReady ? 'ready' : 'waiting') : status;
}
