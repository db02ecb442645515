export type Point = readonly [x: number, y: number];

/** Where something is, in the units of the map. */
export type Box = Size & { readonly x: number; readonly y: number };

export type Size = { readonly width: number; readonly height: number };

export function middleOf({ x, y, width, height }: Box): Point {
  return [x + width / 2, y + height / 2];
}

export function leftOf(box: Box): Point {
  return [box.x, middleOf(box)[1]];
}

export function rightOf(box: Box): Point {
  return [box.x + box.width, middleOf(box)[1]];
}

export function topOf(box: Box): Point {
  return [middleOf(box)[0], box.y];
}

export function bottomOf(box: Box): Point {
  return [middleOf(box)[0], box.y + box.height];
}

/** The way of a message: its corners, and how far along each of them is. */
export type Route = { readonly points: readonly Point[]; readonly marks: readonly number[]; readonly length: number };

/** A route through corners. */
export function routeOf(points: readonly Point[]): Route {
  const marks: number[] = [];
  let length = 0;
  for (const [index, point] of points.entries()) {
    const before = points[index - 1];
    if (before !== undefined) length += distance(before, point);
    marks.push(length);
  }
  return { points, marks, length };
}

/** The other way round. */
export function reversed(points: readonly Point[]): readonly Point[] {
  return [...points].reverse();
}

/** Where a message is that has gone this share of its way, 0 to 1. */
export function pointAt({ points, marks, length }: Route, share: number): Point {
  const gone = Math.min(1, Math.max(0, share)) * length;
  const next = Math.max(
    1,
    marks.findIndex((mark) => mark >= gone),
  );
  const [from, to] = [points[next - 1] ?? [0, 0], points[next] ?? points[0] ?? [0, 0]] as const;
  const [start = 0, end = start] = [marks[next - 1], marks[next]];
  const part = end > start ? (gone - start) / (end - start) : 1;
  return [from[0] + (to[0] - from[0]) * part, from[1] + (to[1] - from[1]) * part];
}

/** The drawing of a line through corners that are rounded. */
export function lineOf(points: readonly Point[], radius = 8): string {
  const [first, ...rest] = points;
  if (first === undefined) return '';
  const parts = rest.map((corner, index) => {
    const [before, after] = [points[index] ?? first, rest[index + 1]];
    if (after === undefined) return `L${text(corner)}`;
    const bend = Math.min(radius, distance(before, corner) / 2, distance(corner, after) / 2);
    return `L${text(towards(corner, before, bend))}Q${text(corner)} ${text(towards(corner, after, bend))}`;
  });
  return `M${text(first)}${parts.join('')}`;
}

function distance([ax, ay]: Point, [bx, by]: Point): number {
  return Math.hypot(bx - ax, by - ay);
}

function towards(from: Point, to: Point, by: number): Point {
  const length = distance(from, to);
  const share = length === 0 ? 0 : by / length;
  return [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share];
}

function text([x, y]: Point): string {
  return `${Math.round(10 * x) / 10} ${Math.round(10 * y) / 10}`;
}
