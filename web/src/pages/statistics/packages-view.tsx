import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { DataTable, type Sort, type TableColumn } from '../../ui/data-table.tsx';
import { count, duration, number, partsOf } from '../../ui/format.ts';
import { Empty } from '../../ui/notice.tsx';
import { Sparkline } from '../../ui/sparkline.tsx';
import { Time } from '../../ui/time.tsx';
import styles from './statistics.module.css';
import type { Statistics } from './statistics.tsx';
import { trendColour, trendText } from './statistics-words.ts';
import { SuccessShare } from './success-share.tsx';

type Row = Statistics['packages'][number];

/** How each package does, what takes most time in all first. */
export function PackagesView({ statistics: { packages, total_packages: total } }: { readonly statistics: Statistics }) {
  const [sort, setSort] = useState<Sort>({ by: 'total', isDown: true });
  const open = useNavigate();
  return (
    <div className={styles['whole']}>
      <p className="dim">
        {packages.length < total
          ? `The ${number(packages.length)} of ${number(total)} packages that took most time; others are found by their name.`
          : `${count(total, 'package')}, what took most time first.`}
      </p>
      <div className={styles['table']}>
        <DataTable
          label="Packages"
          rows={packages}
          columns={COLUMNS}
          keyOf={(row) => row.package}
          sort={sort}
          onSort={setSort}
          onOpen={(row) => {
            const { category, name } = partsOf(row.package);
            void open({ to: '/packages/$category/$name', params: { category, name } });
          }}
          empty={<Empty title="No package is like that" />}
        />
      </div>
    </div>
  );
}

const COLUMNS: readonly TableColumn<Row>[] = [
  {
    ...{ id: 'package', title: 'Package', width: 'minmax(9rem, 2fr)' },
    cell: (row) => row.package,
    sortBy: (row) => row.package,
  },
  {
    ...{ id: 'builds', title: 'Builds', width: '4rem', align: 'right', isExtra: true },
    cell: ({ builds }) => number(builds),
    sortBy: ({ builds }) => builds,
  },
  {
    ...{ id: 'success', title: 'Built well', width: 'minmax(6rem, 1fr)', isExtra: true },
    cell: (row) => <SuccessShare of={row} name={row.package} />,
    sortBy: ({ success_rate: rate }) => rate,
  },
  {
    ...{ id: 'half', title: 'Median', width: '5.5rem', align: 'right' },
    cell: ({ p50_s: seconds }) => duration(seconds),
    sortBy: ({ p50_s: seconds }) => seconds,
  },
  {
    ...{ id: 'most', title: '9 of 10', width: '5.5rem', align: 'right', isExtra: 'first' },
    cell: ({ p90_s: seconds }) => duration(seconds),
    sortBy: ({ p90_s: seconds }) => seconds,
  },
  {
    ...{ id: 'recent', title: 'Lately', width: '6rem', isExtra: true },
    cell: (row) => <Sparkline values={row.recent_s} label={`Newest builds of ${row.package}`} height={20} />,
  },
  {
    ...{ id: 'trend', title: 'Trend', width: '6.5rem', align: 'right', isExtra: 'first' },
    cell: ({ trend }) => <span style={{ color: trendColour(trend) }}>{trendText(trend)}</span>,
    sortBy: ({ trend }) => trend,
  },
  {
    ...{ id: 'total', title: 'In all', width: '5.5rem', align: 'right' },
    cell: ({ build_s: seconds }) => duration(seconds),
    sortBy: ({ build_s: seconds }) => seconds,
  },
  {
    ...{ id: 'last', title: 'Last', width: '5.5rem', align: 'right', isExtra: 'first' },
    cell: ({ last_at: at }) => <Time at={at} />,
    sortBy: ({ last_at: at }) => at,
  },
];
