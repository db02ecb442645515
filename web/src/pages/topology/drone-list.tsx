import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { DataTable, type Sort, type TableColumn } from '../../ui/data-table.tsx';
import { Pill } from '../../ui/pill.tsx';
import { Time } from '../../ui/time.tsx';
import { type MapDrone, milliseconds, slotsText } from './map-drones.ts';
import type { Traffic } from './use-messages.ts';

type Props = { readonly drones: readonly MapDrone[]; readonly traffic: Traffic };

/** What the map shows, as a table. */
export function DroneList({ drones, traffic }: Props) {
  const navigate = useNavigate();
  const [sort, setSort] = useState<Sort>({ by: 'name', isDown: false });
  return (
    <DataTable
      label="Drones and their wires"
      rows={drones}
      columns={columnsOf(traffic)}
      keyOf={({ id }) => id}
      sort={sort}
      onSort={setSort}
      onOpen={({ name }) => void navigate({ to: '/fleet/$name', params: { name } })}
      empty={null}
    />
  );
}

function columnsOf(traffic: Traffic): readonly TableColumn<MapDrone>[] {
  return [
    { id: 'name', title: 'Drone', width: 'minmax(6rem, 11rem)', cell: ({ name }) => name, sortBy: ({ name }) => name },
    {
      id: 'state',
      title: 'State',
      width: '6.5rem',
      cell: ({ state }) => <Pill state={state} />,
      sortBy: ({ state }) => state,
    },
    { id: 'slots', title: 'Slots', width: '4.5rem', cell: slotsText, sortBy: ({ used }) => used },
    {
      ...{ id: 'works', title: 'Builds', width: 'minmax(8rem, 2fr)', isExtra: true },
      cell: ({ works }) => works.join('; ') || '–',
      sortBy: ({ works }) => works.join(),
    },
    {
      ...{ id: 'last', title: 'Last message', width: 'minmax(8rem, 1.5fr)', isExtra: true },
      cell: ({ id }) => traffic.lastOf(id)?.says ?? '–',
    },
    {
      ...{ id: 'avg', title: 'Answered in', width: '6rem', align: 'right' },
      cell: ({ latency }) => (latency === undefined ? '–' : milliseconds(latency.avg)),
      sortBy: ({ latency }) => latency?.avg ?? -1,
    },
    {
      ...{ id: 'max', title: 'At most', width: '5rem', align: 'right', isExtra: true },
      cell: ({ latency }) => (latency === undefined ? '–' : milliseconds(latency.max)),
      sortBy: ({ latency }) => latency?.max ?? -1,
    },
    {
      ...{ id: 'seen', title: 'Heard of', width: '6rem', align: 'right', isExtra: true },
      cell: ({ seen }) => <Time at={seen} />,
      sortBy: ({ seen }) => seen,
    },
  ];
}
