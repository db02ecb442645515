import { useIsLive } from '../../live/use-swarm.ts';
import { Card } from '../../ui/card.tsx';
import { Chart, type ChartSeries } from '../../ui/chart.tsx';
import { Skeleton } from '../../ui/notice.tsx';
import styles from './course.module.css';
import type { SwarmHistory } from './swarm-history.ts';

const HEIGHT = 130;

/** How the queue and the load of the fleet went. Of an earlier moment it is not asked. */
export function Course({ history }: { readonly history: SwarmHistory | undefined }) {
  const isLive = useIsLive();
  if (!isLive) return null;
  return (
    <div className={styles['pair']}>
      <Card title="Queue">
        <Lines label="Packages by state over time" history={history} series={queueLines} />
      </Card>
      <Card title="Utilisation of the fleet">
        <Lines label="Mean load of the drones over time" history={history} series={loadLines} format={percent} />
      </Card>
    </div>
  );
}

function queueLines({ waiting, building, received, blocked }: SwarmHistory): readonly ChartSeries[] {
  return [
    { label: 'needed', values: waiting, colour: 'var(--needed)' },
    { label: 'building', values: building, colour: 'var(--delegated)' },
    { label: 'received', values: received, colour: 'var(--received)' },
    { label: 'blocked', values: blocked, colour: 'var(--blocked)' },
  ];
}

function loadLines({ cpu, ram }: SwarmHistory): readonly ChartSeries[] {
  return [
    { label: 'CPU', values: cpu, colour: 'var(--accent)', draw: 'area' },
    { label: 'Memory', values: ram, colour: 'var(--ready)' },
  ];
}

type Props = {
  readonly label: string;
  readonly history: SwarmHistory | undefined;
  readonly series: (history: SwarmHistory) => readonly ChartSeries[];
  readonly format?: (value: number) => string;
};

function Lines({ label, history, series, format }: Props) {
  if (history === undefined) return <Skeleton height={`${HEIGHT + 28}px`} />;
  if (history.places.length < 2) return <p className="dim">Nothing was measured yet; it begins within a minute.</p>;
  return (
    <Chart
      label={label}
      places={history.places}
      series={series(history)}
      height={HEIGHT}
      {...(format === undefined ? {} : { format })}
    />
  );
}

function percent(value: number): string {
  return `${Math.round(value)}%`;
}
