import { useEffect, useState } from 'react';

export type Size = { readonly width: number; readonly height: number };
type Draw = (context: CanvasRenderingContext2D, size: Size) => void;

/** A canvas as large as its element and as sharp as the screen. */
type Drawing = {
  /** The canvas; gives back what lets go of it. */
  readonly attach: (element: HTMLCanvasElement) => () => void;
  /** Draws with the next frame, once, however often it is asked. */
  readonly redraw: () => void;
  readonly size: () => Size;
};

/** `draw` is called with pixels of the page; it draws what it finds then. */
export function useCanvas(draw: Draw): Drawing {
  const [drawing] = useState(createDrawing);
  useEffect(() => drawing.use(draw), [drawing, draw]);
  return drawing;
}

function createDrawing(): Drawing & { readonly use: (draw: Draw) => void } {
  let canvas: HTMLCanvasElement | undefined;
  let size: Size = { width: 1, height: 1 };
  let draw: Draw = () => {};
  let frame: number | undefined;
  const drawNow = () => {
    const context = canvas?.getContext('2d');
    if (context == null) return;
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    draw(context, size);
  };
  const redraw = () => {
    frame ??= requestAnimationFrame(() => {
      frame = undefined;
      drawNow();
    });
  };
  return {
    redraw,
    size: () => size,
    use: (next) => {
      draw = next;
      redraw();
    },
    attach: (element) => {
      canvas = element;
      const observer = new ResizeObserver(() => {
        const { clientWidth: width, clientHeight: height } = element;
        size = { width, height };
        element.width = Math.max(1, Math.round(width * devicePixelRatio));
        element.height = Math.max(1, Math.round(height * devicePixelRatio));
        // What was drawn is gone with the old size.
        drawNow();
      });
      observer.observe(element);
      return () => {
        observer.disconnect();
        canvas = undefined;
      };
    },
  };
}
