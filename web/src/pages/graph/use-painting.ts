import { useStoreApi } from '@xyflow/react';
import { type RefObject, useEffect, useMemo, useRef } from 'react';
import { toneOf } from '../../ui/pill.tsx';
import { colourOf, useThemeVersion } from '../../ui/theme-colours.ts';
import { type Palette, type Picture, paint } from './paint.ts';

/** Paints the picture into a canvas as the view moves: once a frame, and without React. */
export function usePainting(canvas: RefObject<HTMLCanvasElement | null>, picture: Omit<Picture, 'palette'>): void {
  const store = useStoreApi();
  const palette = usePalette();
  const frame = useRef<number>(undefined);
  const { scene, nodes, path, marked, hasImplied } = picture;
  useEffect(() => {
    const draw = () => {
      frame.current = undefined;
      const home = canvas.current;
      const context = home?.getContext('2d');
      if (home === null || context == null) return;
      const { transform, width, height } = store.getState();
      const ratio = window.devicePixelRatio;
      fit(home, { width, height, ratio });
      const [x, y, zoom] = transform;
      paint(context, { scene, nodes, path, marked, hasImplied, palette }, { x, y, zoom }, { width, height, ratio });
    };
    const ask = () => {
      frame.current ??= requestAnimationFrame(draw);
    };
    ask();
    const leave = store.subscribe((now, before) => {
      if (now.transform !== before.transform || now.width !== before.width || now.height !== before.height) ask();
    });
    return () => {
      leave();
      if (frame.current !== undefined) cancelAnimationFrame(frame.current);
      frame.current = undefined;
    };
  }, [canvas, store, palette, scene, nodes, path, marked, hasImplied]);
}

type Ground = { readonly width: number; readonly height: number; readonly ratio: number };

/** A canvas that is given a size is empty: only where it has another. */
function fit(canvas: HTMLCanvasElement, { width, height, ratio }: Ground): void {
  const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== wide) canvas.width = wide;
  if (canvas.height !== high) canvas.height = high;
}

/** The colours of the theme that is on. */
export function usePalette(): Palette {
  const version = useThemeVersion();
  return useMemo(() => {
    // The colours are other ones with each theme.
    void version;
    const tone = (state: string) => colourOf(toneOf(state));
    return {
      ...{ building: tone('building'), ready: tone('ready'), waiting: tone('waiting') },
      ...{ blocked: tone('blocked'), failed: tone('failed'), received: tone('received') },
      ...{ ground: colourOf('var(--sunken)'), faint: colourOf('var(--text-3)') },
      ...{ text: colourOf('var(--text)'), accent: colourOf('var(--accent)'), warn: colourOf('var(--warn)') },
    };
  }, [version]);
}
