import { useIsLive, useSwarm } from '../../live/use-swarm.ts';
import { RangeChoice } from '../../swarm/range-choice.tsx';
import { hoursOf, type RangeSearch, type TimeRange } from '../../swarm/time-range.ts';
import { Card } from '../../ui/card.tsx';
import { Chart } from '../../ui/chart.tsx';
import { count, number } from '../../ui/format.ts';
import { Skeleton } from '../../ui/notice.tsx';
import { Sparkline } from '../../ui/sparkline.tsx';
import { useNow } from '../../ui/time.tsx';
import styles from './pace.module.css';
import type { SwarmHistory } from './swarm-history.ts';

const MINUTES = 60;
const HEIGHT = 150;
/** With its legend: nothing moves when the chart is there. */
const WHOLE_HEIGHT = `${HEIGHT + 28}px`;

type Props = {
  readonly range: TimeRange;
  readonly onRange: (search: RangeSearch) => void;
  readonly history: SwarmHistory | undefined;
};

/** How fast packages come in, and how busy the fleet is. */
export function Pace({ range, onRange, history }: Props) {
  const minutes = useSwarm('minutes');
  const nodes = useSwarm('nodes');
  const now = useNow();
  const isLive = useIsLive();
  const thisMinute = Math.floor(now / 60) * 60_000;
  const online = [...nodes.values()].filter((node) => node.online);
  const busy = online.filter((node) => node.current_task !== null).length;
  const cpu = online.length === 0 ? 0 : online.reduce((sum, node) => sum + node.cpu_percent, 0) / online.length;
  const received = (history?.received.at(-1) ?? 0) - (history?.received[0] ?? 0);
  return (
    <Card title="Pace" aside={isLive ? <RangeChoice value={range} onChange={onRange} /> : undefined}>
      <div className={styles['row']}>
        {isLive ? <PaceChart history={history} /> : <Minutes now={thisMinute} />}
        <dl className={styles['facts']}>
          <Fact name="This minute" value={number(minutes.find(({ at }) => at === thisMinute)?.received ?? 0)} />
          {isLive && received >= 0 && history !== undefined ? (
            <Fact name={`In ${count(hoursOf(range), 'hour')}`} value={number(received)} />
          ) : null}
          <Fact name="Drones at work" value={`${busy} of ${online.length}`} />
          <Fact name="Mean CPU" value={`${Math.round(cpu)}%`} />
        </dl>
      </div>
    </Card>
  );
}

function PaceChart({ history }: { readonly history: SwarmHistory | undefined }) {
  if (history === undefined) return <Skeleton height={WHOLE_HEIGHT} />;
  if (history.places.length < 2) return <p className="dim">Nothing was measured yet; it begins within a minute.</p>;
  return (
    <Chart
      label="Packages received a minute"
      places={history.places}
      series={[{ label: 'Packages a minute', values: history.pace, colour: 'var(--received)', draw: 'area' }]}
      height={HEIGHT}
      format={oneDecimal}
    />
  );
}

function oneDecimal(value: number): string {
  return value.toFixed(value < 10 && !Number.isInteger(value) ? 1 : 0);
}

/** Of an earlier moment only so much is known. */
function Minutes({ now }: { readonly now: number }) {
  const minutes = useSwarm('minutes');
  const byMinute = new Map(minutes.map((minute) => [minute.at, minute]));
  const received = Array.from(
    { length: MINUTES },
    (_, index) => byMinute.get(now - (MINUTES - 1 - index) * 60_000)?.received ?? 0,
  );
  return (
    <div className={styles['chart']}>
      <p className={styles['label']}>Packages a minute</p>
      <Sparkline values={received} label="Packages received a minute" colour="var(--received)" height={72} />
    </div>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt className={styles['label']}>{name}</dt>
      <dd className={styles['value']}>{value}</dd>
    </div>
  );
}
