import { useStoreApi } from '@xyflow/react';
import { type PointerEvent, useEffect, useRef } from 'react';
import { BOX } from './layout/types.ts';
import type { PlanNode } from './plan-model.ts';
import type { Scene } from './scene.ts';
import styles from './stage.module.css';
import { usePalette } from './use-painting.ts';

const [WIDTH, HEIGHT] = [184, 112];
const EDGE = 4;

type Props = { readonly scene: Scene; readonly nodes: readonly PlanNode[] };

/** The whole drawing in small, with the part that is seen; dragging goes there. Those who use keys have them. */
export function Minimap({ scene, nodes }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const home = useRef<HTMLDivElement>(null);
  const glass = useRef<HTMLSpanElement>(null);
  const store = useStoreApi();
  const palette = usePalette();
  const scale = Math.min((WIDTH - 2 * EDGE) / scene.width, (HEIGHT - 2 * EDGE) / scene.height);
  const [left, top] = [(WIDTH - scene.width * scale) / 2, (HEIGHT - scene.height * scale) / 2];
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (context == null) return;
    const ratio = window.devicePixelRatio;
    if (canvas.current !== null) [canvas.current.width, canvas.current.height] = [WIDTH * ratio, HEIGHT * ratio];
    context.setTransform(ratio, 0, 0, ratio, left * ratio, top * ratio);
    const [wide, high] = [Math.max(1, BOX.width * scale), Math.max(1, BOX.height * scale)];
    for (const [at, { state }] of nodes.entries()) {
      context.globalAlpha = state === 'received' || state === 'waiting' ? 0.5 : 1;
      context.fillStyle = palette[state];
      context.fillRect((scene.xs[at] as number) * scale, (scene.ys[at] as number) * scale, wide, high);
    }
  }, [scene, nodes, palette, scale, left, top]);
  useEffect(() => {
    const place = () => {
      const { transform, width, height } = store.getState();
      const [x, y, zoom] = transform;
      const span = glass.current?.style;
      if (span === undefined || home.current === null) return;
      // Where all is seen it would say the same again.
      const isAll = x >= 0 && y >= 0 && x + scene.width * zoom <= width && y + scene.height * zoom <= height;
      home.current.style.visibility = isAll ? 'hidden' : 'visible';
      const [seenLeft, seenTop] = [left + (-x / zoom) * scale, top + (-y / zoom) * scale];
      span.transform = `translate(${seenLeft}px, ${seenTop}px)`;
      span.width = `${(width / zoom) * scale}px`;
      span.height = `${(height / zoom) * scale}px`;
    };
    place();
    return store.subscribe(place);
  }, [store, scene, scale, left, top]);
  const go = (event: PointerEvent<HTMLDivElement>) => {
    if (event.buttons === 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const box = event.currentTarget.getBoundingClientRect();
    const { setCenter, transform } = store.getState();
    const [x, y] = [(event.clientX - box.left - left) / scale, (event.clientY - box.top - top) / scale];
    void setCenter(x, y, { zoom: transform[2] });
  };
  return (
    <div ref={home} className={styles['minimap']} aria-hidden="true" onPointerDown={go} onPointerMove={go}>
      <canvas ref={canvas} style={{ width: WIDTH, height: HEIGHT }} />
      <span ref={glass} className={styles['glass']} />
    </div>
  );
}
