import type { ReactNode } from 'react';
import { PackageLink } from '../../swarm/package-link.tsx';
import { Card } from '../../ui/card.tsx';
import { count, duration, number } from '../../ui/format.ts';
import { Pill } from '../../ui/pill.tsx';
import type { Comparison } from './compared-figures.tsx';
import { changeOf } from './session-figures.ts';
import styles from './sessions.module.css';

type Props = { readonly comparison: Comparison };

/** What became of the packages: ended otherwise, new, gone, in other versions, faster or slower. */
export function ComparedPackages({ comparison }: Props) {
  const { changed, outcomes, added, gone, upgraded, differences } = comparison;
  return (
    <>
      <p className="dim">
        {count(comparison.in_both, 'package')} built in both, {number(comparison.only_a)} only in the first,{' '}
        {number(comparison.only_b)} only in the second.
      </p>
      <div className={styles['columns']}>
        <List title="Ended otherwise" total={differences.outcomes} shown={outcomes.length} none="All ended as before.">
          {outcomes.map((each) => (
            <li key={each.package} className={styles['entry']}>
              <PackageLink atom={each.package} />
              <span>
                <Pill state={each.a === 'built' ? 'received' : 'failed'} label={each.a} />{' '}
                <span className="dim">then</span>{' '}
                <Pill state={each.b === 'built' ? 'received' : 'failed'} label={each.b} />
              </span>
            </li>
          ))}
        </List>
        <List title="Only in the second" total={differences.added} shown={added.length} none="Nothing is new.">
          {added.map((each) => (
            <Only key={each.package} each={each} />
          ))}
        </List>
        <List title="Only in the first" total={differences.gone} shown={gone.length} none="Nothing is gone.">
          {gone.map((each) => (
            <Only key={each.package} each={each} />
          ))}
        </List>
        <List
          title="Other versions"
          total={differences.upgraded}
          shown={upgraded.length}
          none="All in the same versions."
        >
          {upgraded.map((each) => (
            <li key={each.package} className={styles['entry']}>
              <PackageLink atom={each.package} />
              <span className="mono">
                <span className="dim">{each.a.join(', ')} →</span> {each.b.join(', ')}
              </span>
            </li>
          ))}
        </List>
      </div>
      <Durations changed={changed} />
    </>
  );
}

function Only({ each }: { readonly each: Comparison['added'][number] }) {
  return (
    <li className={styles['entry']}>
      <span>
        <PackageLink atom={each.package} /> <span className="dim">{each.versions.join(', ')}</span>
      </span>
      {each.outcome === 'failed' ? <Pill state="failed" /> : <span>{duration(each.build_s)}</span>}
    </li>
  );
}

type ListProps = {
  readonly title: string;
  readonly total: number;
  readonly shown: number;
  readonly none: string;
  readonly children: ReactNode;
};

function List({ title, total, shown, none, children }: ListProps) {
  return (
    <Card title={title} aside={shown < total ? `${number(shown)} of ${number(total)}` : number(total)} flush>
      {total === 0 ? (
        <p className={styles['none']}>{none}</p>
      ) : (
        // It scrolls: the keyboard must reach it.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <div className={styles['scrolled']} tabIndex={0} role="region" aria-label={title}>
          <ul>{children}</ul>
        </div>
      )}
    </Card>
  );
}

/** What took longer or shorter, the largest change first: a bar to the right is slower, to the left faster. */
function Durations({ changed }: { readonly changed: Comparison['changed'] }) {
  if (changed.length === 0) return null;
  const most = Math.max(...changed.map(({ a_s: from, b_s: to }) => Math.abs(to - from)));
  return (
    <Card title="Time of packages that changed most" aside={`${number(changed.length)} shown`}>
      <table className={`${styles['compared']} ${styles['names']}`}>
        <thead>
          <tr>
            <th scope="col">Package</th>
            <th scope="col">First</th>
            <th scope="col">Second</th>
            <th scope="col">Change</th>
            <th scope="col" className={styles['deltaHead']}>
              Faster or slower
            </th>
          </tr>
        </thead>
        <tbody>
          {changed.map(({ package: name, a_s: from, b_s: to }) => (
            <tr key={name}>
              <th scope="row">
                <PackageLink atom={name} />
              </th>
              <td>{duration(from)}</td>
              <td>{duration(to)}</td>
              <td className="dim">{changeOf(from, to)}</td>
              <td className={styles['deltaHead']}>
                <Delta share={(to - from) / Math.max(1, most)} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}

function Delta({ share }: { readonly share: number }) {
  const width = `${Math.min(50, Math.abs(share) * 50)}%`;
  const isSlower = share > 0;
  return (
    <span className={styles['delta']} aria-hidden="true">
      <span
        style={{
          ...{ width, left: isSlower ? '50%' : `calc(50% - ${width})` },
          background: isSlower ? 'var(--blocked)' : 'var(--received)',
        }}
      />
    </span>
  );
}
