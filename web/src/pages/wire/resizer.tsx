import { type KeyboardEvent, type PointerEvent, useState } from 'react';
import styles from './wire.module.css';

const KEY = 'build-swarm-wire-width';
const [LEAST, USUAL, MOST, STEP] = [280, 440, 900, 24];

/** How wide the part beside the table is, in pixels; this browser remembers it. */
export function useWidth(): readonly [number, (width: number) => void] {
  const [width, setWidth] = useState(() => within(Number(read() ?? USUAL)));
  const change = (next: number) => {
    const kept = within(next);
    setWidth(kept);
    try {
      localStorage.setItem(KEY, String(kept));
    } catch {
      // Storage is forbidden: it lasts as long as the page.
    }
  };
  return [width, change];
}

function read(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function within(width: number): number {
  return Number.isFinite(width) ? Math.max(LEAST, Math.min(MOST, Math.round(width))) : USUAL;
}

type Props = { readonly width: number; readonly onChange: (width: number) => void };

/** The line between the table and what is beside it: drawn by the pointer, or moved by arrow keys. */
export function Resizer({ width, onChange }: Props) {
  const [grip, setGrip] = useState<number>();
  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    setGrip(event.clientX + width);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowLeft: STEP, ArrowRight: -STEP }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    onChange(width + by);
  };
  return (
    <span
      className={styles['resizer']}
      role="separator"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label="Width of the details"
      aria-valuemin={LEAST}
      aria-valuemax={MOST}
      aria-valuenow={width}
      onPointerDown={onPointerDown}
      onPointerMove={(event) => (grip === undefined ? undefined : onChange(grip - event.clientX))}
      onPointerUp={() => setGrip(undefined)}
      onPointerCancel={() => setGrip(undefined)}
      onKeyDown={onKeyDown}
    />
  );
}
