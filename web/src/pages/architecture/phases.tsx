import { useSwarm } from '../../live/use-swarm.ts';
import { Meter } from '../../ui/bar.tsx';
import { count } from '../../ui/format.ts';
import styles from './life.module.css';

const PHASES = ['dependencies', 'unpack', 'prepare', 'configure', 'compile', 'test', 'install', 'package', 'upload'];

/** How many builds are in each phase just now. */
export function Phases() {
  const builds = [...useSwarm('builds').values()];
  const amounts = PHASES.map((phase) => ({ phase, amount: builds.filter((build) => build.phase === phase).length }));
  return (
    <dl className={styles['phases']} aria-label="Builds by phase">
      {amounts.map(({ phase, amount }) => (
        <div key={phase} className={styles['phase']}>
          <dt>{phase}</dt>
          <dd className={styles['bar']}>
            <Meter label={`${phase}: ${count(amount, 'build')}`} share={amount / Math.max(1, builds.length)} />
          </dd>
          <dd>{amount}</dd>
        </div>
      ))}
    </dl>
  );
}
