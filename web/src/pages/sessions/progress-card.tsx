import { useSwarm } from '../../live/use-swarm.ts';
import { StackedBar } from '../../ui/bar.tsx';
import { Card } from '../../ui/card.tsx';
import { count, duration, number, percent, soonMoment } from '../../ui/format.ts';
import { toneOf } from '../../ui/pill.tsx';
import { useNow } from '../../ui/time.tsx';
import type { SessionDetail } from './session-figures.ts';
import styles from './sessions.module.css';

/** How far the session is, by state of its packages, and when it will be done. */
export function ProgressCard({ detail: { session, counts } }: { readonly detail: SessionDetail }) {
  const remembered = counts.needed + counts.delegated + counts.received + counts.blocked + counts.failed;
  // The packages of old sessions are forgotten, and its totals stay.
  const isForgotten = remembered === 0 && session.total_packages > 0;
  const other = Math.max(0, session.total_packages - session.completed_packages - session.failed_packages);
  const parts = isForgotten
    ? [
        { label: 'received', value: session.completed_packages, colour: toneOf('received') },
        { label: 'failed', value: session.failed_packages, colour: toneOf('failed') },
        { label: 'given up', value: other, colour: toneOf('needed') },
      ]
    : [
        { label: 'received', value: counts.received, colour: toneOf('received') },
        { label: 'building', value: counts.delegated, colour: toneOf('delegated') },
        { label: 'ready', value: counts.ready, colour: toneOf('ready') },
        { label: 'waiting', value: Math.max(0, counts.needed - counts.ready), colour: toneOf('needed') },
        { label: 'blocked', value: counts.blocked, colour: toneOf('blocked') },
        { label: 'failed', value: counts.failed, colour: toneOf('failed') },
      ];
  const done = isForgotten ? session.completed_packages : counts.received;
  const all = isForgotten ? session.total_packages : remembered;
  return (
    <Card title="Progress" aside={session.status === 'active' ? <ExpectedEnd id={session.id} /> : undefined}>
      <p className={styles['share']}>
        {percent(all === 0 ? 1 : done / all)}
        <span className="dim">
          {number(done)} of {count(all, 'package')}
        </span>
      </p>
      <StackedBar label="Packages" parts={parts} />
      <ul className={styles['legend']}>
        {parts.map(({ label, value, colour }) => (
          <li key={label} className={value === 0 ? 'dim' : undefined}>
            <span className={styles['swatch']} style={{ background: colour }} aria-hidden="true" />
            {number(value)} {label}
          </li>
        ))}
      </ul>
    </Card>
  );
}

function ExpectedEnd({ id }: { readonly id: string }) {
  const known = useSwarm('estimates')?.sessions.find(({ session_id: of }) => of === id);
  const now = useNow();
  if (known === undefined) return null;
  const { end_p50: soon, end_p90: late, reason } = known;
  if (soon === null || late === null) return <span>{reason ?? 'End not known yet'}</span>;
  return (
    <span>
      done about {soonMoment(soon)} ({duration(soon - now)}), by {soonMoment(late)} nine times of ten
    </span>
  );
}
