import { useQuery } from '@tanstack/react-query';
import { api } from '../../api/api.ts';
import { Meter } from '../../ui/bar.tsx';
import { Card } from '../../ui/card.tsx';
import { bytes, duration, number } from '../../ui/format.ts';
import { Failure, Skeleton } from '../../ui/notice.tsx';
import { Pill } from '../../ui/pill.tsx';
import { Time } from '../../ui/time.tsx';
import styles from './settings.module.css';

const REFRESH_MS = 30_000;

/** The control plane itself: its version, what it needs, and what it does by itself. */
export function AboutSection() {
  const health = useQuery({ queryKey: ['health'], queryFn: () => api.health(), refetchInterval: REFRESH_MS });
  const ready = useQuery({ queryKey: ['ready'], queryFn: () => api.ready(), refetchInterval: REFRESH_MS });
  const problems = useQuery({ queryKey: ['settings-problems'], queryFn: () => api.settingsProblems() });
  if (health.isError) return <Failure error={health.error} onRetry={() => void health.refetch()} />;
  if (!health.isSuccess) return <Skeleton height="16rem" />;
  const known = [...(ready.data?.problems ?? []), ...(problems.data?.problems ?? [])];
  return (
    <div className={styles['section']}>
      <Card title="Build Swarm">
        <dl className={styles['facts']}>
          <Fact name="Version">{health.data.version}</Fact>
          <Fact name="Running for">{duration(health.data.uptime_s)}</Fact>
          <Fact name="Address">{location.origin}</Fact>
          <Fact name="Asks for tokens">{health.data.auth === 'token' ? 'yes' : 'no'}</Fact>
          {ready.data === undefined ? null : (
            <>
              <Fact name="Database">{bytes(ready.data.store.size_bytes)}</Fact>
              <Fact name="Predecessor’s swarm.json">{problems.data?.swarm_config ?? 'none'}</Fact>
            </>
          )}
        </dl>
        <p className={styles['after']}>
          <a href="/api/docs">The API, described</a> · <a href="/metrics">Metrics for Prometheus</a> ·{' '}
          <a href="/binhost/">The binhost</a>
        </p>
      </Card>
      {known.length === 0 ? null : (
        <Card title="What is in the way">
          <ul className={styles['problems']}>
            {known.map((problem) => (
              <li key={problem}>{problem}</li>
            ))}
          </ul>
        </Card>
      )}
      {ready.isError ? <Failure error={ready.error} onRetry={() => void ready.refetch()} /> : null}
      {ready.data === undefined ? null : (
        <div className={styles['columns']}>
          <Card title="Room">
            <ul className={styles['disks']}>
              {Object.entries(ready.data.disks).map(([name, disk]) => (
                <li key={name}>
                  <span>{name}</span>
                  <Meter
                    share={1 - (disk.free_percent ?? 0) / 100}
                    label={`${name}: ${disk.free_percent ?? '?'}% free`}
                    colour={disk.status === 'ok' ? 'var(--accent)' : 'var(--failed)'}
                  />
                  <span className="dim">{bytes(disk.free_bytes)} free</span>
                  <span className={`mono ${styles['path']}`}>{disk.path}</span>
                </li>
              ))}
            </ul>
          </Card>
          <Card title="What runs by itself">
            <table className={styles['services']}>
              <thead>
                <tr>
                  <th scope="col">Service</th>
                  <th scope="col">State</th>
                  <th scope="col">Every</th>
                  <th scope="col">Last run</th>
                  <th scope="col">Failed</th>
                </tr>
              </thead>
              <tbody>
                {ready.data.services.map((service) => (
                  <tr key={service.name} title={service.last_error ?? ''}>
                    <th scope="row">{service.name}</th>
                    <td>
                      <Pill state={service.status === 'ok' ? 'ok' : 'failed'} label={service.status} />
                    </td>
                    <td>{duration(service.period_s)}</td>
                    <td>
                      <Time at={service.last_run} />
                    </td>
                    <td>
                      {number(service.failures)} of {number(service.runs)}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Card>
        </div>
      )}
    </div>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
