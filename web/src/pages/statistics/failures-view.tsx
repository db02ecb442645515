import { useMemo } from 'react';
import { FAILURE_CLASSES, isFailureClass } from '../../../../src/core/failure-class.ts';
import { PackageLink } from '../../swarm/package-link.tsx';
import { Card } from '../../ui/card.tsx';
import { Chart } from '../../ui/chart.tsx';
import { count, number } from '../../ui/format.ts';
import { Empty } from '../../ui/notice.tsx';
import { Time } from '../../ui/time.tsx';
import styles from './statistics.module.css';
import type { Statistics } from './statistics.tsx';
import { commonest } from './statistics-words.ts';

type Props = { readonly statistics: Statistics };

const COLOURS = ['var(--failed)', 'var(--blocked)', 'var(--ready)', 'var(--delegated)', 'var(--needed)'];
const OTHERS = 'var(--offline)';

/** Why builds fail, along time, and which packages both fail and succeed from the same plan. */
export function FailuresView({ statistics }: Props) {
  return (
    <>
      <ClassesCard statistics={statistics} />
      <FlakyCard flaky={statistics.flaky} />
    </>
  );
}

function ClassesCard({ statistics: { course, failures } }: Props) {
  const places = useMemo(() => course.map(({ at }) => at), [course]);
  const series = useMemo(() => {
    const { shown, others } = commonest(failures, COLOURS.length);
    const named = shown.map(({ failure_class: name, course: values }, index) => ({
      ...{ label: name ?? 'not said', values, colour: COLOURS[index] ?? OTHERS, draw: 'steps' as const },
    }));
    return others === undefined
      ? named
      : [...named, { label: 'others', values: others, colour: OTHERS, draw: 'steps' as const }];
  }, [failures]);
  const most = failures[0]?.failed ?? 1;
  if (failures.length === 0)
    return (
      <Card title="Failures by class">
        <Empty title="Nothing failed">Long may it last.</Empty>
      </Card>
    );
  return (
    <div className={styles['columns']}>
      <Card title="Failures by class along time">
        <Chart label="Failures by class along time" places={places} series={series} height={260} />
      </Card>
      <Card title="Why they failed">
        <ul className={styles['classes']}>
          {failures.map(({ failure_class: name, failed }, index) => (
            <li key={name ?? ''}>
              <span className={styles['className']}>
                {name ?? 'not said'}
                <span className="dim">{name !== null && isFailureClass(name) ? FAILURE_CLASSES[name].says : ''}</span>
              </span>
              <span>{number(failed)}</span>
              <span className={styles['track']} aria-hidden="true">
                <span style={{ width: `${(100 * failed) / most}%`, background: COLOURS[index] ?? OTHERS }} />
              </span>
            </li>
          ))}
        </ul>
      </Card>
    </div>
  );
}

function FlakyCard({ flaky }: { readonly flaky: Statistics['flaky'] }) {
  return (
    <Card title="Flaky packages" aside="failed and were built within one session, so from the same plan">
      {flaky.length === 0 ? <Empty title="None: what fails once, fails again" /> : null}
      <ul className={styles['flaky']}>
        {flaky.map((each) => (
          <li key={each.package}>
            <PackageLink atom={each.package} />
            <span>
              failed {number(each.failed)}, built {number(each.built)}
              {each.sessions > 1 ? ` in ${count(each.sessions, 'session')}` : ''}
            </span>
            <span className="dim">{each.failure_classes.join(', ')}</span>
            <span className="dim">
              <Time at={each.last_at} />
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
