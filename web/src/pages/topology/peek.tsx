import { loadColour, Meter } from '../../ui/bar.tsx';
import { percent } from '../../ui/format.ts';
import { Pill } from '../../ui/pill.tsx';
import { Time } from '../../ui/time.tsx';
import { type MapDrone, milliseconds, slotsText } from './map-drones.ts';
import styles from './peek.module.css';

type Props = {
  readonly drone: MapDrone;
  readonly last: { readonly says: string; readonly at: number } | undefined;
  /** In the other corner: the drone is on the left. */
  readonly isRight: boolean;
};

/** More about the drone under the pointer. All of it is in the list too. */
export function Peek({ drone, last, isRight }: Props) {
  const { name, state, works, cpu, ram, latency, seen } = drone;
  return (
    <div className={`${styles['peek']} ${isRight ? styles['right'] : ''}`} aria-hidden="true">
      <p className={styles['head']}>
        <span className={styles['name']}>{name}</span>
        <Pill state={state} />
      </p>
      <dl className={styles['facts']}>
        <dt>Slots in use</dt>
        <dd>{slotsText(drone)}</dd>
        <dt>CPU</dt>
        <dd className={styles['load']}>
          <Meter label="CPU" share={cpu} colour={loadColour(cpu)} /> {percent(cpu)}
        </dd>
        <dt>Memory</dt>
        <dd className={styles['load']}>
          <Meter label="Memory" share={ram} colour={loadColour(ram)} /> {percent(ram)}
        </dd>
        <dt>Answered in</dt>
        <dd>{latency === undefined ? '–' : `${milliseconds(latency.avg)}, ${milliseconds(latency.max)} at most`}</dd>
        <dt>Heard of</dt>
        <dd>
          <Time at={seen} />
        </dd>
      </dl>
      {works.length === 0 ? null : (
        <ul className={styles['works']}>
          {works.slice(0, MOST).map((work) => (
            <li key={work}>{work}</li>
          ))}
          {works.length > MOST ? <li>and {works.length - MOST} more</li> : null}
        </ul>
      )}
      {last === undefined ? null : <p className="dim">{last.says}</p>}
    </div>
  );
}

const MOST = 4;
