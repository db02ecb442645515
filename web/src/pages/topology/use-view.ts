import { type PointerEvent, type RefObject, useCallback, useEffect, useRef, useState } from 'react';
import type { Box, Size } from './geometry.ts';
import { LARGEST_FIT } from './layout.ts';

/** How the map lies in its window: larger by `scale`, moved by `x` and `y` pixels. */
export type View = { readonly scale: number; readonly x: number; readonly y: number };

const LARGEST = 4;
const STEP = 1.3;
/** So far the pointer moves within a click. */
const CLICK_PX = 4;

/** The whole map in the middle of its window. */
function fitted(map: Size, window: Size): View {
  const scale = Math.min(LARGEST_FIT, window.width / map.width, window.height / map.height);
  return { scale, x: (window.width - map.width * scale) / 2, y: (window.height - map.height * scale) / 2 };
}

type Options = {
  readonly map: Size;
  readonly window: Size;
  readonly home: RefObject<HTMLElement | null>;
  /** The wheel scrolls the page, unless Ctrl is held. */
  readonly isPageScrolled: boolean;
};

/** Moving and zooming by pointer, wheel, two fingers and buttons. Untouched, the map fits its window. */
export function useView({ map, window, home, isPageScrolled }: Options) {
  const [chosen, setChosen] = useState<View>();
  const fit = fitted(map, window);
  const view = chosen ?? fit;
  const latest = useRef({ view, fit });
  useEffect(() => {
    latest.current = { view, fit };
  });
  const zoom = useCallback((factor: number, [x, y]: readonly [number, number]) => {
    const { view: before, fit: whole } = latest.current;
    const scale = Math.min(LARGEST, Math.max(whole.scale, before.scale * factor));
    const ratio = scale / before.scale;
    const next = { scale, x: x - (x - before.x) * ratio, y: y - (y - before.y) * ratio };
    latest.current = { view: next, fit: whole };
    setChosen(scale <= whole.scale ? undefined : next);
  }, []);
  const move = useCallback((dx: number, dy: number) => {
    const { view: before, fit: whole } = latest.current;
    if (before.scale <= whole.scale) return;
    const next = { ...before, x: before.x + dx, y: before.y + dy };
    latest.current = { view: next, fit: whole };
    setChosen(next);
  }, []);
  useWheel(home, { zoom, isPageScrolled });
  const drag = useDrag({ home, zoom, move });
  const middle = [window.width / 2, window.height / 2] as const;
  return {
    view,
    isFitted: chosen === undefined,
    isClick: drag.isClick,
    pointer: drag.handlers,
    zoomIn: () => zoom(STEP, middle),
    zoomOut: () => zoom(1 / STEP, middle),
    fit: () => setChosen(undefined),
    move,
    /** Moves what is at this place into the window. */
    reveal: (box: Box) => {
      const [x, y] = [box.x * view.scale + view.x, box.y * view.scale + view.y];
      const [width, height] = [box.width * view.scale, box.height * view.scale];
      move(
        Math.max(0, -x) - Math.max(0, x + width - window.width),
        Math.max(0, -y) - Math.max(0, y + height - window.height),
      );
    },
  };
}

type Zoom = (factor: number, at: readonly [number, number]) => void;

function useWheel(
  home: Options['home'],
  { zoom, isPageScrolled }: { readonly zoom: Zoom; readonly isPageScrolled: boolean },
): void {
  useEffect(() => {
    const element = home.current;
    const onWheel = (event: WheelEvent) => {
      if (isPageScrolled && !event.ctrlKey) return;
      event.preventDefault();
      if (element !== null) zoom(Math.exp(-event.deltaY / 400), placeIn(element, event));
    };
    // React listens passively, and then the page would scroll as well.
    element?.addEventListener('wheel', onWheel, { passive: false });
    return () => element?.removeEventListener('wheel', onWheel);
  }, [home, zoom, isPageScrolled]);
}

type DragOptions = {
  readonly home: Options['home'];
  readonly zoom: Zoom;
  readonly move: (dx: number, dy: number) => void;
};

function useDrag({ home, zoom, move }: DragOptions) {
  const pointers = useRef(new Map<number, readonly [number, number]>());
  const moved = useRef(0);
  const onPointerDown = (event: PointerEvent) => {
    if (event.button !== 0) return;
    if (pointers.current.size === 0) moved.current = 0;
    pointers.current.set(event.pointerId, [event.clientX, event.clientY]);
  };
  const onPointerMove = (event: PointerEvent) => {
    const before = pointers.current.get(event.pointerId);
    if (before === undefined) return;
    const spread = spreadOf(pointers.current);
    pointers.current.set(event.pointerId, [event.clientX, event.clientY]);
    const [dx, dy] = [event.clientX - before[0], event.clientY - before[1]];
    moved.current += Math.abs(dx) + Math.abs(dy);
    const fingers = pointers.current.size;
    move(dx / fingers, dy / fingers);
    const grown = spreadOf(pointers.current);
    if (spread > 0 && home.current !== null) zoom(grown / spread, placeIn(home.current, event));
    // Captured from the first pixel on, links would never be clicked.
    if (moved.current > CLICK_PX) event.currentTarget.setPointerCapture(event.pointerId);
  };
  const onPointerEnd = (event: PointerEvent) => void pointers.current.delete(event.pointerId);
  return {
    isClick: () => moved.current <= CLICK_PX,
    handlers: { onPointerDown, onPointerMove, onPointerUp: onPointerEnd, onPointerCancel: onPointerEnd },
  };
}

/** How far two fingers are apart; 0 for one. */
function spreadOf(pointers: ReadonlyMap<number, readonly [number, number]>): number {
  const [first, second] = [...pointers.values()];
  return first === undefined || second === undefined ? 0 : Math.hypot(first[0] - second[0], first[1] - second[1]);
}

function placeIn(home: HTMLElement, event: { readonly clientX: number; readonly clientY: number }) {
  const { left, top } = home.getBoundingClientRect();
  return [event.clientX - left, event.clientY - top] as const;
}
