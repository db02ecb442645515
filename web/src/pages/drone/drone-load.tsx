import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { api, type Reply } from '../../api/api.ts';
import { useIsLive } from '../../live/use-swarm.ts';
import { RangeChoice } from '../../swarm/range-choice.tsx';
import { hoursOf, type RangeSearch, type TimeRange } from '../../swarm/time-range.ts';
import { Card } from '../../ui/card.tsx';
import { Chart, type ChartSeries } from '../../ui/chart.tsx';
import { bytes } from '../../ui/format.ts';
import { Failure, Skeleton } from '../../ui/notice.tsx';
import styles from './drone.module.css';

const BUCKETS = 180;
const HEIGHT = 130;
const MIB = 1024 * 1024;

type Row = Reply<'metrics'>['history'][number];

type Props = {
  readonly id: string;
  readonly name: string;
  readonly range: TimeRange;
  readonly onRange: (search: RangeSearch) => void;
};

/** How hard it worked in the last hours, and what room was left. */
export function DroneLoad({ id, name, range, onRange }: Props) {
  const isLive = useIsLive();
  const load = useQuery({
    queryKey: ['metrics', id, range],
    queryFn: () =>
      api.metrics({ query: { since: Date.now() / 1000 - 3600 * hoursOf(range), node: id, buckets: BUCKETS } }),
    refetchInterval: 60_000,
    placeholderData: (before) => before,
    enabled: isLive,
  });
  if (!isLive) return null;
  const rows = load.data?.history;
  return (
    <Card title="Load" className={styles['wide'] ?? ''} aside={<RangeChoice value={range} onChange={onRange} />}>
      {load.isError ? <Failure error={load.error} onRetry={() => void load.refetch()} /> : null}
      {load.isPending ? <Skeleton height={`${HEIGHT + 28}px`} /> : null}
      {rows !== undefined && rows.length < 2 ? (
        <p className="dim">Nothing was measured in this time; a drone that is online is measured within a minute.</p>
      ) : null}
      {rows === undefined || rows.length < 2 ? null : <Curves rows={rows} name={name} />}
    </Card>
  );
}

function Curves({ rows, name }: { readonly rows: readonly Row[]; readonly name: string }) {
  const places = useMemo(() => rows.map(({ timestamp }) => timestamp), [rows]);
  const line = (label: string, colour: string, pick: (row: Row) => number | null): ChartSeries => ({
    ...{ label, colour },
    values: rows.map(pick),
  });
  const disk = line('Free for builds', 'var(--received)', (row) => row.disk_free_mb);
  return (
    <div className={styles['curves']}>
      <Chart
        label={`CPU and memory of ${name}`}
        places={places}
        height={HEIGHT}
        format={percent}
        series={[
          { ...line('CPU', 'var(--accent)', (row) => row.cpu_percent), draw: 'area' },
          line('Memory', 'var(--ready)', (row) => row.ram_percent),
        ]}
      />
      <Chart
        label={`Load average of ${name}`}
        places={places}
        height={HEIGHT}
        format={oneDecimal}
        series={[line('Load average', 'var(--blocked)', (row) => row.load_1m)]}
      />
      {disk.values.every((value) => value === null) ? null : (
        <Chart
          label={`Room for builds on ${name}`}
          places={places}
          height={HEIGHT}
          format={megabytes}
          series={[{ ...disk, draw: 'area' }]}
        />
      )}
    </div>
  );
}

function percent(value: number): string {
  return `${Math.round(value)}%`;
}

function oneDecimal(value: number): string {
  return value.toFixed(1);
}

function megabytes(value: number): string {
  return bytes(value * MIB);
}
