import { useMemo, useState } from 'react';
import { DataTable, type Sort, type TableColumn } from '../../ui/data-table.tsx';
import { duration, moment } from '../../ui/format.ts';
import { Empty } from '../../ui/notice.tsx';
import { Pill } from '../../ui/pill.tsx';
import { type Bar, endOf } from './bars.ts';
import { type DroneLanes, firstAfter } from './lanes.ts';
import { OUTCOMES } from './outcomes.ts';
import type { Range } from './view-range.ts';

type Row = { readonly bar: Bar; readonly slot: number; readonly tookS: number; readonly isOnPath: boolean };

type Props = {
  readonly drones: readonly DroneLanes[];
  readonly range: Range;
  readonly now: number;
  readonly path: ReadonlySet<string> | undefined;
  readonly onOpen: (bar: Bar) => void;
};

const COLUMNS: readonly TableColumn<Row>[] = [
  {
    ...{ id: 'package', title: 'Package', width: 'minmax(11rem, 2fr)' },
    cell: ({ bar }) => bar.package,
    sortBy: ({ bar }) => bar.package,
  },
  {
    ...{ id: 'state', title: 'State', width: '7rem' },
    cell: ({ bar }) => <Pill state={bar.state} label={OUTCOMES[bar.state].label} />,
    sortBy: ({ bar }) => OUTCOMES[bar.state].label,
  },
  {
    ...{ id: 'drone', title: 'Drone', width: '8rem' },
    cell: ({ bar }) => bar.drone,
    sortBy: ({ bar }) => bar.drone,
  },
  {
    ...{ id: 'slot', title: 'Slot', width: '4rem', align: 'right', isExtra: true },
    cell: ({ slot }) => slot + 1,
    sortBy: ({ slot }) => slot,
  },
  {
    ...{ id: 'from', title: 'Began', width: '12rem', align: 'right', isExtra: true },
    cell: ({ bar }) => moment(bar.from),
    sortBy: ({ bar }) => bar.from,
  },
  {
    ...{ id: 'took', title: 'Took', width: '5rem', align: 'right' },
    cell: ({ tookS }) => duration(tookS),
    sortBy: ({ tookS }) => tookS,
  },
  {
    ...{ id: 'path', title: 'Critical path', width: '7rem', isExtra: true },
    cell: ({ isOnPath }) => (isOnPath ? 'on it' : ''),
    sortBy: ({ isOnPath }) => Number(isOnPath),
  },
];

/** The bars of the time that is shown, as rows. */
export function BarTable({ drones, range, now, path, onOpen }: Props) {
  const [sort, setSort] = useState<Sort>({ by: 'from', isDown: true });
  const rows = useMemo(() => rowsOf(drones, { range, now, path }), [drones, range, now, path]);
  return (
    <DataTable
      label="Builds in this time"
      rows={rows}
      columns={COLUMNS}
      keyOf={({ bar }) => bar.key}
      sort={sort}
      onSort={setSort}
      onOpen={({ bar }) => onOpen(bar)}
      empty={<Empty title="Nothing was built in this time">Show more of it, or go to now.</Empty>}
    />
  );
}

function rowsOf(
  drones: readonly DroneLanes[],
  { range, now, path }: Pick<Props, 'range' | 'now' | 'path'>,
): readonly Row[] {
  return drones.flatMap(({ lanes }) =>
    lanes.flatMap((lane, slot) => {
      const first = firstAfter(lane, range.from, now);
      return lane
        .slice(first)
        .filter((bar) => bar.from <= range.to)
        .map((bar) => ({ bar, slot, tookS: endOf(bar, now) - bar.from, isOnPath: path?.has(bar.key) === true }));
    }),
  );
}
