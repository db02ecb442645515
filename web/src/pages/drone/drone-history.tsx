import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api, type Reply } from '../../api/api.ts';
import { useIsLive } from '../../live/use-swarm.ts';
import { PackageLink } from '../../swarm/package-link.tsx';
import { Card } from '../../ui/card.tsx';
import { bytes, duration } from '../../ui/format.ts';
import { Empty, Failure, Skeleton } from '../../ui/notice.tsx';
import { Pill } from '../../ui/pill.tsx';
import { Time, useNow } from '../../ui/time.tsx';
import styles from './drone.module.css';

/** The newest so many. */
const ASKED = 25;
const MIB = 1024 * 1024;

type Build = Reply<'history'>['history'][number];
type Props = {
  readonly id: string;
  readonly name: string;
  /** Another number when it ended something: then there is more to show. */
  readonly ended: number;
};

/** What it built last, and what became of it. */
export function DroneHistory({ id, name, ended }: Props) {
  const past = useQuery({
    queryKey: ['drone-history', id, ended],
    queryFn: () => api.history({ query: { drone: id, limit: ASKED } }),
    refetchInterval: 60_000,
    placeholderData: (before) => before,
  });
  const isLive = useIsLive();
  const now = useNow();
  const builds = (past.data?.history ?? []).filter(({ built_at: at }) => isLive || at <= now);
  return (
    <Card
      title="Built last"
      flush
      className={styles['wide'] ?? ''}
      aside={
        <Link to="/history" search={{ drone: name }}>
          All of its builds
        </Link>
      }
    >
      {past.isPending ? <Skeleton height="10rem" /> : null}
      {past.isError ? <Failure error={past.error} onRetry={() => void past.refetch()} /> : null}
      {past.isSuccess && builds.length === 0 ? (
        <Empty title="Nothing yet">What it builds is here when it has ended.</Empty>
      ) : null}
      <ul className={styles['list']}>
        {builds.map((build) => (
          <Item key={build.id} build={build} />
        ))}
      </ul>
    </Card>
  );
}

function Item({ build }: { readonly build: Build }) {
  const { attempt, package: atom, status, failure_class: why, first_error: error } = build;
  return (
    <li className={styles['item']}>
      {attempt === null ? (
        <Pill state={status} />
      ) : (
        <Link to="/builds/$attempt" params={{ attempt: String(attempt) }} aria-label={`Build ${attempt}: ${status}`}>
          <Pill state={status} />
        </Link>
      )}
      <span className={styles['name']}>
        <PackageLink atom={atom} />
        {why === null ? null : (
          <span className={styles['why']}>
            {' '}
            {why}
            {error === null ? '' : `: ${error}`}
          </span>
        )}
      </span>
      <span className={styles['memory']}>{build.peak_memory_mb === null ? '' : bytes(build.peak_memory_mb * MIB)}</span>
      <span>{duration(build.duration_seconds)}</span>
      <span>
        <Time at={build.built_at} />
      </span>
    </li>
  );
}
