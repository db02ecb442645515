import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { api } from '../../api/api.ts';
import { useRefetched } from '../../api/use-refetched.ts';
import { useSwarm } from '../../live/use-swarm.ts';
import { Copy } from '../../ui/copy.tsx';
import { Failure, Skeleton } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { Pill } from '../../ui/pill.tsx';
import { Time } from '../../ui/time.tsx';
import { AbortSession } from './abort-session.tsx';
import { DronesCard, FiguresCard, SlowestCard } from './figures-cards.tsx';
import { PackagesCard } from './packages-card.tsx';
import { ProgressCard } from './progress-card.tsx';
import { outcomeOf, type SessionDetail } from './session-figures.ts';
import styles from './sessions.module.css';
import { StuckCard } from './stuck-card.tsx';

const here = getRouteApi('/sessions/$id');
const REFRESH_MS = 2_500;

/** One session: how far it is, what its drones do for it, what takes long, what is stuck, and all of its packages. */
export function SessionPage() {
  const { id } = here.useParams();
  const found = useQuery({ queryKey: ['session', id], queryFn: () => api.sessionDetail({ params: { id } }) });
  const isActive = found.data?.session.status === 'active';
  const counts = useSwarm('counts');
  useRefetched(() => found.refetch(), isActive ? counts : undefined, REFRESH_MS);
  if (found.isError)
    return (
      <Page title="Session">
        <Failure error={found.error} onRetry={() => void found.refetch()} />
      </Page>
    );
  if (!found.isSuccess)
    return (
      <Page title="Session">
        <Skeleton height="11rem" />
        <Skeleton height="16rem" />
      </Page>
    );
  return <Found detail={found.data} onChange={() => void found.refetch()} />;
}

type Props = { readonly detail: SessionDetail; readonly onChange: () => void };

function Found({ detail, onChange }: Props) {
  const { session } = detail;
  const { tone, label } = outcomeOf(session);
  const of = { session: session.id };
  return (
    <Page
      title={session.name}
      says={
        <span className={styles['says']}>
          <Pill state={tone} label={label} />
          <Started detail={detail} />
          <span className="mono">{session.id}</span>
          <Copy text={session.id} label="Copy id" />
        </span>
      }
      actions={
        <>
          <nav className={styles['links']} aria-label="This session elsewhere">
            <Link to="/timeline" search={of}>
              Timeline
            </Link>
            <Link to="/graph" search={of}>
              Graph
            </Link>
            {session.status === 'active' ? (
              <Link to="/queue" search={of}>
                Queue
              </Link>
            ) : null}
            <Link to="/sessions/compare" search={{ b: session.id }}>
              Compare
            </Link>
          </nav>
          {session.status === 'active' ? <AbortSession detail={detail} onDone={onChange} /> : null}
        </>
      }
    >
      <ProgressCard detail={detail} />
      <FiguresCard detail={detail} />
      <div className={styles['columns']}>
        <DronesCard detail={detail} />
        <SlowestCard detail={detail} />
      </div>
      <StuckCard detail={detail} />
      <PackagesCard key={session.id} detail={detail} />
    </Page>
  );
}

function Started({ detail: { session, queued_by: by, ended_by: ender } }: { readonly detail: SessionDetail }) {
  return (
    <span>
      started <Time at={session.started_at} />
      {by === null ? '' : ` by ${by.name} (${by.role}, from ${by.address})`}
      {session.completed_at === null ? null : (
        <>
          , {session.status === 'aborted' ? 'aborted' : 'over'} <Time at={session.completed_at} />
        </>
      )}
      {ender === null ? '' : ` by ${ender.name}`}
      {session.labels.length === 0 ? '' : ` · only on drones with ${session.labels.join(', ')}`}
    </span>
  );
}
