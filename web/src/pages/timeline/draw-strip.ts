import { type Bar, endOf } from './bars.ts';
import type { Palette } from './palette.ts';
import type { Range } from './view-range.ts';

/** Builds at work in each of equally long times: past ones, failed ones, and those to come. */
export type Density = {
  readonly whole: Range;
  readonly past: Float32Array;
  readonly failed: Float32Array;
  readonly coming: Float32Array;
  readonly most: number;
};

const SLICES = 400;

/** How many builds run at once, on average, in each slice of the whole time. */
export function densityOf(bars: readonly Bar[], whole: Range, now: number): Density {
  const [past, failed, coming] = [new Float32Array(SLICES), new Float32Array(SLICES), new Float32Array(SLICES)];
  const sliceS = (whole.to - whole.from) / SLICES;
  for (const bar of bars) {
    const kind = bar.state === 'planned' ? coming : bar.state === 'failed' ? failed : past;
    if (bar.state !== 'simulated') spread(kind, { from: bar.from, to: endOf(bar, now) }, { whole, sliceS });
    if (bar.expectedTo !== null) spread(coming, { from: now, to: bar.expectedTo }, { whole, sliceS });
  }
  let most = 1;
  for (let at = 0; at < SLICES; at += 1) most = Math.max(most, (past[at] ?? 0) + (failed[at] ?? 0), coming[at] ?? 0);
  return { whole, past, failed, coming, most };
}

function spread(slices: Float32Array, { from, to }: Range, { whole, sliceS }: { whole: Range; sliceS: number }): void {
  if (sliceS <= 0) return;
  const first = Math.max(0, Math.floor((from - whole.from) / sliceS));
  const last = Math.min(SLICES - 1, Math.floor((to - whole.from) / sliceS));
  for (let at = first; at <= last; at += 1) {
    const begin = whole.from + at * sliceS;
    const overlap = Math.min(to, begin + sliceS) - Math.max(from, begin);
    slices[at] = (slices[at] ?? 0) + Math.max(0, overlap) / sliceS;
  }
}

type Size = { readonly width: number; readonly height: number };

export function drawStrip(
  context: CanvasRenderingContext2D,
  { width, height }: Size,
  density: Density,
  palette: Palette,
): void {
  context.clearRect(0, 0, width, height);
  const { past, failed, coming, most } = density;
  const wide = width / SLICES;
  const scale = (height - 6) / most;
  for (let at = 0; at < SLICES; at += 1) {
    const [good, bad, later] = [past[at] ?? 0, failed[at] ?? 0, coming[at] ?? 0];
    const bar = (amount: number, above: number, token: string, alpha: number) => {
      if (amount <= 0) return;
      context.globalAlpha = alpha;
      context.fillStyle = palette.of(token);
      const left = Math.round(at * wide);
      context.fillRect(left, height - (above + amount) * scale, Math.round((at + 1) * wide) - left, amount * scale);
    };
    bar(good, 0, 'var(--received)', 0.55);
    bar(bad, good, 'var(--failed)', 0.9);
    bar(later, good + bad, 'var(--ready)', 0.35);
  }
  context.globalAlpha = 1;
}
