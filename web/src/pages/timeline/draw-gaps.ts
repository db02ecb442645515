import { duration } from '../../ui/format.ts';
import type { PlacedDrone } from './layout.ts';
import type { Palette } from './palette.ts';
import { LETTER_PX, type Scene, xOf } from './scene.ts';

/** Where a drone had nothing to do: hatched, and how long where there is room. */
export function drawGaps(context: CanvasRenderingContext2D, scene: Scene, row: PlacedDrone): void {
  const { range, palette, gaps, width } = scene;
  for (const gap of gaps.get(`${row.section} ${row.drone.name}`) ?? []) {
    if (gap.to < range.from || gap.from > range.to) continue;
    const from = Math.max(-10, xOf(gap.from, scene));
    const to = Math.min(width + 10, xOf(gap.to, scene));
    if (to - from < 3) continue;
    hatch(context, { from, to, top: row.top + 4, bottom: row.top + row.height - 5 }, palette);
    const text = `idle ${duration(gap.to - gap.from)}`;
    if (to - from < text.length * LETTER_PX + 16) continue;
    context.font = palette.small;
    const middle = (Math.max(0, from) + Math.min(width, to)) / 2 - (text.length * LETTER_PX) / 2;
    context.fillStyle = palette.of('var(--surface)');
    context.fillRect(middle - 5, row.top + row.height / 2 - 8, text.length * LETTER_PX + 8, 16);
    context.fillStyle = palette.of('var(--text-3)');
    context.fillText(text, middle, row.top + row.height / 2 + 4);
  }
}

type Box = { readonly from: number; readonly to: number; readonly top: number; readonly bottom: number };

function hatch(context: CanvasRenderingContext2D, { from, to, top, bottom }: Box, palette: Palette): void {
  const apart = 7;
  const high = bottom - top;
  context.save();
  context.beginPath();
  context.rect(from, top, to - from, high);
  context.clip();
  context.beginPath();
  for (let x = Math.floor((from - high) / apart) * apart; x < to; x += apart) {
    context.moveTo(x, bottom);
    context.lineTo(x + high, top);
  }
  context.strokeStyle = palette.of('var(--line)');
  context.lineWidth = 1;
  context.stroke();
  context.restore();
}
