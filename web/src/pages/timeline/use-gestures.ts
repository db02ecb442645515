import { type RefObject, useEffect, useRef } from 'react';
import type { ViewStore } from './view-store.ts';

type Place = { readonly x: number; readonly y: number };

type Wish = {
  readonly view: ViewStore;
  /** What scrolls through the drones. */
  readonly scroller: RefObject<HTMLElement | null>;
  readonly onHover: (place: Place | undefined) => void;
  readonly onClick: (place: Place) => void;
};

const DRAG_PX = 4;
const WHEEL = 0.0016;
/** Firefox counts in lines. */
const LINE_PX = 16;

/**
 * Wheel: nearer and farther, with Shift along the time. Drag: along the time and through the drones. Two fingers:
 * nearer and farther. What is no drag is a click.
 */
export function useGestures(target: RefObject<HTMLElement | null>, wish: Wish): void {
  const latest = useRef(wish);
  useEffect(() => {
    latest.current = wish;
  });
  useEffect(() => {
    const element = target.current;
    if (element === null) return;
    const pointers = new Map<number, Place>();
    let from: Place | undefined;
    let isDragging = false;
    const placeOf = (event: MouseEvent): Place => {
      const { left, top } = element.getBoundingClientRect();
      return { x: event.clientX - left, y: event.clientY - top };
    };
    const timeAt = (x: number) => {
      const { from: begin, to } = latest.current.view.range();
      return begin + (x / element.clientWidth) * (to - begin);
    };
    const perPx = () => {
      const { from: begin, to } = latest.current.view.range();
      return (to - begin) / Math.max(1, element.clientWidth);
    };
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE_PX : 1;
      const isAlong = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
      const delta = (isAlong && event.deltaX !== 0 ? event.deltaX : event.deltaY) * unit;
      const { view } = latest.current;
      if (isAlong) view.pan(delta * perPx());
      // The browser tells of two fingers on a pad as of a wheel with Ctrl, in smaller steps.
      else view.zoom(Math.exp(delta * WHEEL * (event.ctrlKey ? 6 : 1)), timeAt(placeOf(event).x));
    };
    const onDown = (event: PointerEvent) => {
      if (event.button !== 0) return;
      pointers.set(event.pointerId, placeOf(event));
      element.setPointerCapture(event.pointerId);
      from = placeOf(event);
      isDragging = pointers.size > 1;
    };
    const onMove = (event: PointerEvent) => {
      const place = placeOf(event);
      const before = pointers.get(event.pointerId);
      if (before === undefined) return latest.current.onHover(place);
      if (!isDragging && from !== undefined && Math.hypot(place.x - from.x, place.y - from.y) < DRAG_PX) return;
      isDragging = true;
      latest.current.onHover(undefined);
      const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
      pointers.set(event.pointerId, place);
      if (other === undefined) drag(before, place);
      else pinch(other, before, place);
    };
    const drag = (before: Place, place: Place) => {
      const { view, scroller } = latest.current;
      if (place.x !== before.x) view.pan((before.x - place.x) * perPx());
      if (scroller.current !== null) scroller.current.scrollTop += before.y - place.y;
    };
    const pinch = (other: Place, before: Place, place: Place) => {
      const apart = (one: Place) => Math.max(8, Math.abs(one.x - other.x));
      latest.current.view.zoom(apart(before) / apart(place), timeAt((place.x + other.x) / 2));
    };
    const onUp = (event: PointerEvent) => {
      const wasThere = pointers.delete(event.pointerId);
      if (wasThere && !isDragging && event.type === 'pointerup') latest.current.onClick(placeOf(event));
      if (pointers.size === 0) isDragging = false;
    };
    const onLeave = () => {
      if (pointers.size === 0) latest.current.onHover(undefined);
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    element.addEventListener('pointerdown', onDown);
    element.addEventListener('pointermove', onMove);
    element.addEventListener('pointerup', onUp);
    element.addEventListener('pointercancel', onUp);
    element.addEventListener('pointerleave', onLeave);
    return () => {
      element.removeEventListener('wheel', onWheel);
      element.removeEventListener('pointerdown', onDown);
      element.removeEventListener('pointermove', onMove);
      element.removeEventListener('pointerup', onUp);
      element.removeEventListener('pointercancel', onUp);
      element.removeEventListener('pointerleave', onLeave);
    };
  }, [target]);
}
