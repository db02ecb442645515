import { expect, test } from 'vitest';
import type { Box } from './geometry.ts';
import { type Layout, layoutOf } from './layout.ts';

const DESK = { width: 1190, height: 640 };
const PHONE = { width: 336, height: 560 };

function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

function problems({ drones, places, wires, width, height }: Layout): readonly string[] {
  const boxes = [...Object.values(places), ...drones];
  const found: string[] = [];
  for (const [index, box] of boxes.entries()) {
    if (box.x < 0 || box.y < 0 || box.x + box.width > width || box.y + box.height > height)
      found.push(`${index} is outside`);
    for (const [other, against] of boxes.entries())
      if (other > index && overlap(box, against)) found.push(`${index} lies on ${other}`);
  }
  for (const [index, wire] of wires.entries())
    for (const [step, [x, y]] of wire.entries()) {
      const before = wire[step - 1];
      if (before !== undefined && before[0] !== x && before[1] !== y) found.push(`wire ${index} is slanted`);
    }
  return found;
}

test.each([0, 1, 2, 3, 4, 5, 7, 12, 13, 40, 101, 200])(
  'with %d drones everything has a place of its own, at a desk and on a phone',
  (count) => {
    for (const window of [DESK, PHONE, { width: 3700, height: 1900 }]) {
      const layout = layoutOf(count, window);
      expect(layout.drones).toHaveLength(count);
      expect(layout.wires).toHaveLength(count);
      expect(problems(layout)).toEqual([]);
    }
  },
);

test('few drones get room to say what they build, many only their name; a phone is scrolled down and never sideways', () => {
  expect(layoutOf(12, DESK).tier.name).toBe('large');
  expect(layoutOf(40, DESK).tier.name).toBe('medium');
  expect(layoutOf(200, DESK).tier.name).toBe('tiny');
  expect(layoutOf(200, { width: 3700, height: 1900 }).tier.name).toBe('large');
  for (const count of [1, 12, 200]) expect(layoutOf(count, PHONE).width).toBe(PHONE.width);
  expect(layoutOf(12, PHONE).tier.name).toBe('medium');
});

test('no wire crosses a drone', () => {
  for (const count of [1, 5, 13, 40, 200]) {
    const { wires, drones } = layoutOf(count, DESK);
    for (const wire of wires)
      for (const [step, [x, y]] of wire.slice(0, -1).entries()) {
        const [ax, ay] = wire[step + 1] ?? [x, y];
        const segment = { x: Math.min(x, ax), y: Math.min(y, ay), width: Math.abs(ax - x), height: Math.abs(ay - y) };
        expect(drones.filter((box) => overlap(segment, box))).toEqual([]);
      }
  }
});
