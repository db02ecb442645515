import { type KeyboardEvent, type PointerEvent, useCallback, useEffect, useMemo, useRef } from 'react';
import { moment } from '../../ui/format.ts';
import { useThemeVersion } from '../../ui/theme-colours.ts';
import styles from './chart.module.css';
import { type Density, drawStrip } from './draw-strip.ts';
import { readPalette } from './palette.ts';
import { type Size, useCanvas } from './use-canvas.ts';
import { moved, type Range, spanOf } from './view-range.ts';
import type { ViewStore } from './view-store.ts';

type Props = { readonly view: ViewStore; readonly density: Density };
type Part = 'from' | 'to' | 'all';

const LEAST_PX = 8;

/** All that there is, small: how much was built when, and the time that is shown as a window to be moved and drawn. */
export function Strip({ view, density }: Props) {
  const theme = useThemeVersion();
  const palette = useMemo(() => readPalette(theme), [theme]);
  const draw = useCallback(
    (context: CanvasRenderingContext2D, size: Size) => drawStrip(context, size, density, palette),
    [density, palette],
  );
  const { attach } = useCanvas(draw);
  const strip = useRef<HTMLDivElement>(null);
  const window_ = useRef<HTMLDivElement>(null);
  const { whole } = density;
  useEffect(() => {
    const place = () => placeWindow(window_.current, view.range(), whole);
    place();
    const timer = setInterval(place, 1_000);
    const stop = view.subscribe(place);
    return () => {
      clearInterval(timer);
      stop();
    };
  }, [view, whole]);
  const timeAt = (event: PointerEvent) => {
    const { left, width } = strip.current?.getBoundingClientRect() ?? { left: 0, width: 1 };
    return whole.from + ((event.clientX - left) / width) * spanOf(whole);
  };
  const grab = useRef<{ readonly part: Part; readonly at: number; readonly range: Range }>(undefined);
  const onDown = (event: PointerEvent) => {
    const part = (event.target as HTMLElement).dataset['part'] as Part | undefined;
    const at = timeAt(event);
    if (part === undefined) view.show(moved(view.range(), at - (view.range().from + view.range().to) / 2));
    grab.current = { part: part ?? 'all', at, range: view.range() };
    event.currentTarget.setPointerCapture(event.pointerId);
  };
  const onMove = (event: PointerEvent) => {
    if (grab.current === undefined) return;
    const { part, at, range } = grab.current;
    view.show(changed(range, part, timeAt(event) - at));
  };
  const onKeyDown = (part: Part) => (event: KeyboardEvent) => {
    const step = { ArrowLeft: -0.02, ArrowRight: 0.02, PageUp: 0.2, PageDown: -0.2 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    view.show(changed(view.range(), part, step * spanOf(part === 'all' ? view.range() : whole)));
  };
  return (
    <div
      className={styles['strip']}
      ref={strip}
      onPointerDown={onDown}
      onPointerMove={onMove}
      onPointerUp={() => (grab.current = undefined)}
      onPointerCancel={() => (grab.current = undefined)}
      onDoubleClick={() => view.fit()}
    >
      <canvas ref={attach} className={styles['canvas']} />
      <div className={styles['window']} ref={window_}>
        {PARTS.map(({ part, label }) => (
          <div
            key={part}
            role="slider"
            tabIndex={0}
            aria-label={label}
            aria-valuemin={0}
            aria-valuemax={100}
            aria-valuenow={0}
            className={styles[part === 'all' ? 'pane' : 'grip']}
            data-part={part}
            onKeyDown={onKeyDown(part)}
          />
        ))}
      </div>
    </div>
  );
}

const PARTS = [
  { part: 'all', label: 'Time that is shown' },
  { part: 'from', label: 'Beginning of what is shown' },
  { part: 'to', label: 'End of what is shown' },
] as const;

function changed(range: Range, part: Part, byS: number): Range {
  if (part === 'all') return moved(range, byS);
  const least = 1;
  if (part === 'from') return { from: Math.min(range.from + byS, range.to - least), to: range.to };
  return { from: range.from, to: Math.max(range.to + byS, range.from + least) };
}

/** With each frame of a drag: no work for React. */
function placeWindow(element: HTMLDivElement | null, range: Range, whole: Range): void {
  if (element === null) return;
  const share = (at: number) => Math.min(1, Math.max(0, (at - whole.from) / Math.max(1, spanOf(whole))));
  const [from, to] = [share(range.from), share(range.to)];
  element.style.left = `min(${100 * from}%, 100% - ${LEAST_PX}px)`;
  element.style.width = `max(${100 * (to - from)}%, ${LEAST_PX}px)`;
  const values = { all: (range.from + range.to) / 2, from: range.from, to: range.to };
  for (const part of element.querySelectorAll<HTMLElement>('[data-part]')) {
    const at = values[part.dataset['part'] as Part];
    part.setAttribute('aria-valuenow', String(Math.round(100 * share(at))));
    part.setAttribute(
      'aria-valuetext',
      part.dataset['part'] === 'all' ? `${moment(range.from)} to ${moment(range.to)}` : moment(at),
    );
  }
}
