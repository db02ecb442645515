import { PackageLink } from '../../swarm/package-link.tsx';
import { Card } from '../../ui/card.tsx';
import { count, duration } from '../../ui/format.ts';
import { endOf } from './bars.ts';
import type { CriticalPath, PathStep } from './critical-path.ts';
import { OUTCOMES } from './outcomes.ts';
import styles from './timeline.module.css';

type Props = { readonly title: string; readonly path: CriticalPath; readonly now: number };

/** The chain of builds that decided the end, build by build. */
export function PathCard({ title, path, now }: Props) {
  const { steps, spanS, waitS } = path;
  return (
    <Card
      title={title}
      flush
      className={styles['card'] ?? ''}
      aside={
        steps.length === 0
          ? undefined
          : `${count(steps.length, 'build')}, ${duration(spanS)}, ${duration(waitS)} of it waiting`
      }
    >
      {steps.length === 0 ? (
        <p className={styles['note']}>No build of the session is known yet: there is no chain.</p>
      ) : (
        <ol className={styles['steps']} aria-label={title}>
          {steps.map((step) => (
            <li key={step.bar.key}>
              <PackageLink atom={step.bar.package} />
              <span style={{ color: OUTCOMES[step.bar.state].colour }}>{OUTCOMES[step.bar.state].label}</span>
              <span>{duration(Math.max(endOf(step.bar, now), step.bar.expectedTo ?? 0) - step.bar.from)}</span>
              <span className="dim">{wordsOf(step)}</span>
            </li>
          ))}
        </ol>
      )}
    </Card>
  );
}

function wordsOf({ bar, waitedFor, waitS }: PathStep): string {
  const late = waitS >= 1 ? `, ${duration(waitS)} later` : '';
  if (waitedFor === 'nothing') return `on ${bar.drone}, the first`;
  return waitedFor === 'need'
    ? `on ${bar.drone}, when that was built${late}`
    : `on ${bar.drone}, when its slot was free${late}`;
}
