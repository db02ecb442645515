import { BOX } from './layout/types.ts';
import type { NodeState, PlanNode } from './plan-model.ts';
import type { Scene, SceneEdge } from './scene.ts';

/** The colours of the theme, as canvases take them. */
export type Palette = Readonly<Record<NodeState, string>> & {
  readonly ground: string;
  readonly faint: string;
  readonly text: string;
  readonly accent: string;
  readonly warn: string;
};

export type Picture = {
  readonly scene: Scene;
  /** Of the packages that are shown, in their order. */
  readonly nodes: readonly PlanNode[];
  /** The critical path, by shown place. */
  readonly path: readonly number[];
  readonly marked: number | undefined;
  readonly hasImplied: boolean;
  readonly palette: Palette;
};

export type Viewport = { readonly x: number; readonly y: number; readonly zoom: number };

type Ground = { readonly width: number; readonly height: number; readonly ratio: number };

/** From here on packages are elements with their names; below they are painted. */
export const NAMES_FROM = 0.5;
/** Up to so many edges each is followed by eye. */
const FEW_EDGES = 600;
/** From here on there is room for a part of each name. */
const SHORT_NAMES_FROM = 0.3;
/** Dashes cannot be told apart below. */
const DASHES_FROM = 0.4;

/** Paints edges, frames and levels, and packages as they are seen from afar. Milliseconds, with thousands of edges. */
export function paint(context: CanvasRenderingContext2D, picture: Picture, view: Viewport, ground: Ground): void {
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, ground.width * ground.ratio, ground.height * ground.ratio);
  const scale = view.zoom * ground.ratio;
  context.setTransform(scale, 0, 0, scale, view.x * ground.ratio, view.y * ground.ratio);
  const seen = {
    left: -view.x / view.zoom,
    top: -view.y / view.zoom,
    right: (ground.width - view.x) / view.zoom,
    bottom: (ground.height - view.y) / view.zoom,
  };
  paintLevels(context, picture, view, seen);
  paintFrames(context, picture, view);
  paintEdges(context, picture, view, seen);
  paintBoxes(context, picture, view, seen);
}

type Seen = { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number };

function paintLevels(context: CanvasRenderingContext2D, { scene, palette }: Picture, { zoom }: Viewport, seen: Seen) {
  const size = 11 / zoom;
  context.font = `500 ${size}px ui-sans-serif, system-ui, sans-serif`;
  context.fillStyle = palette.faint;
  let free = Number.NEGATIVE_INFINITY;
  for (const [level, { x, width }] of scene.levels.entries()) {
    if (x > seen.right || x + width < seen.left) continue;
    const text = String(level + 1);
    // Where they would touch, some are left out.
    if (x < free) continue;
    context.fillText(text, x, -size * 0.8);
    free = x + size * (text.length + 1.2);
  }
}

function paintFrames(context: CanvasRenderingContext2D, { scene, palette }: Picture, { zoom }: Viewport) {
  context.lineWidth = 1.5 / Math.min(1, zoom);
  context.setLineDash([6 / Math.min(1, zoom), 4 / Math.min(1, zoom)]);
  for (const { x, y, width, height, kind } of scene.frames) {
    context.strokeStyle = kind === 'together' ? palette.faint : kind === 'ordered' ? palette.warn : palette.failed;
    context.beginPath();
    context.roundRect(x, y, width, height, 8);
    context.stroke();
  }
  context.setLineDash([]);
}

function paintEdges(context: CanvasRenderingContext2D, picture: Picture, view: Viewport, seen: Seen): void {
  const { scene, palette, marked, hasImplied } = picture;
  const thin = Math.max(1, 0.9 / view.zoom);
  const isPlain = (edge: SceneEdge) => hasImplied || !edge.isImplied;
  // Many together are dark enough, all the more from afar.
  const strength = scene.edges.length > FEW_EDGES ? Math.max(0.1, Math.min(0.35, view.zoom * 1.3)) : 0.6;
  context.globalAlpha = (marked === undefined ? 1 : 0.6) * strength;
  const plain = scene.edges.filter((edge) => isPlain(edge) && !edge.isCut && isSeen(scene, edge, seen));
  const hasDashes = view.zoom >= DASHES_FROM;
  stroke(context, scene, hasDashes ? plain.filter(({ isBuild }) => isBuild) : plain, {
    colour: palette.faint,
    width: thin,
  });
  if (hasDashes)
    stroke(
      context,
      scene,
      plain.filter(({ isBuild }) => !isBuild),
      { colour: palette.faint, width: thin, dash: [3, 4] },
    );
  context.globalAlpha = 1;
  const cut = scene.edges.filter((edge) => edge.isCut && isSeen(scene, edge, seen));
  stroke(context, scene, cut, { colour: palette.warn, width: thin * 1.4, dash: [5, 5] });
  paintPath(context, picture, view);
  if (marked === undefined) return;
  const own = (scene.edgesOf[marked] ?? []).flatMap((edge) => scene.edges[edge] ?? []);
  const look = { colour: palette.accent, width: Math.max(1.6, 1.4 / view.zoom) };
  const isDashed = ({ isBuild, isCut }: SceneEdge) => isCut || !isBuild;
  stroke(
    context,
    scene,
    own.filter((edge) => !isDashed(edge)),
    look,
  );
  stroke(context, scene, own.filter(isDashed), { ...look, dash: [5, 5] });
}

/** From each to the next, whether or not there is an edge: what lies between comes along. */
function paintPath(context: CanvasRenderingContext2D, { scene, path, palette }: Picture, { zoom }: Viewport): void {
  const pairs = path.slice(1).map((user, at) => ({ need: path[at] as number, user }));
  stroke(context, scene, pairs, { colour: palette.text, width: Math.max(2.5, 1.8 / zoom) });
}

type Look = { readonly colour: string; readonly width: number; readonly dash?: readonly number[] };

function stroke(
  context: CanvasRenderingContext2D,
  { xs, ys }: Scene,
  edges: readonly Pick<SceneEdge, 'need' | 'user'>[],
  { colour, width, dash = [] }: Look,
): void {
  if (edges.length === 0) return;
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.setLineDash([...dash]);
  for (const { need, user } of edges) {
    const [y1, y2] = [(ys[need] as number) + BOX.height / 2, (ys[user] as number) + BOX.height / 2];
    const [x1, x2] = [(xs[need] as number) + BOX.width, xs[user] as number];
    // Each by itself: where many cross in one path, working out its outline takes ten times as long.
    context.beginPath();
    context.moveTo(x1, y1);
    if (x2 > x1 + 8) {
      const bend = Math.min(120, (x2 - x1) / 2);
      context.bezierCurveTo(x1 + bend, y1, x2 - bend, y2, x2, y2);
    } else {
      // To the same column, or back: around the outside.
      const out = 26 + Math.abs(y2 - y1) * 0.12;
      context.bezierCurveTo(x1 + out, y1, x2 + BOX.width + out, y2, x2 + BOX.width, y2);
    }
    context.stroke();
  }
  context.setLineDash([]);
}

function isSeen({ xs, ys }: Scene, { need, user }: SceneEdge, seen: Seen): boolean {
  const [x1, y1, x2, y2] = [xs[need] as number, ys[need] as number, xs[user] as number, ys[user] as number];
  const isBeside = Math.max(x1, x2) + BOX.width + 80 < seen.left || Math.min(x1, x2) > seen.right;
  return !isBeside && Math.max(y1, y2) + BOX.height >= seen.top && Math.min(y1, y2) <= seen.bottom;
}

function paintBoxes(context: CanvasRenderingContext2D, picture: Picture, { zoom }: Viewport, seen: Seen): void {
  const { scene, nodes, palette, path, marked } = picture;
  const byState = new Map<NodeState, number[]>();
  for (const [at, { state }] of nodes.entries()) {
    const [x, y] = [scene.xs[at] as number, scene.ys[at] as number];
    if (x > seen.right || x + BOX.width < seen.left || y > seen.bottom || y + BOX.height < seen.top) continue;
    const group = byState.get(state);
    if (group === undefined) byState.set(state, [at]);
    else group.push(at);
  }
  const box = (at: number, by = 0) =>
    context.roundRect(
      (scene.xs[at] as number) - by,
      (scene.ys[at] as number) - by,
      BOX.width + 2 * by,
      BOX.height + 2 * by,
      6,
    );
  for (const [state, group] of byState) {
    context.fillStyle = palette[state];
    context.globalAlpha = STRENGTH[state];
    context.beginPath();
    for (const at of group) box(at);
    context.fill();
  }
  context.globalAlpha = 1;
  if (zoom >= SHORT_NAMES_FROM) paintNames(context, picture, { zoom, places: [...byState.values()].flat() });
  // Elements with names cover them, and have their own outlines.
  if (zoom >= NAMES_FROM) return;
  outline(context, path, box, { colour: palette.text, width: Math.max(2, 1.4 / zoom) });
  if (marked !== undefined) outline(context, [marked], box, { colour: palette.accent, width: Math.max(3, 3 / zoom) });
}

/** Names in small letters, cut where the box ends; letters are about so wide for their height. */
function paintNames(
  context: CanvasRenderingContext2D,
  { scene, nodes, palette }: Picture,
  { zoom, places }: { readonly zoom: number; readonly places: readonly number[] },
): void {
  const size = 9.5 / zoom;
  context.font = `500 ${size}px ui-sans-serif, system-ui, sans-serif`;
  const letters = Math.floor((BOX.width - size) / (size * 0.56));
  for (const at of places) {
    const node = nodes[at];
    if (node === undefined) continue;
    const text = node.name.length > letters ? `${node.name.slice(0, letters - 1)}…` : node.name;
    context.fillStyle = STRENGTH[node.state] > 0.8 ? palette.ground : palette.text;
    context.fillText(
      text,
      (scene.xs[at] as number) + size * 0.5,
      (scene.ys[at] as number) + BOX.height / 2 + size * 0.35,
    );
  }
}

/** What is done stands back, what goes on or went wrong stands out. */
const STRENGTH: Readonly<Record<NodeState, number>> = {
  ...{ received: 0.38, waiting: 0.5, ready: 0.85 },
  ...{ building: 1, blocked: 1, failed: 1 },
};

function outline(
  context: CanvasRenderingContext2D,
  places: readonly number[],
  box: (at: number, by?: number) => void,
  { colour, width }: Look,
): void {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.beginPath();
  for (const at of places) box(at, width / 2);
  context.stroke();
}
