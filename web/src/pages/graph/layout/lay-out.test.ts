import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Order } from '../graph-search.ts';
import { layOut } from './lay-out.ts';
import { BOX, type LayoutTask } from './types.ts';

type Arrow = readonly [need: number, user: number];

function task(size: number, arrows: readonly Arrow[], more: Partial<LayoutTask> = {}): LayoutTask {
  return {
    ...{ order: 'levels', size, circles: [], path: [] },
    needs: Int32Array.from(arrows, ([need]) => need),
    users: Int32Array.from(arrows, ([, user]) => user),
    ...more,
  };
}

test('a package stands to the right of all that it needs, and what follows from others is told', () => {
  const { xs, isImplied, levels } = layOut(
    task(3, [
      [0, 1],
      [1, 2],
      [0, 2],
    ]),
  );

  expect([...xs]).toEqual([...xs].sort((one, other) => one - other));
  expect([...isImplied]).toEqual([0, 0, 1]);
  expect(levels.map(({ packages }) => packages)).toEqual([1, 1, 1]);
});

test('the path is the uppermost line', () => {
  const { ys } = layOut(
    task(
      6,
      [
        [0, 3],
        [1, 4],
        [2, 5],
      ],
      { path: [2, 5] },
    ),
  );

  expect([...ys].map((y) => y === 0)).toEqual([false, false, true, false, false, true]);
});

test('a circle stays together in a frame, and counts as one package for the others', () => {
  const arrows: Arrow[] = [
    [0, 1],
    [1, 2],
    [2, 1],
    [2, 3],
  ];
  const { xs, frames } = layOut(task(4, arrows, { circles: [[1, 2]] }));

  expect(frames).toHaveLength(1);
  expect(xs[1]).toBe(xs[2]);
  expect(xs[0]).toBeLessThan(xs[1] as number);
  expect(xs[3]).toBeGreaterThan(xs[2] as number);
});

test.each<Order>(['levels', 'flow'])('nothing lies on something else (%s)', (order) => {
  const arrow = fc.tuple(fc.nat(19), fc.nat(19)).filter(([one, other]) => one !== other);
  const acyclic = fc.array(
    arrow.map(([one, other]): Arrow => [Math.min(one, other), Math.max(one, other)]),
    { maxLength: 40 },
  );
  const path = fc.subarray([0, 5, 9, 14]);
  fc.assert(
    fc.property(acyclic, path, fc.boolean(), (arrows, along, hasCircle) => {
      const circles = hasCircle ? [[17, 18, 19]] : [];
      const given = arrows.filter(([need, user]) => !hasCircle || (need < 17 && user < 17));
      const { xs, ys, width, height } = layOut(task(20, given, { order, circles, path: along }));

      const boxes = [...xs.keys()].map((at) => ({ x: xs[at] as number, y: ys[at] as number }));
      for (const [at, one] of boxes.entries()) {
        expect(one.x + BOX.width).toBeLessThanOrEqual(width + 0.01);
        expect(one.y + BOX.height).toBeLessThanOrEqual(height + 0.01);
        for (const other of boxes.slice(at + 1))
          expect(Math.abs(one.x - other.x) >= BOX.width - 0.01 || Math.abs(one.y - other.y) >= BOX.height - 0.01).toBe(
            true,
          );
      }
      for (const [need, user] of given) expect(xs[need]).toBeLessThan(xs[user] as number);
    }),
    { numRuns: 60 },
  );
});

test('what is left out as implied can be reached another way', () => {
  const arrow = fc.tuple(fc.nat(11), fc.nat(11)).filter(([one, other]) => one !== other);
  const acyclic = fc.uniqueArray(
    arrow.map(([one, other]): Arrow => [Math.min(one, other), Math.max(one, other)]),
    { maxLength: 40, selector: ([need, user]) => `${need} ${user}` },
  );
  fc.assert(
    fc.property(acyclic, (arrows) => {
      const { isImplied } = layOut(task(12, arrows));
      const told = arrows.filter((_, edge) => isImplied[edge] === 0);

      for (const [need, user] of arrows) expect(reached(told, need)).toContain(user);
      // And no edge is told that the others say already.
      for (const [need, user] of told)
        expect(
          reached(
            told.filter(([one, other]) => one !== need || other !== user),
            need,
          ),
        ).not.toContain(user);
    }),
  );
});

function reached(arrows: readonly Arrow[], from: number): Set<number> {
  const found = new Set([from]);
  for (const each of found) for (const [need, user] of arrows) if (need === each) found.add(user);
  return found;
}
