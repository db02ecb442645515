import { type Bar, endOf } from './bars.ts';
import { drawAxis, drawGrid, drawMarkerLines } from './draw-axis.ts';
import { drawGaps } from './draw-gaps.ts';
import { drawPath } from './draw-path.ts';
import { firstAfter } from './lanes.ts';
import { HEAD_PX, laneTop, type PlacedDrone } from './layout.ts';
import { OUTCOMES } from './outcomes.ts';
import { colourOfPhase } from './phases.ts';
import { AXIS_PX, LETTER_PX, type Scene, xOf } from './scene.ts';

const LABEL_LEAST_PX = 40;

export function drawChart(context: CanvasRenderingContext2D, scene: Scene): void {
  const { width, height, layout, scrollTop, palette } = scene;
  context.clearRect(0, 0, width, height);
  context.save();
  context.beginPath();
  context.rect(0, AXIS_PX, width, height - AXIS_PX);
  context.clip();
  context.translate(0, AXIS_PX - scrollTop);
  const [top, bottom] = [scrollTop, scrollTop + height - AXIS_PX];
  const shown = layout.drones.filter((row) => row.top < bottom && row.top + row.height > top);
  drawGrid(context, scene, { top, bottom });
  for (const row of shown) {
    context.fillStyle = palette.of('var(--line)');
    context.fillRect(0, row.top + row.height - 1, width, 1);
    drawGaps(context, scene, row);
    row.drone.lanes.forEach((_, lane) => drawLane(context, scene, { row, lane }));
  }
  for (const head of layout.heads) {
    context.fillStyle = palette.of('var(--sunken)');
    context.fillRect(0, head.top, width, HEAD_PX - 1);
  }
  if (scene.path !== undefined) drawPath(context, scene, scene.path.lines);
  drawMarkerLines(context, scene, { top, bottom });
  context.restore();
  drawAxis(context, scene);
}

type Place = { readonly row: PlacedDrone; readonly lane: number };

function drawLane(context: CanvasRenderingContext2D, scene: Scene, { row, lane }: Place): void {
  const { range, layout, now } = scene;
  const bars = row.drone.lanes[lane] ?? [];
  const top = row.top + laneTop(row, lane, layout.lanePx);
  let lastPixel = Number.NEGATIVE_INFINITY;
  let lastColour = '';
  for (let at = firstAfter(bars, range.from, now); at < bars.length; at += 1) {
    const bar = bars[at];
    if (bar === undefined || bar.from > range.to) break;
    const from = xOf(bar.from, scene);
    const to = xOf(endOf(bar, now), scene);
    const colour = colourOfBar(bar, scene);
    // Of thousands on the same pixel one is drawn, and failures always.
    if (to - from < 1 && Math.floor(from) === lastPixel && colour === lastColour) continue;
    lastPixel = Math.floor(to - from < 1 ? from : to);
    lastColour = colour;
    drawBar(context, scene, { bar, colour, from, to: Math.max(from + 1, to - 0.5), top });
  }
}

function colourOfBar(bar: Bar, { colouring }: Scene): string {
  if (bar.state === 'planned' || bar.state === 'simulated' || colouring === 'outcome')
    return OUTCOMES[bar.state].colour;
  return bar.state === 'received' ? colourOfPhase(null) : colourOfPhase(bar.phase);
}

type Drawn = {
  readonly bar: Bar;
  readonly colour: string;
  readonly from: number;
  readonly to: number;
  readonly top: number;
};

function drawBar(context: CanvasRenderingContext2D, scene: Scene, drawn: Drawn): void {
  const { palette, layout, path, marked, width } = scene;
  const { bar, colour, from, to, top } = drawn;
  const [left, right] = [Math.max(-8, from), Math.min(width + 8, to)];
  const high = layout.lanePx;
  const isDim = path !== undefined && !path.keys.has(bar.key);
  context.globalAlpha = isDim ? 0.22 : 1;
  context.fillStyle = palette.of(colour);
  if (bar.state === 'planned') drawPlanned(context, { left, right, top, high });
  else if (right - left < 5) context.fillRect(left, top, right - left, high);
  else fillRound(context, { left, right, top, high });
  if (scene.colouring === 'phase') drawPhases(context, scene, drawn);
  if (bar.expectedTo !== null) drawExpected(context, scene, drawn);
  if (bar.state === 'failed' && scene.colouring === 'phase' && right - left > 4) {
    context.fillStyle = palette.of('var(--failed)');
    context.fillRect(right - 3, top, 3, high);
  }
  if (right - left > LABEL_LEAST_PX && high >= 12) drawName(context, scene, drawn);
  context.globalAlpha = 1;
  if (!marked.has(bar.key)) return;
  context.strokeStyle = palette.of('var(--text)');
  context.lineWidth = 2;
  context.strokeRect(left - 1, top - 1, Math.max(4, right - left) + 2, high + 2);
}

type Rounded = { readonly left: number; readonly right: number; readonly top: number; readonly high: number };

function fillRound(context: CanvasRenderingContext2D, { left, right, top, high }: Rounded): void {
  context.beginPath();
  context.roundRect(left, top, right - left, high, 2.5);
  context.fill();
}

/** What is only foreseen is pale, with an edge. */
function drawPlanned(context: CanvasRenderingContext2D, box: Rounded): void {
  const { left, right, top, high } = box;
  const alpha = context.globalAlpha;
  context.globalAlpha = 0.2 * alpha;
  fillRound(context, box);
  context.globalAlpha = 0.75 * alpha;
  if (right - left > 3) {
    context.strokeStyle = context.fillStyle;
    context.lineWidth = 1;
    context.strokeRect(left + 0.5, top + 0.5, right - left - 1, high - 1);
  }
  context.globalAlpha = alpha;
}

/** The phases that were seen, each from when on. */
function drawPhases(context: CanvasRenderingContext2D, scene: Scene, { bar, from, to, top }: Drawn): void {
  const spans = bar.attempt === null ? undefined : scene.seen.get(bar.attempt);
  spans?.forEach((span, index) => {
    const left = Math.max(-8, from, xOf(span.from, scene));
    const right = Math.min(scene.width + 8, to, xOf(spans[index + 1]?.from ?? Number.POSITIVE_INFINITY, scene));
    if (right <= left) return;
    context.fillStyle = scene.palette.of(colourOfPhase(span.phase));
    context.fillRect(left, top, right - left, scene.layout.lanePx);
  });
}

/** How long a running build will go on. */
function drawExpected(context: CanvasRenderingContext2D, scene: Scene, { bar, colour, to, top }: Drawn): void {
  const end = Math.min(scene.width + 8, xOf(bar.expectedTo ?? 0, scene));
  if (end <= to) return;
  const alpha = context.globalAlpha;
  context.fillStyle = scene.palette.of(colour);
  context.globalAlpha = 0.25 * alpha;
  context.fillRect(to, top, end - to, scene.layout.lanePx);
  context.globalAlpha = alpha;
}

function drawName(context: CanvasRenderingContext2D, scene: Scene, { bar, from, to, top }: Drawn): void {
  const { palette, width, layout } = scene;
  const left = Math.max(0, from) + 5;
  const room = Math.floor((Math.min(width, to) - left - 3) / LETTER_PX);
  if (room < 4) return;
  const name = bar.package.replace(/^[^/]*\//, '');
  const text = name.length <= room ? name : `${name.slice(0, room - 1)}…`;
  const isPale = bar.state === 'planned' || (scene.colouring === 'phase' && bar.state === 'received');
  context.font = palette.font;
  context.fillStyle = palette.of(isPale ? 'var(--text)' : 'var(--on-accent)');
  context.fillText(text, left, top + layout.lanePx / 2 + 4);
}
