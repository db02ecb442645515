import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { api } from '../../api/api.ts';
import type { Node } from '../../live/swarm-state.ts';
import { Card } from '../../ui/card.tsx';
import { bytes, count } from '../../ui/format.ts';
import { Time } from '../../ui/time.tsx';
import styles from './drone.module.css';

/** What it is made of, and how its health stands. */
export function DroneFacts({ node }: { readonly node: Node }) {
  const health = useQuery({ queryKey: ['drone-health'], queryFn: () => api.droneHealth() });
  const mine = health.data?.drones.find(({ drone_id: id }) => id === node.id);
  const speed = useQuery({
    queryKey: ['drone-speed', node.name],
    queryFn: () => api.statistics({ query: { hours: WEEK_H, drone: node.name, buckets: 1 } }),
  });
  const learned = speed.data?.drones.find(({ name }) => name === node.name);
  const diskMb = node.metrics['disk_free_mb'];
  return (
    <Card title="Facts and health">
      <dl className={styles['facts']}>
        <Fact name="Address">
          <span className="mono">{node.ip}</span>
        </Fact>
        <Fact name="Kind">{node.type === 'sweeper' ? 'Sweeper: takes what others could not' : 'Drone'}</Fact>
        <Fact name="Cores">
          {node.cores_limit === null ? (node.cores ?? '–') : `${node.cores_limit} of ${node.cores ?? '?'}`}
        </Fact>
        <Fact name="Memory">{node.ram_gb === null ? '–' : `${node.ram_gb} GB`}</Fact>
        <Fact name="Free for builds">{typeof diskMb === 'number' ? bytes(diskMb * 1024 * 1024) : '–'}</Fact>
        <Fact name="Architecture">{textOf(node.capabilities['arch'])}</Fact>
        <Fact name="Agent">{node.version ?? '–'}</Fact>
        <Fact name="Known since">
          <Time at={node.created_at} />
        </Fact>
        <Fact name="Built">
          {node.builds_completed}, {node.builds_failed} failed
        </Fact>
        <Fact name="Speed">{speedText(learned)}</Fact>
        <Fact name="Failures in a row">{mine?.failures ?? '–'}</Fact>
        <Fact name="Grounded until">
          {mine?.grounded_until == null ? 'not grounded' : <Time at={mine.grounded_until} />}
        </Fact>
        <Fact name="Last failure">
          <Time at={mine?.last_failure} />
        </Fact>
        <Fact name="Last probe">
          <Time at={mine?.last_probe_at} />
        </Fact>
      </dl>
    </Card>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

const WEEK_H = 168;

/** How much faster or slower than a usual drone it is, and how sure that is. */
function speedText(learned: { readonly speed: number | null; readonly speed_samples: number } | undefined): string {
  if (learned?.speed == null) return 'not known yet';
  const sure = learned.speed_samples === 0 ? 'by its cores' : `learned from ${count(learned.speed_samples, 'package')}`;
  return `${learned.speed.toFixed(2)} × a drone of 8 cores, ${sure}`;
}

function textOf(value: unknown): string {
  return typeof value === 'string' && value !== '' ? value : '–';
}
