import type { PathStep } from './critical-path.ts';
import { type Layout, laneTop } from './layout.ts';
import { type Scene, xOf } from './scene.ts';

/** From the end of a build to the beginning of the one that followed. Times in Unix seconds, heights in pixels. */
export type PathLine = {
  readonly from: number;
  readonly fromY: number;
  readonly to: number;
  readonly toY: number;
  readonly isSlot: boolean;
};

/** Where the steps of a path are drawn; `endAt` says when each ends. */
export function pathLines(
  steps: readonly PathStep[],
  layout: Layout,
  endAt: (step: PathStep) => number,
): readonly PathLine[] {
  const keys = new Set(steps.map(({ bar }) => bar.key));
  const middles = new Map<string, number>();
  for (const row of layout.drones)
    row.drone.lanes.forEach((lane, index) => {
      const y = row.top + laneTop(row, index, layout.lanePx) + layout.lanePx / 2;
      for (const bar of lane) if (keys.has(bar.key)) middles.set(bar.key, y);
    });
  return steps.flatMap((step, at) => {
    const before = steps[at - 1];
    const [fromY, toY] = [middles.get(before?.bar.key ?? ''), middles.get(step.bar.key)];
    if (before === undefined || fromY === undefined || toY === undefined) return [];
    return [{ from: endAt(before), fromY, to: step.bar.from, toY, isSlot: step.waitedFor === 'slot' }];
  });
}

const BEND_PX = 5;

/** Lines between builds: broken where a build followed because the slot became free. */
export function drawPath(context: CanvasRenderingContext2D, scene: Scene, lines: readonly PathLine[]): void {
  context.strokeStyle = scene.palette.of('var(--text)');
  context.lineWidth = 1.5;
  for (const { from, fromY, to, toY, isSlot } of lines) {
    const [x, end] = [xOf(from, scene), xOf(to, scene)];
    if (end < -50 || x > scene.width + 50) continue;
    const bend = Math.max(x + 1, end - BEND_PX);
    context.setLineDash(isSlot ? [3, 3] : []);
    context.beginPath();
    context.moveTo(x, fromY);
    context.lineTo(bend, fromY);
    context.lineTo(bend, toY);
    context.lineTo(Math.max(end, bend), toY);
    context.stroke();
  }
  context.setLineDash([]);
}
