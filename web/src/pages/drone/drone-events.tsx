import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api } from '../../api/api.ts';
import { useIsLive, useSwarm } from '../../live/use-swarm.ts';
import { Card } from '../../ui/card.tsx';
import { Failure, Skeleton } from '../../ui/notice.tsx';
import { Time, useNow } from '../../ui/time.tsx';
import styles from './drone.module.css';

/** What it builds is elsewhere on the page; these are what happened to it. */
const OF_BUILDS = new Set(['assign', 'complete', 'return', 'fail']);
const ASKED = 400;
const SHOWN = 12;

/** What happened to a drone: comings and goings, groundings, builds taken away, what operators did, and who. */
export function DroneEvents({ id, name }: { readonly id: string; readonly name: string }) {
  const past = useQuery({
    queryKey: ['drone-events', id],
    queryFn: () => api.eventsHistory({ query: { drone: id, limit: ASKED } }),
    refetchInterval: 60_000,
  });
  const isLive = useIsLive();
  const now = useNow();
  const recent = useSwarm('events').filter(({ details }) => details['drone'] === name);
  const known = new Map([...(past.data?.events ?? []), ...recent].map((event) => [event.id, event]));
  const shown = [...known.values()]
    .filter(({ type, timestamp }) => !OF_BUILDS.has(type) && (isLive || timestamp <= now))
    .sort((a, b) => b.id - a.id)
    .slice(0, SHOWN);
  return (
    <Card title="What happened to it" aside={<Link to="/events">All events</Link>}>
      {past.isPending ? <Skeleton height="8rem" /> : null}
      {past.isError ? <Failure error={past.error} onRetry={() => void past.refetch()} /> : null}
      {past.isSuccess && shown.length === 0 ? <p className="dim">Nothing lately.</p> : null}
      <ul className={styles['events']}>
        {shown.map(({ id: key, message, timestamp, details }) => (
          <li key={key}>
            <span>
              {message}
              {typeof details['by'] === 'string' ? <span className="dim"> by {details['by']}</span> : null}
            </span>
            <span className="dim">
              <Time at={timestamp} />
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
