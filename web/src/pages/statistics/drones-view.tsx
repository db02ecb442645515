import { useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { DataTable, type Sort, type TableColumn } from '../../ui/data-table.tsx';
import { count, duration, number } from '../../ui/format.ts';
import { Empty } from '../../ui/notice.tsx';
import styles from './statistics.module.css';
import type { SetSearch, Statistics } from './statistics.tsx';
import { SuccessShare } from './success-share.tsx';

type Row = Statistics['drones'][number];
type Props = { readonly statistics: Statistics; readonly set: SetSearch };

/** How each drone does: how fast it is, as learned, how well it builds, and how much. */
export function DronesView({ statistics: { drones }, set }: Props) {
  const [sort, setSort] = useState<Sort>({ by: 'total', isDown: true });
  const open = useNavigate();
  const columns = useMemo(() => columnsOf(drones, set), [drones, set]);
  return (
    <div className={styles['whole']}>
      <p className="dim">
        Speed is against a drone of 8 cores, learned from packages that several drones have built; paler where only the
        number of cores says so.
      </p>
      <div className={styles['table']}>
        <DataTable
          label="Drones"
          rows={drones}
          columns={columns}
          keyOf={({ name }) => name}
          sort={sort}
          onSort={setSort}
          onOpen={({ name }) => void open({ to: '/fleet/$name', params: { name } })}
          empty={<Empty title="No drone has built anything in this time" />}
        />
      </div>
    </div>
  );
}

function columnsOf(drones: readonly Row[], set: SetSearch): readonly TableColumn<Row>[] {
  const most = Math.max(0.01, ...drones.map(({ built_per_hour: amount }) => amount));
  const fastest = Math.max(0.01, ...drones.map(({ speed }) => speed ?? 0));
  return [
    { id: 'name', title: 'Drone', width: 'minmax(6rem, 1fr)', cell: ({ name }) => name, sortBy: ({ name }) => name },
    {
      ...{ id: 'speed', title: 'Speed', width: 'minmax(6rem, 1fr)' },
      cell: ({ name, speed, speed_samples: samples }) => (
        <Bar
          share={(speed ?? 0) / fastest}
          text={speed === null ? '–' : `${speed.toFixed(2)} ×`}
          says={
            speed === null
              ? `${name} is not known any more`
              : samples === 0
                ? 'Only its number of cores says so'
                : `Learned from ${count(samples, 'package')}`
          }
          isGuess={samples === 0}
        />
      ),
      sortBy: ({ speed }) => speed,
    },
    {
      ...{ id: 'success', title: 'Built well', width: 'minmax(6rem, 1fr)' },
      cell: (row) => <SuccessShare of={row} name={row.name} />,
      sortBy: ({ success_rate: rate }) => rate,
    },
    {
      ...{ id: 'rate', title: 'Built an hour', width: 'minmax(6rem, 1fr)', isExtra: true },
      cell: ({ built_per_hour: amount }) => (
        <Bar share={amount / most} text={amount >= 10 ? number(Math.round(amount)) : amount.toFixed(1)} />
      ),
      sortBy: ({ built_per_hour: amount }) => amount,
    },
    {
      ...{ id: 'built', title: 'Built', width: '4.5rem', align: 'right', isExtra: true },
      cell: ({ built }) => number(built),
      sortBy: ({ built }) => built,
    },
    {
      ...{ id: 'failed', title: 'Failed', width: '4rem', align: 'right', isExtra: true },
      cell: ({ failed }) => number(failed),
      sortBy: ({ failed }) => failed,
    },
    {
      ...{ id: 'returned', title: 'Given back', width: '5.5rem', align: 'right', isExtra: 'first' },
      cell: ({ returned }) => number(returned),
      sortBy: ({ returned }) => returned,
    },
    {
      ...{ id: 'half', title: 'Median', width: '5rem', align: 'right', isExtra: 'first' },
      cell: ({ p50_s: seconds }) => duration(seconds),
      sortBy: ({ p50_s: seconds }) => seconds,
    },
    {
      ...{ id: 'total', title: 'In all', width: '5.5rem', align: 'right', isExtra: true },
      cell: ({ build_s: seconds }) => duration(seconds),
      sortBy: ({ build_s: seconds }) => seconds,
    },
    {
      ...{ id: 'only', title: 'Filter', width: '4.5rem', align: 'right', isExtra: 'first' },
      cell: ({ name }) => (
        <Button small look="ghost" aria-label={`Only ${name}`} onClick={() => set({ drone: name, view: undefined })}>
          Only
        </Button>
      ),
    },
  ];
}

type BarProps = { readonly share: number; readonly text: string; readonly says?: string; readonly isGuess?: boolean };

function Bar({ share, text, says, isGuess }: BarProps) {
  return (
    <span className={styles['success']} title={says}>
      <span className={styles['track']} aria-hidden="true">
        <span style={{ width: `${100 * share}%`, opacity: isGuess === true ? 0.45 : 1 }} />
      </span>
      <span>{text}</span>
    </span>
  );
}
