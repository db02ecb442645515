import { AXIS_PX, type Marker, type Scene, xOf } from './scene.ts';
import { ticksOf, zoneAt } from './view-range.ts';

function ticksIn({ range, width }: Scene) {
  return ticksOf(range, { width, apart: 92, zoneS: zoneAt(range.from) });
}

/** Lines at whole times. */
export function drawGrid(
  context: CanvasRenderingContext2D,
  scene: Scene,
  { top, bottom }: Record<'top' | 'bottom', number>,
) {
  for (const { at, isDay } of ticksIn(scene)) {
    context.fillStyle = scene.palette.of(isDay ? 'var(--line-strong)' : 'var(--line)');
    context.fillRect(Math.round(xOf(at, scene)), top, 1, bottom - top);
  }
}

function markersOf({ markers, now, range }: Scene): readonly Marker[] {
  const isNowShown = now > range.from && now < range.to;
  return isNowShown ? [...markers, { at: now, label: 'now', colour: 'var(--accent)' }] : markers;
}

export function drawMarkerLines(
  context: CanvasRenderingContext2D,
  scene: Scene,
  { top, bottom }: Record<'top' | 'bottom', number>,
) {
  for (const { at, colour } of markersOf(scene)) {
    context.fillStyle = scene.palette.of(colour);
    context.fillRect(Math.round(xOf(at, scene)), top, 1.5, bottom - top);
  }
}

/** The times above the chart, over whatever is drawn. */
export function drawAxis(context: CanvasRenderingContext2D, scene: Scene): void {
  const { width, palette } = scene;
  context.fillStyle = palette.of('var(--surface)');
  context.fillRect(0, 0, width, AXIS_PX);
  context.fillStyle = palette.of('var(--line)');
  context.fillRect(0, AXIS_PX - 1, width, 1);
  context.font = palette.small;
  for (const { at, label, isDay } of ticksIn(scene)) {
    context.fillStyle = palette.of(isDay ? 'var(--text)' : 'var(--text-3)');
    context.fillText(label, Math.round(xOf(at, scene)) + 4, 17);
  }
  const markers = markersOf(scene).toSorted((one, other) => one.at - other.at);
  markers.forEach((marker, at) => drawFlag(context, scene, marker, markers[at + 1]));
}

/** What the line below means; on the other side of it where there is no room. */
function drawFlag(context: CanvasRenderingContext2D, scene: Scene, { at, label, colour }: Marker, next?: Marker): void {
  const x = Math.round(xOf(at, scene));
  if (x < 0 || x > scene.width) return;
  context.font = scene.palette.font;
  const wide = context.measureText(label).width + 10;
  const room = Math.min(scene.width, next === undefined ? scene.width : xOf(next.at, scene)) - x;
  const left = wide > room && x >= wide ? x - wide : x;
  context.fillStyle = scene.palette.of(colour);
  context.fillRect(left, 4, wide, 18);
  context.fillStyle = scene.palette.of('var(--on-accent)');
  context.fillText(label, left + 5, 17);
}
