import { Link } from '@tanstack/react-router';
import { PackageLink } from '../../swarm/package-link.tsx';
import { Meter } from '../../ui/bar.tsx';
import { Card } from '../../ui/card.tsx';
import { duration, number } from '../../ui/format.ts';
import { Empty } from '../../ui/notice.tsx';
import { atOnce, meanUtilisation, type SessionDetail } from './session-figures.ts';
import styles from './sessions.module.css';
import { percentText } from './sessions-columns.tsx';

type Props = { readonly detail: SessionDetail };

/** The session in numbers. */
export function FiguresCard({ detail: { figures } }: Props) {
  const parallel = atOnce(figures.build_s, figures.makespan_s);
  const facts: readonly (readonly [string, string])[] = [
    ['Took', duration(figures.makespan_s)],
    ['Build time', duration(figures.build_s)],
    ['Builds at once', parallel === undefined ? '–' : `${parallel.toFixed(1)} ×`],
    ['Drones busy', percentText(meanUtilisation(figures.drones))],
    ['Builds', `${number(figures.builds)}, ${number(figures.failed)} failed`],
    ['Built well', percentText(figures.success_rate)],
  ];
  return (
    <Card title="In numbers">
      <dl className={styles['facts']}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}

/** What each drone did for it, and how much of the time. */
export function DronesCard({ detail: { figures } }: Props) {
  return (
    <Card title="Drones" aside="share of the time in which they built">
      {figures.drones.length === 0 ? <Empty title="No drone has built for it yet" /> : null}
      <ul className={styles['lines']}>
        {figures.drones.map((drone) => (
          <li key={drone.name} className={styles['line']} title={`${duration(drone.build_s)} of builds`}>
            <Link to="/fleet/$name" params={{ name: drone.name }}>
              {drone.name}
            </Link>
            <Meter share={drone.utilisation / 100} label={`${drone.name} built ${drone.utilisation}% of the time`} />
            <span>{percentText(drone.utilisation)}</span>
            <span className="dim">
              {number(drone.built)}
              {drone.failed === 0 ? '' : `, ${number(drone.failed)} failed`}
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

/** What took longest. */
export function SlowestCard({ detail: { slowest } }: Props) {
  const longest = slowest[0]?.duration_s ?? 1;
  return (
    <Card title="What took longest">
      {slowest.length === 0 ? <Empty title="Nothing is built yet" /> : null}
      <ul className={styles['lines']}>
        {slowest.map((build) => (
          <li key={build.package} className={styles['slow']}>
            <PackageLink atom={build.package} />
            <span className="dim">{build.drone}</span>
            <span>{duration(build.duration_s)}</span>
            <Meter
              share={build.duration_s / Math.max(1, longest)}
              label={`${build.package}: ${duration(build.duration_s)}`}
            />
          </li>
        ))}
      </ul>
    </Card>
  );
}
