import { useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import type { Node } from '../../live/swarm-state.ts';
import { useSwarm } from '../../live/use-swarm.ts';
import { stateOf } from '../../swarm/drones.ts';
import { NoDrones } from '../../swarm/no-drones.tsx';
import { DataTable, type Sort, type TableColumn } from '../../ui/data-table.tsx';
import { Pill } from '../../ui/pill.tsx';

/** What each drone may take; it is changed on the page of the drone. */
export function DronesSection() {
  const nodes = useSwarm('nodes');
  const open = useNavigate();
  const [sort, setSort] = useState<Sort>({ by: 'name', isDown: false });
  const rows = useMemo(() => [...nodes.values()], [nodes]);
  return (
    <>
      <p className="dim">Cores and labels of a drone are set on its page.</p>
      <DataTable
        label="Settings of drones"
        rows={rows}
        columns={COLUMNS}
        keyOf={({ id }) => id}
        sort={sort}
        onSort={setSort}
        onOpen={({ name }) => void open({ to: '/fleet/$name', params: { name } })}
        empty={<NoDrones />}
      />
    </>
  );
}

const COLUMNS: readonly TableColumn<Node>[] = [
  { id: 'name', title: 'Drone', width: 'minmax(6rem, 1fr)', cell: ({ name }) => name, sortBy: ({ name }) => name },
  { id: 'state', title: 'State', width: '6rem', cell: (node) => <Pill state={stateOf(node)} />, sortBy: stateOf },
  {
    ...{ id: 'cores', title: 'Cores', width: '6rem', align: 'right' },
    cell: ({ cores, cores_limit: limit }) => (limit === null ? `all ${cores ?? ''}` : `${limit} of ${cores ?? '?'}`),
    sortBy: ({ cores, cores_limit: limit }) => limit ?? cores,
  },
  {
    ...{ id: 'labels', title: 'Labels', width: 'minmax(6rem, 2fr)', isExtra: true },
    cell: ({ labels }) => (labels.length === 0 ? <span className="dim">none</span> : labels.join(', ')),
  },
  { id: 'type', title: 'Kind', width: '5rem', isExtra: true, cell: ({ type }) => type, sortBy: ({ type }) => type },
  {
    ...{ id: 'version', title: 'Agent', width: '5rem', align: 'right', isExtra: true },
    cell: ({ version }) => version ?? '–',
    sortBy: ({ version }) => version,
  },
];
