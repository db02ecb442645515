import type { Reply } from '../../api/api.ts';
import { bytes, count, number } from '../../ui/format.ts';
import { Skeleton } from '../../ui/notice.tsx';
import { latency, toneOfLatency, toneOfType } from './exchange.ts';
import styles from './wire.module.css';

type Props = {
  readonly stats: Reply<'protocolStats'> | undefined;
  readonly chosen: string | undefined;
  readonly onChoose: (type: string | undefined) => void;
};

/** How many of each type there were, how long they took, and how the log itself fares. */
export function WireStats({ stats, chosen, onChoose }: Props) {
  return (
    <aside className={styles['stats']} aria-label="By type">
      <h2 className={styles['statsTitle']}>By type</h2>
      {stats === undefined ? (
        <Skeleton height="12rem" />
      ) : (
        <>
          {/* It scrolls: the keyboard must reach it. */}
          {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
          <div className={styles['statsTable']} tabIndex={0} role="region" aria-label="Numbers by type">
            <table>
              <thead>
                <tr>
                  <th scope="col">Type</th>
                  <th scope="col">Number</th>
                  <th scope="col">Mean</th>
                  <th scope="col">Most</th>
                </tr>
              </thead>
              <tbody>
                {stats.by_type.map(({ msg_type: type, count: amount, avg_latency: mean, max_latency: most }) => (
                  <tr key={type} data-chosen={type === chosen}>
                    <th scope="row">
                      <button
                        type="button"
                        className={styles['type']}
                        style={{ ['--tone' as string]: toneOfType(type) }}
                        aria-pressed={type === chosen}
                        onClick={() => onChoose(type === chosen ? undefined : type)}
                      >
                        {type}
                      </button>
                    </th>
                    <td>{number(amount)}</td>
                    <td>{latency(mean)}</td>
                    <td style={{ color: toneOfLatency(most, type) }}>{latency(most)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          <p className={styles['statsFoot']}>
            {count(stats.rows, 'exchange')} in the log, {bytes(stats.bytes)}
            {stats.dropped + stats.failed === 0 ? '' : ` · ${number(stats.dropped + stats.failed)} could not be kept`}
          </p>
        </>
      )}
    </aside>
  );
}
