import { type ButtonHTMLAttributes, createContext, type ReactNode, useContext } from 'react';
import styles from './button.module.css';

type Props = ButtonHTMLAttributes<HTMLButtonElement> & {
  readonly look?: 'plain' | 'primary' | 'danger' | 'ghost';
  readonly small?: boolean;
  /** Its work goes on: it says so, and cannot be pressed again. */
  readonly busy?: boolean;
  readonly icon?: ReactNode;
  /** It changes something at the control plane: not to be pressed while that cannot be, as in a replay. */
  readonly deed?: boolean;
};

/** Why nothing can be changed now; undefined while it can. */
export const NoDeedsContext = createContext<string | undefined>(undefined);

export function Button(props: Props) {
  const { look = 'plain', small, busy, icon, deed, children, className, disabled, ...rest } = props;
  const refusal = useContext(NoDeedsContext);
  const isRefused = deed === true && refusal !== undefined;
  return (
    <button
      type="button"
      {...rest}
      className={`${styles['button']} ${styles[look]} ${small === true ? styles['small'] : ''} ${className ?? ''}`}
      {...(isRefused ? { title: refusal } : {})}
      disabled={disabled === true || busy === true || isRefused}
      aria-busy={busy === true}
    >
      {icon === undefined ? null : <span className={styles['icon']}>{icon}</span>}
      {children}
    </button>
  );
}
