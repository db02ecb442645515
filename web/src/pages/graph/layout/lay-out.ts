import { type Blocks, condense, gridOf, sizeOf } from './condense.ts';
import { byFlow } from './flow.ts';
import { impliedEdges } from './implied.ts';
import { byLevels, type Placed } from './levels.ts';
import { BOX, type Frame, type LayoutResult, type LayoutTask } from './types.ts';

const PITCH_Y = BOX.height + BOX.gapY;
const PITCH_X = BOX.width + BOX.gapY;
const FRAME = 5;

/** Works out where everything is. */
export function layOut(task: LayoutTask): LayoutResult {
  const blocks = condense(task);
  const isImplied = impliedEdges(task, blocks);
  const path = new Set(task.path.map((place) => blocks.blockOf[place] as number));
  const placed =
    task.order === 'levels'
      ? byLevels(blocks, path)
      : byFlow(blocks, { arrows: arrowsOf(task, blocks, isImplied), path });
  return { ...unfold(task.size, blocks, placed), isImplied, levels: placed.levels };
}

function arrowsOf({ needs, users }: LayoutTask, { blockOf }: Blocks, isImplied: Uint8Array) {
  const arrows = new Map<string, readonly [number, number]>();
  for (const [edge, need] of needs.entries()) {
    const [from, to] = [blockOf[need] as number, blockOf[users[edge] as number] as number];
    if (from !== to && isImplied[edge] === 0) arrows.set(`${from} ${to}`, [from, to]);
  }
  return [...arrows.values()];
}

/** From blocks to packages, and a frame around each circle. */
function unfold(size: number, { members }: Blocks, placed: Placed) {
  const [xs, ys] = [new Float64Array(size), new Float64Array(size)];
  const frames: Frame[] = [];
  let [width, height] = [0, 0];
  for (const [block, packages] of members.entries()) {
    const [x, y] = [placed.xs[block] as number, placed.ys[block] as number];
    const { rows } = gridOf(packages.length);
    for (const [at, place] of packages.entries()) {
      xs[place] = x + Math.floor(at / rows) * PITCH_X;
      ys[place] = y + (at % rows) * PITCH_Y;
    }
    const box = sizeOf(packages.length);
    width = Math.max(width, x + box.width);
    height = Math.max(height, y + box.height);
    if (packages.length > 1)
      frames.push({ x: x - FRAME, y: y - FRAME, width: box.width + 2 * FRAME, height: box.height + 2 * FRAME });
  }
  return { xs, ys, frames, width, height };
}
