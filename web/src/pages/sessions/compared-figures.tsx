import { Link } from '@tanstack/react-router';
import type { Reply } from '../../api/api.ts';
import { Meter } from '../../ui/bar.tsx';
import { Card } from '../../ui/card.tsx';
import { duration, number } from '../../ui/format.ts';
import { atOnce, changeOf, meanUtilisation } from './session-figures.ts';
import styles from './sessions.module.css';
import { percentText } from './sessions-columns.tsx';

export type Comparison = Reply<'compareSessions'>;
type Side = Comparison['a'];
type Props = { readonly comparison: Comparison };

type Line = { readonly name: string; readonly of: (side: Side) => string; readonly value?: (side: Side) => number };

const MOMENT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

const LINES: readonly Line[] = [
  { name: 'Started', of: ({ session }) => MOMENT.format(session.started_at * 1000) },
  { name: 'Outcome', of: ({ session }) => session.status },
  { name: 'Took', of: ({ figures }) => duration(figures.makespan_s), value: ({ figures }) => figures.makespan_s },
  {
    name: 'Packages',
    of: ({ session }) => number(session.total_packages),
    value: ({ session }) => session.total_packages,
  },
  {
    name: 'Received',
    of: ({ session }) => number(session.completed_packages),
    value: ({ session }) => session.completed_packages,
  },
  { name: 'Builds', of: ({ figures }) => number(figures.builds), value: ({ figures }) => figures.builds },
  { name: 'Failed builds', of: ({ figures }) => number(figures.failed), value: ({ figures }) => figures.failed },
  { name: 'Built well', of: ({ figures }) => percentText(figures.success_rate) },
  { name: 'Build time', of: ({ figures }) => duration(figures.build_s), value: ({ figures }) => figures.build_s },
  {
    name: 'Builds at once',
    of: ({ figures }) => {
      const value = atOnce(figures.build_s, figures.makespan_s);
      return value === undefined ? '–' : `${value.toFixed(1)} ×`;
    },
    value: ({ figures }) => atOnce(figures.build_s, figures.makespan_s) ?? 0,
  },
  { name: 'Drones busy', of: ({ figures }) => percentText(meanUtilisation(figures.drones)) },
];

/** Both in numbers. */
export function ComparedFigures({ comparison: { a, b } }: Props) {
  return (
    <Card title="In numbers">
      <table className={styles['compared']}>
        <thead>
          <tr>
            <th scope="col">
              <span className="visually-hidden">What</span>
            </th>
            <SessionHead side={a} />
            <SessionHead side={b} />
            <th scope="col">Change</th>
          </tr>
        </thead>
        <tbody>
          {LINES.map(({ name, of, value }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{of(a)}</td>
              <td>{of(b)}</td>
              <td className="dim">{value === undefined ? '' : changeOf(value(a), value(b))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}

function SessionHead({ side: { session } }: { readonly side: Side }) {
  return (
    <th scope="col">
      <Link to="/sessions/$id" params={{ id: session.id }}>
        {session.name}
      </Link>
    </th>
  );
}

/** How much of the time each drone built, then and now. */
export function ComparedDrones({ comparison: { a, b } }: Props) {
  const [one, other] = [a, b].map(({ figures }) => new Map(figures.drones.map((each) => [each.name, each])));
  const names = [...new Set([...(other?.keys() ?? []), ...(one?.keys() ?? [])])];
  return (
    <Card title="Drones" aside="share of the time in which they built: first above, second below">
      <ul className={styles['lines']}>
        {names.map((name) => (
          <li key={name} className={styles['pair']}>
            <Link to="/fleet/$name" params={{ name }}>
              {name}
            </Link>
            {[one?.get(name), other?.get(name)].map((drone, index) => (
              <span key={index === 0 ? 'first' : 'second'} className={styles['side']}>
                <Meter
                  share={(drone?.utilisation ?? 0) / 100}
                  label={`${name} in the ${index === 0 ? 'first' : 'second'}`}
                  colour={index === 0 ? 'var(--needed)' : 'var(--accent)'}
                />
                <span>{percentText(drone?.utilisation)}</span>
                <span className="dim">{drone === undefined ? '' : number(drone.built)}</span>
              </span>
            ))}
          </li>
        ))}
      </ul>
    </Card>
  );
}
