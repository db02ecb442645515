import { OUTCOMES } from './outcomes.ts';
import { PHASE_GROUPS, THROUGH } from './phases.ts';
import styles from './timeline.module.css';
import type { Colouring } from './timeline-search.ts';

type Props = { readonly colouring: Colouring; readonly hasFuture: boolean; readonly hasSimulation: boolean };

/** What the colours mean. */
export function Legend({ colouring, hasFuture, hasSimulation }: Props) {
  const outcomes = (['running', 'received', 'failed', 'returned', 'reclaimed'] as const).map(
    (state) => OUTCOMES[state],
  );
  const shown = [
    ...(colouring === 'outcome' ? outcomes : [...PHASE_GROUPS, THROUGH]),
    ...(hasFuture ? [OUTCOMES.planned] : []),
    ...(hasSimulation ? [OUTCOMES.simulated] : []),
  ];
  return (
    <ul className={styles['legend']} aria-label="Colours">
      {shown.map(({ label, colour }) => (
        <li key={label}>
          <span
            className={label === OUTCOMES.planned.label ? styles['swatchPale'] : styles['swatch']}
            style={{ ['--tone' as string]: colour }}
            aria-hidden="true"
          />
          {label}
        </li>
      ))}
      <li>
        <span className={styles['swatchIdle']} aria-hidden="true" />
        nothing to do
      </li>
    </ul>
  );
}
