import { StackedBar } from '../../ui/bar.tsx';
import { toneOf } from '../../ui/pill.tsx';
import styles from './statistics.module.css';

type Props = {
  readonly of: { readonly built: number; readonly failed: number; readonly success_rate: number | null };
  readonly name: string;
};

/** The share of builds that ended well, as a bar and in percent. */
export function SuccessShare({ of: { built, failed, success_rate: rate }, name }: Props) {
  return (
    <span className={styles['success']}>
      <StackedBar
        label={name}
        parts={[
          { label: 'built', value: built, colour: toneOf('received') },
          { label: 'failed', value: failed, colour: toneOf('failed') },
        ]}
      />
      <span>{rate === null ? '–' : `${Math.round(rate)}%`}</span>
    </span>
  );
}
