import { useIsLive, useSwarm } from '../../live/use-swarm.ts';
import { StackedBar } from '../../ui/bar.tsx';
import { Card } from '../../ui/card.tsx';
import { count, duration, number, percent, relative, soonMoment } from '../../ui/format.ts';
import { Empty, Skeleton } from '../../ui/notice.tsx';
import { toneOf } from '../../ui/pill.tsx';
import { useNow } from '../../ui/time.tsx';
import styles from './session-card.module.css';

/** How far the session is, and when it will be done as likely as not, and nine times of ten. */
export function SessionCard() {
  const counts = useSwarm('counts');
  const ready = useSwarm('ready');
  if (counts === undefined)
    return (
      <Card title="Progress">
        <Skeleton height="9rem" />
      </Card>
    );
  if (counts.total === 0)
    return (
      <Card title="Progress">
        <Empty title="Nothing is queued">
          <p>
            On a Gentoo machine: <code>build-swarmv3 fresh</code> queues what @world needs, and{' '}
            <code>build-swarmv3 queue add app-editors/vim</code> a single package.
          </p>
        </Empty>
      </Card>
    );
  const waiting = Math.max(0, counts.needed - ready);
  const parts = [
    { label: 'received', value: counts.received, colour: toneOf('received') },
    { label: 'building', value: counts.delegated, colour: toneOf('delegated') },
    { label: 'ready', value: Math.min(ready, counts.needed), colour: toneOf('ready') },
    { label: 'waiting', value: waiting, colour: toneOf('needed') },
    { label: 'blocked', value: counts.blocked, colour: toneOf('blocked') },
    { label: 'failed', value: counts.failed, colour: toneOf('failed') },
  ];
  return (
    <Card title="Progress">
      <div className={styles['head']}>
        <p className={styles['share']}>
          {percent(counts.received / counts.total)}
          <span className={styles['of']}>
            {number(counts.received)} of {count(counts.total, 'package')}
          </span>
        </p>
        <ExpectedEnd />
      </div>
      <StackedBar label="Packages" parts={parts} />
      <ul className={styles['legend']}>
        {parts.map(({ label, value, colour }) => (
          <li key={label} className={value === 0 ? styles['none'] : undefined}>
            <span className={styles['swatch']} style={{ background: colour }} aria-hidden="true" />
            <span className={styles['value']}>{number(value)}</span> {label}
          </li>
        ))}
      </ul>
    </Card>
  );
}

function ExpectedEnd() {
  const status = useSwarm('status');
  const estimates = useSwarm('estimates');
  const now = useNow();
  const isLive = useIsLive();
  const session = status?.session;
  if (session == null) return null;
  const started = `started ${relative(session.started_at, now)}`;
  if (session.status !== 'active') return <p className={styles['end']}>{session.status}</p>;
  // What was expected then is not kept.
  if (!isLive) return <p className={styles['end']}>{started}</p>;
  const known = estimates?.sessions.find(({ session_id: id }) => id === session.id);
  const soon = known?.end_p50 ?? (session.eta_p50_s === null ? null : now + session.eta_p50_s);
  const late = known?.end_p90 ?? (session.eta_p90_s === null ? null : now + session.eta_p90_s);
  return (
    <div className={styles['end']}>
      {soon === null || late === null ? (
        <>
          <p className={styles['unknown']}>End not known yet</p>
          <p className="dim">{known?.reason ?? started}</p>
        </>
      ) : (
        <>
          <p>
            <span className={styles['when']}>{soonMoment(soon)}</span>
            <span className="dim"> to </span>
            <span className={styles['when']}>{soonMoment(late)}</span>
          </p>
          <p className="dim">
            done in {duration(soon - now)} as likely as not, {duration(late - now)} nine times of ten · {started}
          </p>
        </>
      )}
    </div>
  );
}
