import { PackageLink } from '../../swarm/package-link.tsx';
import { Card } from '../../ui/card.tsx';
import { count } from '../../ui/format.ts';
import { Pill } from '../../ui/pill.tsx';
import type { SessionDetail } from './session-figures.ts';
import styles from './sessions.module.css';

/** What is blocked or given up, and why; nothing where nothing is. */
export function StuckCard({ detail: { failures } }: { readonly detail: SessionDetail }) {
  if (failures.length === 0) return null;
  return (
    <Card title="What did not work" aside={count(failures.length, 'package')}>
      <ul className={styles['stuck']}>
        {failures.map((each) => (
          <li key={each.package}>
            <Pill state={each.status} />
            <PackageLink atom={each.package} />
            <span className={styles['why']} title={each.reason ?? ''}>
              {each.reason ?? each.failure_class ?? ''}
            </span>
            <span className="dim">{each.failures === 0 ? '' : count(each.failures, 'failure')}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
