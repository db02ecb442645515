import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Need, planOf } from '../testing/plans.ts';
import { hopelessCircles } from './hopeless-circles.ts';
import { buildClosure, planGraph, readiness } from './readiness.ts';

const NAMES = ['c/a-1', 'c/b-1', 'c/c-1', 'c/d-1', 'c/e-1', 'c/f-1'];

function circlesOf(needs: readonly Need[], isToBuild: (cpv: string) => boolean = () => true) {
  return hopelessCircles(planGraph(planOf(NAMES, needs)), isToBuild);
}

test('packages that need each other to be built are named, through what they bring along too', () => {
  const needs: Need[] = [
    ['c/a-1', 'build', 'c/b-1'],
    ['c/b-1', 'run', 'c/c-1'],
    // Merged later than a, and yet a wants it at once: the order of the plan leans on an installed instance.
    ['c/a-1', 'build', 'c/c-1'],
    ['c/c-1', 'build', 'c/a-1'],
    ['c/d-1', 'build', 'c/a-1'],
  ];

  expect(circlesOf(needs)).toEqual([['c/a-1', 'c/c-1']]);
  // Once one of them is there, the others can be built.
  expect(circlesOf(needs, (cpv) => cpv !== 'c/c-1')).toEqual([]);
});

test('each circle is named by itself', () => {
  const ring = (names: readonly string[]): Need[] =>
    names.map((name, at) => [name, 'build', names[(at + 1) % names.length] as string]);

  expect(circlesOf([...ring(NAMES.slice(0, 3)), ...ring(NAMES.slice(3, 5))])).toEqual([
    NAMES.slice(0, 3),
    NAMES.slice(3, 5),
  ]);
});

test('circles at run time, and those that the order of the plan breaks, hold up nothing', () => {
  expect(
    circlesOf([
      ['c/a-1', 'run', 'c/b-1'],
      ['c/b-1', 'run', 'c/a-1'],
      ['c/c-1', 'build', 'c/a-1'],
      ['c/e-1', 'build', 'c/d-1'],
      ['c/d-1', 'post', 'c/f-1'],
      ['c/f-1', 'build', 'c/e-1'],
    ]),
  ).toEqual([]);
});

const need = fc.tuple(
  fc.constantFrom(...NAMES),
  fc.constantFrom('build' as const, 'run' as const, 'post' as const),
  fc.constantFrom(...NAMES),
);

test('what is never ready is in such a circle or waits for one', () => {
  fc.assert(
    fc.property(fc.array(need, { maxLength: 20 }), (needs) => {
      const graph = planGraph(planOf(NAMES, needs));
      const available = new Set<string>();
      for (let size = -1; size !== available.size; ) {
        size = available.size;
        const { isReady } = readiness(graph, available);
        for (const name of NAMES.filter(isReady)) available.add(name);
      }
      const never = new Set(hopelessCircles(graph, () => true).flat());
      for (let size = -1; size !== never.size; ) {
        size = never.size;
        for (const name of NAMES) if ([...buildClosure(graph, name)].some((each) => never.has(each))) never.add(name);
      }

      expect([...available, ...never].sort()).toEqual(NAMES);
    }),
  );
});
