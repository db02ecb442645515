import styles from './arrow.module.css';

type Props = {
  /** What goes this way. */
  readonly there: string;
  /** What comes back. */
  readonly back?: string;
  /** It stands between rows, not between columns. */
  readonly isUpright?: boolean;
};

/** What goes from one part to the next, and what comes back. On a narrow page all of them are upright. */
export function Arrow({ there, back, isUpright }: Props) {
  return (
    <div className={`${styles['arrow']} ${isUpright === true ? styles['upright'] : ''}`}>
      <span className={styles['words']}>{there}</span>
      <svg viewBox="0 0 48 12" width="48" height="12" className={styles['line']} aria-hidden="true">
        <path d={back === undefined ? 'M1 6h44M40 2l5 4-5 4' : 'M3 6h42M40 2l5 4-5 4M8 2l-5 4 5 4'} />
      </svg>
      {/* An arrow stands in the middle also where nothing comes back. */}
      <span className={styles['words']}>{back}</span>
    </div>
  );
}
