import { Dialog } from '@base-ui/react/dialog';
import { useNavigate } from '@tanstack/react-router';
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import { useIsLive, useQueue, useSwarm } from '../live/use-swarm.ts';
import { CONTROL_ACTIONS, type ControlName } from '../swarm/control-actions.ts';
import { useControl } from '../swarm/use-control.ts';
import { Icon } from '../ui/icons.tsx';
import { Pill } from '../ui/pill.tsx';
import styles from './palette.module.css';
import { matchesIn, type PaletteItem } from './palette-items.ts';
import { PLACES } from './places.ts';

type Props = { readonly onClose: () => void };

const SHOWN = 40;

/** Goes anywhere and does anything by a few letters. */
export function Palette({ onClose }: Props) {
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const items = useItems(onClose);
  const found = useMemo(() => matchesIn(items, query).slice(0, SHOWN), [items, query]);
  const chosen = found[Math.min(at, found.length - 1)];
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (event.key === 'Enter') chosen?.run();
    else if (step !== undefined) setAt(Math.max(0, Math.min(found.length - 1, at + step)));
    else return;
    event.preventDefault();
  };
  return (
    <Dialog.Root open onOpenChange={(isOpen) => (isOpen ? undefined : onClose())}>
      <Dialog.Portal>
        <Dialog.Backdrop className={styles['backdrop']} />
        <Dialog.Popup className={styles['popup']} aria-label="Go to, or do">
          <div className={styles['search']}>
            <Icon name="search" />
            <input
              className={styles['input']}
              role="combobox"
              aria-expanded="true"
              aria-controls="palette-list"
              aria-activedescendant={chosen === undefined ? undefined : `palette-${chosen.id}`}
              aria-label="A page, a drone, a package, or an action"
              placeholder="A page, a drone, a package, or an action"
              value={query}
              onChange={(event) => {
                setQuery(event.target.value);
                setAt(0);
              }}
              onKeyDown={onKeyDown}
            />
            <kbd className={styles['key']}>Esc</kbd>
          </div>
          <div className={styles['list']} id="palette-list" role="listbox" aria-label="Found" ref={list}>
            {found.map((item) => (
              <div
                key={item.id}
                id={`palette-${item.id}`}
                role="option"
                tabIndex={-1}
                aria-selected={item === chosen}
                className={styles['item']}
                onMouseMove={() => setAt(found.indexOf(item))}
                onClick={item.run}
                onKeyDown={onKeyDown}
              >
                <span className={styles['kind']}>{item.kind}</span>
                <span className={styles['label']}>{item.label}</span>
                {item.state === undefined ? null : <Pill state={item.state} />}
                {item.hint === undefined ? null : <kbd className={styles['key']}>{item.hint}</kbd>}
              </div>
            ))}
            {found.length === 0 ? <p className={styles['none']}>Nothing is called that.</p> : null}
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function useItems(onClose: () => void): readonly PaletteItem[] {
  const navigate = useNavigate();
  const nodes = useSwarm('nodes');
  const queue = useQueue();
  const control = useControl();
  const isPast = !useIsLive();
  return useMemo(() => {
    const go = (to: string) => () => {
      onClose();
      void navigate({ to });
    };
    const names = new Map([...(queue?.values() ?? [])].map((row) => [row.package, row.status]));
    return [
      ...PLACES.map(({ to, label, key }) => ({ id: `to${to}`, kind: 'Page', label, hint: `g ${key}`, run: go(to) })),
      // In a replay nothing can be done.
      ...Object.entries(isPast ? {} : CONTROL_ACTIONS).map(([name, { label }]) => ({
        id: `do-${name}`,
        kind: 'Action',
        label,
        run: () => {
          onClose();
          // The table's own keys.
          void control(name as ControlName);
        },
      })),
      ...[...nodes.values()].map(({ id, name, online }) => ({
        id: `drone-${id}`,
        kind: 'Drone',
        label: name,
        state: online ? 'online' : 'offline',
        run: go(`/fleet/${encodeURIComponent(name)}`),
      })),
      ...[...names].map(([atom, state]) => ({
        id: `package-${atom}`,
        kind: 'Package',
        label: atom.replace(/^=/, ''),
        state,
        run: go(`/packages/${atom.replace(/^=/, '')}`),
      })),
    ];
  }, [nodes, queue, navigate, control, isPast, onClose]);
}
