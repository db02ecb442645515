import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { api } from '../../api/api.ts';
import { useRefetched } from '../../api/use-refetched.ts';
import { useSwarm } from '../../live/use-swarm.ts';
import { Button } from '../../ui/button.tsx';
import { DataTable, type RowKey, type Sort } from '../../ui/data-table.tsx';
import { count } from '../../ui/format.ts';
import { Empty, Failure, Skeleton } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { Choice, SearchField } from '../../ui/toolbar.tsx';
import type { ListedSession } from './session-figures.ts';
import styles from './sessions.module.css';
import { COLUMNS } from './sessions-columns.tsx';
import { SESSION_STATES, type SessionsSearch } from './sessions-search.ts';

const here = getRouteApi('/sessions');

const LABELS = { all: 'All', active: 'Active', completed: 'Completed', aborted: 'Aborted' } as const;
const AT_MOST = 1_000;
const REFRESH_MS = 4_000;
const NONE: readonly ListedSession[] = [];

/** Every session: how it went, how long it took, and how well the fleet was used. Two of them can be compared. */
export function SessionsPage() {
  const { state = 'all', text = '' } = here.useSearch();
  const navigate = here.useNavigate();
  const open = useNavigate();
  const [sort, setSort] = useState<Sort>({ by: 'started', isDown: true });
  const [marked, setMarked] = useState<ReadonlySet<RowKey>>(new Set());
  const list = useQuery({ queryKey: ['sessions', 'all'], queryFn: () => api.sessions({ query: { limit: AT_MOST } }) });
  useRefetched(() => list.refetch(), useSwarm('counts'), REFRESH_MS);
  const all = list.data?.sessions ?? NONE;
  const shown = useMemo(() => all.filter((each) => isShown(each, { state, text })), [all, state, text]);
  const pair = useMemo(() => pairOf(all, marked), [all, marked]);
  const set = (change: SessionsSearch) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true, resetScroll: false });
  return (
    <Page
      title="Sessions"
      full
      says={list.isSuccess ? `${count(all.length, 'session')}, the newest first. Mark two to compare them.` : undefined}
      actions={
        <Button
          disabled={pair === undefined}
          onClick={() => {
            if (pair !== undefined) void open({ to: '/sessions/compare', search: pair });
          }}
        >
          Compare {marked.size > 0 ? `${marked.size} of 2` : 'two'}
        </Button>
      }
    >
      <div className={styles['bar']}>
        <SearchField
          label="Name or id"
          value={text}
          onChange={(value) => set({ text: value === '' ? undefined : value })}
        />
        <Choice
          label="Outcome"
          options={SESSION_STATES.map((value) => ({ value, label: LABELS[value] }))}
          value={state}
          onChange={(value) => set({ state: value === 'all' ? undefined : value })}
        />
      </div>
      {list.isError ? <Failure error={list.error} onRetry={() => void list.refetch()} /> : null}
      {list.isPending ? <Skeleton height="100%" /> : null}
      {list.isSuccess ? (
        <DataTable
          label="Sessions"
          rows={shown}
          columns={COLUMNS}
          keyOf={({ id }) => id}
          sort={sort}
          onSort={setSort}
          selected={marked}
          onSelect={setMarked}
          onOpen={({ id }) => void open({ to: '/sessions/$id', params: { id } })}
          empty={
            all.length === 0 ? (
              <Empty title="There was no session yet">
                What is queued together is a session: queue a whole world with <code>build-swarmv3 fresh</code>, or
                packages with <code>build-swarmv3 queue add CATEGORY/NAME</code>.
              </Empty>
            ) : (
              <Empty title="No session is like that">
                <Button onClick={() => void navigate({ search: {} })}>Show all</Button>
              </Empty>
            )
          }
        />
      ) : null}
    </Page>
  );
}

function isShown({ id, name, status }: ListedSession, { state, text }: SessionsSearch): boolean {
  if (state !== undefined && state !== 'all' && status !== state) return false;
  return `${id} ${name}`.toLowerCase().includes((text ?? '').trim().toLowerCase());
}

/** The two that are marked, the older one first; undefined unless there are two. */
function pairOf(all: readonly ListedSession[], marked: ReadonlySet<RowKey>) {
  const [one, other, more] = all
    .filter(({ id }) => marked.has(id))
    .toSorted((first, second) => first.started_at - second.started_at);
  return one === undefined || other === undefined || more !== undefined ? undefined : { a: one.id, b: other.id };
}
