import { useIsLive, useSwarm } from '../live/use-swarm.ts';
import { useTime } from '../ui/time.tsx';
import styles from './connection.module.css';

/** Over the page while the control plane is not there: what is shown is old, and when it is tried again. */
export function ConnectionBanner() {
  const connection = useSwarm('connection');
  const now = useTime();
  if (connection.state !== 'lost') return null;
  const seconds = Math.max(0, Math.ceil(connection.retryAt / 1000 - now));
  return (
    <div className={styles['banner']} role="status">
      <strong>The control plane does not answer.</strong> What you see is how it was. Trying again
      {seconds > 0 ? ` in ${seconds} s` : ''}…
    </div>
  );
}

/** In the corner: live, or not. */
export function ConnectionDot() {
  const { state } = useSwarm('connection');
  const isLive = useIsLive();
  if (!isLive && state === 'live') return <span className={styles['word']}>Replay</span>;
  const words = { live: 'Live', connecting: 'Connecting', lost: 'Offline', refused: 'Not let in' } as const;
  return (
    <span className={`${styles['dot']} ${styles[state]}`} title={words[state]}>
      <span className={styles['light']} aria-hidden="true" />
      <span className={styles['word']}>{words[state]}</span>
    </span>
  );
}
