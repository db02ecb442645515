import type { Bar } from './bars.ts';
import styles from './chart.module.css';
import type { Hit } from './hit.ts';
import { OUTCOMES } from './outcomes.ts';
import { factsOf } from './words.ts';

/** A bar, and where its beginning or the pointer is on the screen (pixels). */
export type Told = Hit & { readonly left: number; readonly top: number };

type Props = {
  readonly told: Told;
  readonly lanePx: number;
  readonly now: number;
  readonly after: Bar | undefined;
};

const WIDE_PX = 300;
const HIGH_PX = 190;

/** What a bar means, beside it. */
export function Tip({ told: { bar, lane, left, top }, lanePx, now, after }: Props) {
  const x = Math.max(8, Math.min(left + 12, innerWidth - WIDE_PX));
  const isAbove = top + lanePx + HIGH_PX > innerHeight && top > HIGH_PX;
  const { label, colour } = OUTCOMES[bar.state];
  return (
    <div
      className={styles['tip']}
      style={isAbove ? { left: x, bottom: innerHeight - top + 6 } : { left: x, top: top + lanePx + 6 }}
      role="presentation"
    >
      <p className={styles['tipTitle']}>{bar.package}</p>
      <p className={styles['tipState']} style={{ ['--tone' as string]: colour }}>
        {label}
      </p>
      <dl>
        {factsOf(bar, lane, { now, after }).map(({ name, value }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
