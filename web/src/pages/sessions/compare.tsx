import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { api } from '../../api/api.ts';
import { Button } from '../../ui/button.tsx';
import { moment } from '../../ui/format.ts';
import { Empty, Failure, Skeleton } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { ComparedDrones, ComparedFigures } from './compared-figures.tsx';
import { ComparedPackages } from './compared-packages.tsx';
import type { ListedSession } from './session-figures.ts';
import styles from './sessions.module.css';
import type { CompareSearch } from './sessions-search.ts';

const here = getRouteApi('/sessions/compare');
const AT_MOST = 1_000;
const NONE: readonly ListedSession[] = [];

/** Two sessions side by side: what got faster or slower, what is new, gone, or ended otherwise. */
export function ComparePage() {
  const asked = here.useSearch();
  const navigate = here.useNavigate();
  const list = useQuery({ queryKey: ['sessions', 'all'], queryFn: () => api.sessions({ query: { limit: AT_MOST } }) });
  const sessions = list.data?.sessions ?? NONE;
  const { a, b } = chosen(sessions, asked);
  const comparison = useQuery({
    queryKey: ['sessions', 'compare', a, b],
    queryFn: () => api.compareSessions({ params: { id: a ?? '', other: b ?? '' } }),
    enabled: a !== undefined && b !== undefined,
  });
  const set = (next: { readonly a?: string | undefined; readonly b?: string | undefined }) =>
    void navigate({ search: { a, b, ...next }, replace: true, resetScroll: false });
  return (
    <Page
      title="Sessions compared"
      says="What the second one did otherwise than the first"
      actions={
        <>
          <nav className={styles['links']} aria-label="Other sessions">
            <Link to="/sessions">All sessions</Link>
          </nav>
          <Button disabled={a === undefined || b === undefined} onClick={() => set({ a: b, b: a })}>
            Swap
          </Button>
        </>
      }
    >
      <div className={styles['pickers']}>
        <Picker label="First" value={a} sessions={sessions} onChange={(id) => set({ a: id })} />
        <Picker label="Second" value={b} sessions={sessions} onChange={(id) => set({ b: id })} />
      </div>
      {list.isSuccess && sessions.length < 2 ? (
        <Empty title="There are not two sessions yet">They can be compared as soon as a second one has begun.</Empty>
      ) : null}
      {list.isError ? <Failure error={list.error} onRetry={() => void list.refetch()} /> : null}
      {comparison.isError ? <Failure error={comparison.error} onRetry={() => void comparison.refetch()} /> : null}
      {comparison.isLoading || list.isPending ? <Skeleton height="18rem" /> : null}
      {comparison.isSuccess ? (
        <>
          <div className={styles['columns']}>
            <ComparedFigures comparison={comparison.data} />
            <ComparedDrones comparison={comparison.data} />
          </div>
          <ComparedPackages comparison={comparison.data} />
        </>
      ) : null}
    </Page>
  );
}

type PickerProps = {
  readonly label: string;
  readonly value: string | undefined;
  readonly sessions: readonly ListedSession[];
  readonly onChange: (id: string) => void;
};

function Picker({ label, value, sessions, onChange }: PickerProps) {
  // It may be named by its name, or be too old for the list.
  const isListed = sessions.some(({ id }) => id === value);
  return (
    <label className={styles['picker']}>
      {label}
      <select value={value ?? ''} onChange={(event) => onChange(event.target.value)}>
        {value === undefined ? <option value="">Choose a session</option> : null}
        {value === undefined || isListed ? null : <option value={value}>{value}</option>}
        {sessions.map((session) => (
          <option key={session.id} value={session.id}>
            {session.name} · {moment(session.started_at)}
          </option>
        ))}
      </select>
    </label>
  );
}

/** As asked; where one is missing, the session before the other, or the newest two. */
function chosen(sessions: readonly ListedSession[], { a, b }: CompareSearch) {
  const byAge = sessions.toSorted((one, other) => other.started_at - one.started_at);
  const second = b ?? byAge.find(({ id }) => id !== a)?.id;
  const place = byAge.findIndex(({ id }) => id === second);
  const first = a ?? byAge[place + 1]?.id ?? byAge.find(({ id }) => id !== second)?.id;
  return { a: first, b: second };
}
