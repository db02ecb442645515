import styles from './pauses.module.css';
import { settingWords } from './setting-words.ts';
import { useAmount } from './settings.tsx';

const TRIES = 8;

/** How long a package rests before each next try, as the settings have it. */
export function Pauses() {
  const first = useAmount('SWARM_RETRY_BACKOFF_MS');
  const longest = Math.max(first, useAmount('SWARM_RETRY_BACKOFF_CAP_MS'));
  const pauses = Array.from({ length: TRIES }, (_, index) => Math.min(longest, first * 2 ** index));
  // Doublings are steps of the same height.
  const height = (pause: number) => (first <= 0 ? 0 : 1 + Math.log2(pause / first));
  const top = Math.max(1, ...pauses.map(height));
  return (
    <ol className={styles['pauses']} aria-label="Pauses before the next tries">
      {pauses.map((pause, index) => (
        <li key={index} className={styles['pause']}>
          <span className={styles['bar']} style={{ height: `${(100 * height(pause)) / top}%` }} aria-hidden="true" />
          <span className={styles['text']}>{short(pause)}</span>
        </li>
      ))}
    </ol>
  );
}

function short(seconds: number): string {
  return settingWords({ value: String(seconds), unit: 's' }).replace(/ (\w)\w*$/, ' $1');
}
