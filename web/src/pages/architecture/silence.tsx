import { settingWords } from './setting-words.ts';
import { useAmount } from './settings.tsx';
import styles from './silence.module.css';

/** What silence does to a drone, along time: the marks are where the settings put them. */
export function Silence() {
  const stale = useAmount('NODE_TIMEOUT');
  const lease = useAmount('SWARM_LEASE_S');
  const offline = Math.max(useAmount('STALE_TIMEOUT'), stale);
  const end = 1.2 * Math.max(stale, lease, offline);
  const share = (seconds: number) => `${(100 * seconds) / end}%`;
  const marks = [
    { at: 0, text: 'last heard of', colour: 'var(--received)' },
    { at: stale, text: 'stale: gets nothing', colour: 'var(--blocked)' },
    { at: lease, text: 'builds go to others', colour: 'var(--delegated)' },
    { at: offline, text: 'offline', colour: 'var(--offline)' },
  ].sort((a, b) => a.at - b.at);
  return (
    <div className={styles['silence']}>
      <div className={styles['line']} aria-hidden="true">
        <span className={styles['online']} style={{ width: share(stale) }} />
        <span className={styles['stale']} style={{ width: share(offline - stale) }} />
        {marks.map(({ at, text, colour }) => (
          <span key={text} className={styles['mark']} style={{ left: share(at), background: colour }} />
        ))}
      </div>
      <ol className={styles['marks']}>
        {marks.map(({ at, text, colour }) => (
          <li key={text}>
            <span className={styles['dot']} style={{ background: colour }} aria-hidden="true" />
            <span className={styles['when']}>{at === 0 ? 'now' : settingWords({ value: String(at), unit: 's' })}</span>{' '}
            {text}
          </li>
        ))}
      </ol>
    </div>
  );
}
