import { useMemo } from 'react';
import { lineOf } from './geometry.ts';
import type { Layout } from './layout.ts';
import styles from './map.module.css';
import type { MapDrone } from './map-drones.ts';

type Props = { readonly layout: Layout; readonly drones: readonly MapDrone[]; readonly looked: string | undefined };

/** Who is last is on top where wires lie on each other. */
const ORDER = ['away', 'idle', 'working', 'looked'] as const;

/** The wires from the control plane to the drones, and the links between the other parts. */
export function Wires({ layout, drones, looked }: Props) {
  const { links } = layout;
  const lines = useMemo(() => layout.wires.map((points) => lineOf(points)), [layout]);
  const drawn = lines.map((line, index) => ({ line, drone: drones[index] }));
  const lookOf = (drone: MapDrone | undefined): (typeof ORDER)[number] => {
    if (drone === undefined || drone.state === 'offline' || drone.state === 'stale') return 'away';
    return drone.used > 0 ? 'working' : 'idle';
  };
  return (
    <g aria-hidden="true" fill="none">
      <path d={lineOf(links.orders)} className={styles['idle']} />
      <path d={lineOf(links.publish)} className={styles['idle']} />
      <path d={lineOf(links.fetch)} className={styles['idle']} />
      {ORDER.flatMap((look) =>
        drawn
          .filter(({ drone }) =>
            look === 'looked' ? drone?.id === looked && looked !== undefined : lookOf(drone) === look,
          )
          .map(({ line, drone }) => <path key={`${look} ${drone?.id ?? ''}`} d={line} className={styles[look]} />),
      )}
    </g>
  );
}
