import { useMemo } from 'react';
import { Card } from '../../ui/card.tsx';
import { Chart } from '../../ui/chart.tsx';
import { count, duration, number } from '../../ui/format.ts';
import { Empty } from '../../ui/notice.tsx';
import styles from './statistics.module.css';
import type { Statistics } from './statistics.tsx';
import { binLabel } from './statistics-words.ts';

type Props = { readonly statistics: Statistics };

/** Builds along time, how long they took, and how long packages waited. */
export function BuildsView({ statistics }: Props) {
  const { totals, waiting } = statistics;
  const facts: readonly (readonly [string, string])[] = [
    ['Built', number(totals.built)],
    ['Failed', number(totals.failed)],
    ['Built well', totals.success_rate === null ? '–' : `${totals.success_rate}%`],
    ['Median', duration(totals.p50_s)],
    ['9 of 10 within', duration(totals.p90_s)],
    ['Build time', duration(totals.build_s)],
    ['Median wait', duration(waiting.p50_s)],
  ];
  return (
    <>
      <Card title="All together">
        <dl className={styles['facts']}>
          {facts.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </Card>
      <div className={styles['columns']}>
        <OutcomesChart statistics={statistics} />
        <TimesChart statistics={statistics} />
        <Histogram
          title="How long builds take"
          noun="build"
          says={`half within ${duration(totals.p50_s)}, nine of ten within ${duration(totals.p90_s)}`}
          bins={statistics.durations}
          none="No build has ended well in this time."
        />
        <Histogram
          title="Waiting for a drone"
          noun="package"
          says={
            waiting.count === 0
              ? ''
              : `half within ${duration(waiting.p50_s)}, nine of ten within ${duration(waiting.p90_s)}`
          }
          bins={waiting.bins}
          none="Waiting is remembered for a week, and counted once a package is handed out."
        />
      </div>
    </>
  );
}

function OutcomesChart({ statistics: { course } }: Props) {
  const places = useMemo(() => course.map(({ at }) => at), [course]);
  const series = useMemo(
    () => [
      { label: 'built', values: course.map(({ built }) => built), colour: 'var(--received)', draw: 'area' as const },
      { label: 'failed', values: course.map(({ failed }) => failed), colour: 'var(--failed)', draw: 'area' as const },
    ],
    [course],
  );
  return (
    <Card title="Builds along time">
      <Chart label="Builds along time" places={places} series={series} />
    </Card>
  );
}

function TimesChart({ statistics: { course } }: Props) {
  const places = useMemo(() => course.map(({ at }) => at), [course]);
  const series = useMemo(
    () => [
      {
        label: 'median',
        values: course.map(({ p50_s: middle }) => middle),
        colour: 'var(--accent)',
        draw: 'points' as const,
      },
    ],
    [course],
  );
  return (
    <Card title="How long builds took along time">
      <Chart label="Middle of the durations along time" places={places} series={series} format={duration} />
    </Card>
  );
}

type HistogramProps = {
  readonly title: string;
  readonly noun: string;
  readonly says: string;
  readonly bins: Statistics['durations'];
  readonly none: string;
};

function Histogram({ title, noun, says, bins, none }: HistogramProps) {
  const most = Math.max(1, ...bins.map((bin) => bin.count));
  return (
    <Card title={title} aside={says}>
      {bins.length === 0 ? <Empty title="Nothing to count">{none}</Empty> : null}
      <ul className={styles['histogram']} aria-label={title}>
        {bins.map((bin) => (
          <li key={bin.from_s}>
            <span>{binLabel(bin)}</span>
            <span className={styles['track']} aria-hidden="true">
              <span style={{ width: `${(100 * bin.count) / most}%` }} />
            </span>
            <span title={count(bin.count, noun)}>{number(bin.count)}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
