import { useQuery } from '@tanstack/react-query';
import { api, type Reply } from '../../api/api.ts';
import { useRefetched } from '../../api/use-refetched.ts';
import { useIsLive } from '../../live/use-swarm.ts';
import { Card } from '../../ui/card.tsx';
import { Copy } from '../../ui/copy.tsx';
import { duration, moment } from '../../ui/format.ts';
import { Empty, Failure, Skeleton } from '../../ui/notice.tsx';
import { Pill, toneOf } from '../../ui/pill.tsx';
import { Time } from '../../ui/time.tsx';
import styles from './audit.module.css';
import { AuditChecks } from './audit-checks.tsx';
import page from './drone.module.css';
import { useNewestOfCare } from './use-escalations.ts';

export type Audit = Reply<'audits'>['audits'][number];

/** Verdicts in the strip. */
const SHOWN = 30;
const REFRESH_MS = 1_000;

const TONES: Readonly<Record<Audit['verdict'], string>> = {
  ...{ compliant: 'received', warnings: 'blocked', unreachable: 'offline' },
  'non-compliant': 'failed',
};

/** Whether it is what a drone has to be: the newest audit, what drifted, and how earlier ones came out. */
export function DroneAudit({ name }: { readonly name: string }) {
  const isLive = useIsLive();
  const found = useQuery({
    queryKey: ['audits', name],
    queryFn: () => api.audits({ query: { drone: name, limit: SHOWN } }),
    refetchInterval: 60_000,
    enabled: isLive,
  });
  useRefetched(() => found.refetch(), useNewestOfCare(), REFRESH_MS);
  if (!isLive) return null;
  const [newest] = found.data?.audits ?? [];
  return (
    <Card
      title="Audit"
      flush
      className={page['wide'] ?? ''}
      aside={newest === undefined ? undefined : <Strip audits={found.data?.audits ?? []} />}
    >
      {found.isPending ? <Skeleton height="8rem" /> : null}
      {found.isError ? <Failure error={found.error} onRetry={() => void found.refetch()} /> : null}
      {found.isSuccess && newest === undefined ? <NoAudit name={name} /> : null}
      {newest === undefined ? null : <Newest audit={newest} />}
    </Card>
  );
}

function NoAudit({ name }: { readonly name: string }) {
  const command = `build-swarmv3 drone audit ${name}`;
  return (
    <Empty title="It was never audited">
      Whether it is what a drone has to be, <code>{command}</code> finds out over SSH. <Copy text={command} />
    </Empty>
  );
}

function Newest({ audit }: { readonly audit: Audit }) {
  const { verdict, at, by, pass, warn, fail, error, duration_s: took, checks, drift } = audit;
  return (
    <>
      <p className={styles['verdict']}>
        <Pill state={TONES[verdict]} label={verdict} />
        {error === null ? (
          <span>
            {pass} pass, {warn} warn, {fail} fail
          </span>
        ) : null}
        <span className="dim">
          <Time at={at} /> by {by}, took {duration(took)}
          {audit.spec_version === null ? '' : `, against specification ${audit.spec_version}`}
        </span>
      </p>
      {error === null ? null : <p className={styles['error']}>Nobody could look: {error}</p>}
      {drift === null ? null : <Drift drift={drift} />}
      {checks.length === 0 ? null : <AuditChecks checks={checks} />}
    </>
  );
}

function Drift({ drift: { since, changes } }: { readonly drift: NonNullable<Audit['drift']> }) {
  if (changes.length === 0)
    return (
      <p className={styles['drift']}>
        Nothing drifted since the last time, <Time at={since} />.
      </p>
    );
  return (
    <div className={styles['drift']}>
      <p>
        Drifted since <Time at={since} />:
      </p>
      <ul aria-label="What drifted">
        {changes.map(({ id, title, from, to, found }) => (
          <li key={id}>
            <b>{title}</b>: {from ?? 'not checked'} → {to ?? 'not checked'}, {found}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** A bar for each audit, the newest at the right; the better it came out the higher. */
function Strip({ audits }: { readonly audits: readonly Audit[] }) {
  return (
    <ol className={styles['strip']} aria-label="Verdicts, oldest first">
      {audits.toReversed().map(({ id, verdict, at }) => (
        <li
          key={id}
          className={styles[verdict]}
          style={{ ['--tone' as string]: toneOf(TONES[verdict]) }}
          title={`${verdict}, ${moment(at)}`}
        >
          <span className="visually-hidden">
            {verdict}, {moment(at)}
          </span>
        </li>
      ))}
    </ol>
  );
}
