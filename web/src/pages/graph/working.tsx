import { count } from '../../ui/format.ts';
import styles from './stage.module.css';

/** Stands where the drawing will be. */
export function Working({ amount }: { readonly amount: number }) {
  return (
    <div className={styles['stage']} role="status">
      <p className={styles['working']}>Drawing {count(amount, 'package')}…</p>
    </div>
  );
}
