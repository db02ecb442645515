import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api, type Reply } from '../../api/api.ts';
import { Card } from '../../ui/card.tsx';
import { Empty, Failure, Skeleton } from '../../ui/notice.tsx';
import { NotificationLog } from './notification-log.tsx';
import { NotificationWays } from './notification-ways.tsx';
import { isForbidden, KINDS, type Notifications } from './notification-words.ts';
import styles from './notifications.module.css';
import shared from './settings.module.css';

const REFRESH_MS = 30_000;
const SHOWN = 200;

/** Who is told what by webhook, ntfy, Matrix or e-mail: whether that works, and what was told last. */
export function NotificationsSection() {
  const who = useQuery({ queryKey: ['whoami'], queryFn: () => api.whoami() });
  const found = useQuery({
    queryKey: ['notifications'],
    queryFn: () => api.notifications({ query: { limit: SHOWN } }),
    // Who may not see it now may not a moment later either.
    retry: (failures, error) => !isForbidden(error) && failures < 2,
    refetchInterval: ({ state: { error } }) => (isForbidden(error) ? false : REFRESH_MS),
  });
  if (found.isError && isForbidden(found.error)) return <NotAllowed who={who.data} />;
  if (found.isError) return <Failure error={found.error} onRetry={() => void found.refetch()} />;
  if (!found.isSuccess) return <Skeleton height="24rem" />;
  const { channels, about, notifications } = found.data;
  return (
    <div className={shared['section']}>
      <NotificationWays channels={channels} mayTest={who.data?.role === 'admin'} isKnown={who.isSuccess} />
      {channels.length === 0 && notifications.length === 0 ? null : (
        <>
          <About about={about} />
          <h2 className={shared['heading']}>Told last</h2>
          <NotificationLog notifications={notifications} isAnybodyTold={channels.length > 0} />
        </>
      )}
    </div>
  );
}

function NotAllowed({ who }: { readonly who: Reply<'whoami'> | undefined }) {
  return (
    <Card>
      <Empty title="Only operators see who is told what">
        <p>
          {who === undefined ? '' : `This browser is taken for ${who.name}, with the role ${who.role}. `}
          With the token of an operator you see the ways and what was told; with that of an admin you also send tests.
        </p>
        <p className={shared['after']}>
          <Link to="/settings" search={{ view: 'access' }}>
            Use another token
          </Link>
        </p>
      </Empty>
    </Card>
  );
}

function About({ about }: Pick<Notifications, 'about'>) {
  const chosen = new Set<string>(about);
  return (
    <Card
      title="What is told"
      aside={
        <Link to="/settings" search={{ open: 'SWARM_NOTIFY_ABOUT', text: 'SWARM_NOTIFY' }}>
          Choose
        </Link>
      }
    >
      <ul className={styles['kinds']}>
        {Object.entries(KINDS).map(([kind, words]) => (
          <li key={kind} className={chosen.has(kind) ? undefined : 'dim'}>
            <span className={styles['mark']} aria-hidden="true">
              {chosen.has(kind) ? '✓' : '–'}
            </span>
            {words}
            {chosen.has(kind) ? null : ': not told'}
          </li>
        ))}
      </ul>
    </Card>
  );
}
