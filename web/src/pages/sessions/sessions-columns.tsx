import { Link } from '@tanstack/react-router';
import { StackedBar } from '../../ui/bar.tsx';
import type { TableColumn } from '../../ui/data-table.tsx';
import { duration, number } from '../../ui/format.ts';
import { Pill, toneOf } from '../../ui/pill.tsx';
import { Time, useNow } from '../../ui/time.tsx';
import { atOnce, type ListedSession, makespanOf, outcomeOf, successOf } from './session-figures.ts';
import styles from './sessions.module.css';

export const COLUMNS: readonly TableColumn<ListedSession>[] = [
  {
    ...{ id: 'name', title: 'Session', width: 'minmax(5rem, 2fr)' },
    cell: ({ id, name }) => (
      <Link to="/sessions/$id" params={{ id }}>
        {name}
      </Link>
    ),
    sortBy: ({ name }) => name,
  },
  {
    ...{ id: 'state', title: 'Outcome', width: '6rem' },
    cell: (session) => {
      const { tone, label } = outcomeOf(session);
      return <Pill state={tone} label={label} />;
    },
    sortBy: (session) => outcomeOf(session).label,
  },
  {
    ...{ id: 'packages', title: 'Packages', width: 'minmax(7rem, 1fr)', isExtra: true },
    cell: ({ completed_packages: done, failed_packages: failed, total_packages: all }) => (
      <span className={styles['progress']}>
        <StackedBar
          label="Packages"
          parts={[
            { label: 'received', value: done, colour: toneOf('received') },
            { label: 'failed', value: failed, colour: toneOf('failed') },
            { label: 'others', value: Math.max(0, all - done - failed), colour: 'var(--line-strong)' },
          ]}
        />
        {number(done)} of {number(all)}
      </span>
    ),
    sortBy: ({ total_packages: all }) => all,
  },
  {
    ...{ id: 'took', title: 'Took', width: '4.5rem', align: 'right' },
    cell: (session) => <Took session={session} />,
    sortBy: (session) => makespanOf(session, Date.now() / 1000),
  },
  {
    ...{ id: 'once', title: 'Builds at once', width: '7rem', align: 'right', isExtra: 'first' },
    cell: (session) => <AtOnce session={session} />,
    sortBy: (session) => atOnce(session.build_s, makespanOf(session, Date.now() / 1000)) ?? null,
  },
  {
    ...{ id: 'builds', title: 'Builds', width: '4.5rem', align: 'right', isExtra: 'first' },
    cell: ({ builds }) => number(builds),
    sortBy: ({ builds }) => builds,
  },
  {
    ...{ id: 'success', title: 'Built well', width: '5.5rem', align: 'right', isExtra: true },
    cell: ({ built, failed_builds: failed }) => percentText(successOf(built, failed)),
    sortBy: ({ built, failed_builds: failed }) => successOf(built, failed) ?? null,
  },
  {
    ...{ id: 'started', title: 'Started', width: '7rem', align: 'right', isExtra: true },
    cell: ({ started_at: at }) => <Time at={at} />,
    sortBy: ({ started_at: at }) => at,
  },
];

function Took({ session }: { readonly session: ListedSession }) {
  const now = useNow();
  return duration(makespanOf(session, now));
}

function AtOnce({ session }: { readonly session: ListedSession }) {
  const now = useNow();
  const value = atOnce(session.build_s, makespanOf(session, now));
  return value === undefined ? '–' : `${value.toFixed(1)} ×`;
}

/** One decimal at most; a dash where it is not known. */
export function percentText(value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : `${Math.round(value * 10) / 10}%`;
}
