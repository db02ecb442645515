import { Menu } from '@base-ui/react/menu';
import type { ReactNode } from 'react';
import { Time } from '../../ui/time.tsx';
import styles from './data.module.css';
import { EXAMPLES } from './examples.ts';
import type { KeptQuery } from './kept-queries.ts';

type Props = {
  readonly saved: readonly KeptQuery[];
  readonly past: readonly KeptQuery[];
  /** Put it into the editor and run it. */
  readonly onPick: (sql: string) => void;
  readonly onForget: (name: string) => void;
};

/** Ready-made questions, what was kept under a name, and what was asked before. */
export function QueryLists({ saved, past, onPick, onForget }: Props) {
  return (
    <>
      <Dropdown label="Shortcuts">
        {saved.length === 0 ? null : (
          <Menu.Group>
            <Menu.GroupLabel className={styles['menuTitle']}>Kept in this browser</Menu.GroupLabel>
            {saved.map(({ name = '', sql }) => (
              <Item key={name} name={name} sql={sql} onPick={onPick} />
            ))}
          </Menu.Group>
        )}
        <Menu.Group>
          <Menu.GroupLabel className={styles['menuTitle']}>Ready-made</Menu.GroupLabel>
          {EXAMPLES.map(({ name, sql }) => (
            <Item key={name} name={name} sql={sql} onPick={onPick} />
          ))}
        </Menu.Group>
        {saved.length === 0 ? null : (
          <Menu.Group>
            <Menu.GroupLabel className={styles['menuTitle']}>Forget one that is kept</Menu.GroupLabel>
            {saved.map(({ name = '' }) => (
              <Menu.Item key={name} className={styles['menuItem']} onClick={() => onForget(name)}>
                Forget {name}
              </Menu.Item>
            ))}
          </Menu.Group>
        )}
      </Dropdown>
      <Dropdown label="Asked before">
        {past.length === 0 ? <p className={styles['menuTitle']}>What you ask is kept here, in this browser.</p> : null}
        {past.map(({ sql, at }) => (
          <Menu.Item key={sql} className={styles['menuItem']} title={sql} onClick={() => onPick(sql)}>
            <span className={styles['menuSql']}>{sql.replaceAll(/\s+/g, ' ')}</span>
            <span className="dim">
              <Time at={at} />
            </span>
          </Menu.Item>
        ))}
      </Dropdown>
    </>
  );
}

type ItemProps = { readonly name: string; readonly sql: string; readonly onPick: (sql: string) => void };

function Item({ name, sql, onPick }: ItemProps) {
  return (
    <Menu.Item className={styles['menuItem']} title={sql} onClick={() => onPick(sql)}>
      {name}
    </Menu.Item>
  );
}

function Dropdown({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <Menu.Root>
      <Menu.Trigger className={styles['menuButton']}>{label} ▾</Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner sideOffset={4} align="start" className={styles['menuPlace']}>
          <Menu.Popup className={styles['menu']}>{children}</Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
