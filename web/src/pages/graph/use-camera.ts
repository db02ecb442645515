import { getViewportForBounds, useReactFlow, useStoreApi } from '@xyflow/react';
import { type MouseEvent, useCallback, useEffect } from 'react';
import { BOX } from './layout/types.ts';
import { NAMES_FROM } from './paint.ts';
import { packageAt, type Scene } from './scene.ts';

export const [MIN_ZOOM, MAX_ZOOM] = [0.02, 2];
/** Where names can be read well. */
const CLOSE = 0.9;
const MOVE_MS = 180;
/** So much is seen beside the drawing. */
const BESIDE = 60;

/** Moves the view. */
export function useCamera(scene: Scene) {
  const store = useStoreApi();
  const { setViewport, getViewport, zoomTo, setCenter, screenToFlowPosition } = useReactFlow();
  const fit = useCallback(
    (isCalm = true) => {
      const { width, height } = store.getState();
      const bounds = { x: 0, y: -BOX.height, width: scene.width, height: scene.height + BOX.height };
      const view = getViewportForBounds(bounds, width, height, MIN_ZOOM, 1, 0.04);
      void setViewport(view, { duration: isCalm ? calm() : 0 });
    },
    [scene, store, setViewport],
  );
  useEffect(() => {
    // Its size is known from the first frame on.
    const frame = requestAnimationFrame(() => fit(false));
    return () => cancelAnimationFrame(frame);
  }, [fit]);
  const reveal = useCallback(
    (at: number) => {
      const move = () => {
        const { width, height } = store.getState();
        const { x, y, zoom } = getViewport();
        const [left, top] = [scene.xs[at] ?? 0, scene.ys[at] ?? 0];
        const [sx, sy] = [left * zoom + x, top * zoom + y];
        const isIn = sx >= 0 && sy >= 0 && sx + BOX.width * zoom <= width && sy + BOX.height * zoom <= height;
        if (isIn && zoom >= NAMES_FROM) return;
        const close = zoom < NAMES_FROM ? CLOSE : zoom;
        const [seenWide, seenHigh] = [width / close, height / close];
        const middleX = within(left + BOX.width / 2, { seen: seenWide, all: scene.width });
        const middleY = within(top + BOX.height / 2, { seen: seenHigh, all: scene.height });
        void setCenter(middleX, middleY, { zoom: close, duration: calm() });
      };
      // What opens beside the drawing takes room from it first.
      const timer = setTimeout(move, 50);
      return () => clearTimeout(timer);
    },
    [scene, store, getViewport, setCenter],
  );
  return {
    fit,
    reveal,
    zoomBy: (factor: number) => void zoomTo(getViewport().zoom * factor, { duration: calm() }),
    under: ({ clientX, clientY }: MouseEvent): number | undefined => {
      const { x, y } = screenToFlowPosition({ x: clientX, y: clientY });
      return packageAt(scene, x, y, 2 / getViewport().zoom);
    },
  };
}

/** The middle of what is seen, so that there is not much beside the drawing in it. */
function within(middle: number, { seen, all }: { readonly seen: number; readonly all: number }): number {
  const room = BESIDE + seen / 2;
  return all + 2 * BESIDE < seen ? all / 2 : Math.max(room - 2 * BESIDE, Math.min(all + 2 * BESIDE - room, middle));
}

function calm(): number {
  return matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : MOVE_MS;
}
