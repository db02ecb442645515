import { Meter } from '../../ui/bar.tsx';
import { Card } from '../../ui/card.tsx';
import { duration, percent } from '../../ui/format.ts';
import { Failure, Skeleton } from '../../ui/notice.tsx';
import styles from './timeline.module.css';
import type { Simulation } from './use-foreseen.ts';

/** How long a session took, how long it would take as the scheduler decides, and what no schedule could beat. */
export function CompareCard({ simulation }: { readonly simulation: Simulation }) {
  const { reply, error, retry } = simulation;
  if (error !== null) return <Failure error={error} onRetry={retry} />;
  if (reply === undefined) return <Skeleton height="8rem" />;
  const { real, result } = reply;
  const [realS, simulatedS, boundS] = [real?.makespan_s ?? null, result.makespan_p50_s, result.lower_bound_s];
  const most = Math.max(1, realS ?? 0, simulatedS ?? 0, boundS);
  const rows = [
    {
      name: 'As it was',
      seconds: realS,
      colour: 'var(--received)',
      more: real === null ? '' : `${real.failures} failures`,
    },
    { name: 'Simulated', seconds: simulatedS, colour: 'var(--ready)', more: `${percent(result.utilisation)} busy` },
    { name: 'Lower bound', seconds: boundS, colour: 'var(--text-3)', more: boundWords(result) },
  ];
  return (
    <Card title="Real against simulated" className={styles['card'] ?? ''} aside={difference(realS, simulatedS)}>
      <dl className={styles['compare']}>
        {rows.map(({ name, seconds, colour, more }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <Meter share={(seconds ?? 0) / most} label={`${name}: ${duration(seconds)}`} colour={colour} />
            </dd>
            <dd className={styles['seconds']}>{duration(seconds)}</dd>
            <dd className="dim">
              {seconds === null || boundS <= 0 ? '' : `${(seconds / boundS).toFixed(2)} × bound`}
              {more === '' ? '' : ` · ${more}`}
            </dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}

function boundWords({
  critical_path_s: path,
  capacity_s: capacity,
}: NonNullable<Simulation['reply']>['result']): string {
  return path >= capacity ? 'the longest chain' : 'all work on all slots';
}

function difference(realS: number | null, simulatedS: number | null): string | undefined {
  if (realS === null || simulatedS === null) return undefined;
  const byS = simulatedS - realS;
  if (Math.abs(byS) < 1) return 'the same';
  return `simulated ${duration(Math.abs(byS))} ${byS < 0 ? 'shorter' : 'longer'}`;
}
