import { useQuery } from '@tanstack/react-query';
import { api } from '../../api/api.ts';
import { pastReads } from '../../live/read-past.ts';
import type { SwarmEvent } from '../../live/swarm-state.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { count, moment, number } from '../../ui/format.ts';
import { Empty, Failure, Skeleton } from '../../ui/notice.tsx';
import { groupOf } from '../events/events-search.ts';
import { preciseClock } from '../wire/exchange.ts';
import { Waves } from '../wire/waves.tsx';
import styles from './replay.module.css';

const SLICES = 240;
const SHOWN = 40;

type Props = {
  readonly from: number;
  readonly to: number;
  /** Goes to a moment; Unix seconds. */
  readonly onBegin: (at: number) => void;
};

/** What was going on in a time: how much was said, and what happened that is worth a look. */
export function Preview({ from, to, onBegin }: Props) {
  const density = useQuery({
    queryKey: ['replay-density', from, to],
    queryFn: ({ signal }) => api.protocolDensity({ query: { start: from, end: to, buckets: SLICES } }, { signal }),
    retry: false,
  });
  const happened = useQuery({
    queryKey: ['replay-events', from, to],
    queryFn: ({ signal }) => pastReads.events({ from, to, signal }),
  });
  const notable = (happened.data ?? []).filter(isNotable);
  return (
    <Card
      title="What was going on"
      aside={happened.data === undefined ? undefined : count(happened.data.length, 'event')}
    >
      <div className={styles['waves']}>
        <Waves density={density.data?.density ?? []} colour="var(--accent)" />
      </div>
      <p className={styles['edges']} aria-hidden="true">
        <span>{moment(from)}</span>
        <span>{moment(to)}</span>
      </p>
      {happened.error !== null ? (
        <Failure error={happened.error} onRetry={() => void happened.refetch()} />
      ) : happened.data === undefined ? (
        <Skeleton height="16rem" />
      ) : notable.length === 0 ? (
        <Empty title={happened.data.length === 0 ? 'Nothing happened then' : 'Nothing went wrong then'}>
          Choose another time, or replay this one from its beginning.
        </Empty>
      ) : (
        <ul className={styles['list']}>
          {notable.slice(-SHOWN).map((event) => (
            <li key={event.id}>
              <span className="dim">{preciseClock(event.timestamp).slice(0, 8)}</span>
              <span className={styles['what']} title={event.message}>
                {event.message}
              </span>
              <Button small onClick={() => onBegin(Math.max(from, event.timestamp - BEFORE_S))}>
                Go there
                <span className="visually-hidden">: {event.message}</span>
              </Button>
            </li>
          ))}
          {notable.length > SHOWN ? (
            <li>
              <span className="dim">and {number(notable.length - SHOWN)} before these</span>
            </li>
          ) : null}
        </ul>
      )}
    </Card>
  );
}

/** One looks from a little before it. */
const BEFORE_S = 2;

/** What went wrong, and what operators did. */
function isNotable({ type }: SwarmEvent): boolean {
  return groupOf(type) === 'errors' || type === 'control' || type === 'session' || type === 'queue';
}
