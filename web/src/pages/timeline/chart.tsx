import { type KeyboardEvent, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useThemeVersion } from '../../ui/theme-colours.ts';
import type { Bar } from './bars.ts';
import styles from './chart.module.css';
import { drawChart } from './draw-chart.ts';
import { barAt, type Hit, hitOf, neighbour, type Step } from './hit.ts';
import { readPalette } from './palette.ts';
import { RowLabels } from './row-labels.tsx';
import { AXIS_PX, type Scene, xOf } from './scene.ts';
import { Tip, type Told } from './tip.tsx';
import type { Usage } from './usage.ts';
import { type Size, useCanvas } from './use-canvas.ts';
import { useGestures } from './use-gestures.ts';
import { spanOf } from './view-range.ts';
import type { ViewStore } from './view-store.ts';
import { sentenceOf } from './words.ts';

type Props = Pick<Scene, 'layout' | 'colouring' | 'seen' | 'gaps' | 'path' | 'markers'> & {
  readonly view: ViewStore;
  /** Of the control plane, Unix seconds. */
  readonly now: () => number;
  readonly usage: ReadonlyMap<string, Usage>;
  readonly barOf: (key: string) => Bar | undefined;
  readonly onOpen: (bar: Bar) => void;
};

const TICK_MS = 250;
const NOTHING: ReadonlySet<string> = new Set();
const STEPS: Readonly<Record<string, Step>> = {
  ...{ ArrowLeft: 'left', ArrowRight: 'right', ArrowUp: 'up', ArrowDown: 'down' },
};

/** Bars along time, a row for each drone and a lane for each slot, drawn on a canvas. */
export function Chart(props: Props) {
  const { view, layout, now, usage, barOf, onOpen, colouring, seen, gaps, path, markers } = props;
  const stage = useRef<HTMLDivElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const theme = useThemeVersion();
  const palette = useMemo(() => readPalette(theme), [theme]);
  const [hover, setHover] = useState<Told>();
  const [focus, setFocus] = useState<Told>();
  const marked = useMemo(() => markedOf(hover, focus), [hover, focus]);
  const draw = useCallback(
    (context: CanvasRenderingContext2D, { width, height }: Size) =>
      drawChart(context, {
        ...{ width, height, layout, palette, colouring, seen, gaps, path, markers, marked },
        ...{ range: view.range(), now: now(), scrollTop: scroller.current?.scrollTop ?? 0 },
      }),
    [layout, palette, colouring, seen, gaps, path, markers, marked, view, now],
  );
  const { attach, redraw, size } = useCanvas(draw);
  useRedraws({ view, now, redraw, width: () => size().width });
  const look = () => ({
    ...{ layout, range: view.range(), width: size().width, now: now() },
    scrollTop: scroller.current?.scrollTop ?? 0,
  });
  useGestures(stage, {
    view,
    scroller,
    onHover: (place) => {
      const hit = place === undefined ? undefined : barAt(look(), place.x, place.y);
      if (hit?.bar.key !== hover?.bar.key) setHover(hit && toldAt(stage.current, hit, place?.x ?? 0));
    },
    onClick: ({ x, y }) => {
      const hit = barAt(look(), x, y);
      if (hit !== undefined) onOpen(hit.bar);
    },
  });
  const goTo = (hit: Hit | undefined) => {
    if (hit === undefined) return;
    const { from, to } = view.range();
    if (hit.bar.from < from || hit.bar.from > to) view.pan(hit.bar.from - (from + to) / 2);
    const element = scroller.current;
    const above = hit.y - AXIS_PX;
    if (element !== null && (above < 0 || hit.y + layout.lanePx > element.clientHeight))
      element.scrollTop += above < 0 ? above - 8 : hit.y + layout.lanePx - element.clientHeight + 8;
    const shown = hitOf(look(), hit);
    setFocus(toldAt(stage.current, shown, Math.max(0, xOf(shown.bar.from, look()))));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = STEPS[event.key];
    if (step !== undefined && event.shiftKey) goTo(neighbour(look(), focus, step));
    else if (event.key === 'Enter' && focus !== undefined) onOpen(focus.bar);
    else if (event.key === 'Escape') setFocus(undefined);
    else if (!steer(view, event.key, scroller.current)) return;
    event.preventDefault();
  };
  const told = focus ?? hover;
  return (
    <div
      className={styles['frame']}
      data-runs={layout.heads.length}
      style={{ ['--content' as string]: `${layout.height + AXIS_PX}px` }}
    >
      <div className={styles['scroller']} ref={scroller} onScroll={redraw}>
        <RowLabels layout={layout} usage={usage} />
        {/* What can be done with it is done by keys too, which the note below names. */}
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
        <div
          className={styles['stage']}
          ref={stage}
          role="application"
          aria-label="Builds along time"
          aria-describedby="timeline-keys"
          // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
          tabIndex={0}
          onKeyDown={onKeyDown}
          onBlur={() => setFocus(undefined)}
          data-over={hover !== undefined}
        >
          <canvas ref={attach} className={styles['canvas']} />
        </div>
      </div>
      {told === undefined ? null : (
        <Tip
          told={told}
          lanePx={layout.lanePx}
          now={now()}
          after={told.bar.after === null ? undefined : barOf(told.bar.after)}
        />
      )}
      <p id="timeline-keys" className="visually-hidden">
        Arrow keys move along time, plus and minus zoom, Home shows everything, End goes to now. Shift with arrow keys
        goes from build to build, Enter opens one. The same facts are in the table.
      </p>
      <p className="visually-hidden" aria-live="polite">
        {focus === undefined ? '' : sentenceOf(focus.bar, focus.lane, now())}
      </p>
    </div>
  );
}

/** The bar with its place on the screen; `x` pixels from the left of the chart. */
function toldAt(stage: HTMLElement | null, hit: Hit, x: number): Told {
  const { left, top } = stage?.getBoundingClientRect() ?? { left: 0, top: 0 };
  return { ...hit, left: left + x, top: top + hit.y };
}

function markedOf(hover: Hit | undefined, focus: Hit | undefined): ReadonlySet<string> {
  if (hover === undefined && focus === undefined) return NOTHING;
  return new Set([hover?.bar.key ?? '', focus?.bar.key ?? '']);
}

/** With each move of the view, and as bars grow by a pixel. */
function useRedraws({
  view,
  now,
  redraw,
  width,
}: {
  readonly view: ViewStore;
  readonly now: () => number;
  readonly redraw: () => void;
  readonly width: () => number;
}): void {
  const widthOf = useRef(width);
  useEffect(() => view.subscribe(redraw), [view, redraw]);
  useEffect(() => {
    let drawnAt = now();
    const timer = setInterval(() => {
      const { from, to } = view.range();
      const isShown = view.isFollowing() || (now() > from && now() < to);
      if (!isShown || ((now() - drawnAt) / (to - from)) * widthOf.current() < 0.5) return;
      drawnAt = now();
      redraw();
    }, TICK_MS);
    return () => clearInterval(timer);
  }, [view, now, redraw]);
}

/** What keys do to the view; whether it was one of them. */
function steer(view: ViewStore, key: string, scroller: HTMLElement | null): boolean {
  const step = 0.15 * spanOf(view.range());
  const deeds: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => view.pan(-step),
    ArrowRight: () => view.pan(step),
    ArrowUp: () => scroller?.scrollBy({ top: -60 }),
    ArrowDown: () => scroller?.scrollBy({ top: 60 }),
    PageUp: () => view.pan(-6 * step),
    PageDown: () => view.pan(6 * step),
    '+': () => view.zoom(1 / 1.4),
    '=': () => view.zoom(1 / 1.4),
    '-': () => view.zoom(1.4),
    Home: () => view.fit(),
    '0': () => view.fit(),
    End: () => view.follow(),
  };
  deeds[key]?.();
  return deeds[key] !== undefined;
}
