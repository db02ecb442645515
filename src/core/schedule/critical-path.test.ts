import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Need, planOf } from '../../testing/plans.ts';
import { buildClosure, planGraph } from '../readiness.ts';
import { criticalPath } from './critical-path.ts';
import { planTasks } from './task-graph.ts';

const NAMES = ['c/a-1', 'c/b-1', 'c/c-1', 'c/d-1', 'c/e-1', 'c/f-1'];

function pathOf(needs: readonly Need[], seconds: Readonly<Record<string, number>>) {
  const graph = planTasks(planGraph(planOf(NAMES, needs)));
  const found = criticalPath(graph, (task) => seconds[graph.names[task] as string] ?? 0);
  const byName = (values: Float64Array) => Object.fromEntries(graph.names.map((name, task) => [name, values[task]]));
  return {
    ...{ tasks: found.tasks.map((task) => graph.names[task]), totalS: found.totalS },
    ...{ ranksS: byName(found.ranksS), slacksS: byName(found.slacksS) },
  };
}

test('the longest chain decides, through what others bring along, and says what the others may take longer', () => {
  const needs: Need[] = [
    ['c/d-1', 'build', 'c/c-1'],
    // d waits for b too, which comes along with c.
    ['c/c-1', 'run', 'c/b-1'],
    ['c/b-1', 'build', 'c/a-1'],
    ['c/f-1', 'build', 'c/e-1'],
  ];
  const found = pathOf(needs, { 'c/a-1': 10, 'c/b-1': 20, 'c/c-1': 5, 'c/d-1': 40, 'c/e-1': 7 });

  expect(found.tasks).toEqual(['c/a-1', 'c/b-1', 'c/d-1']);
  expect(found.totalS).toBe(70);
  expect(found.ranksS).toMatchObject({ 'c/a-1': 70, 'c/b-1': 60, 'c/c-1': 45, 'c/d-1': 40, 'c/e-1': 7 });
  expect(found.slacksS).toMatchObject({ 'c/a-1': 0, 'c/b-1': 0, 'c/c-1': 25, 'c/d-1': 0, 'c/e-1': 63 });
});

test('what is built already takes no time and is not on the path', () => {
  const needs: Need[] = [
    ['c/b-1', 'build', 'c/a-1'],
    ['c/c-1', 'build', 'c/b-1'],
  ];

  expect(pathOf(needs, { 'c/b-1': 3, 'c/c-1': 4 }).tasks).toEqual(['c/b-1', 'c/c-1']);
  expect(pathOf(needs, {})).toMatchObject({ tasks: [], totalS: 0 });
});

const place = fc.nat(NAMES.length - 1);
const someNeeds = fc.array(
  fc.tuple(place, fc.constantFrom('build' as const, 'run' as const), place).map(([from, type, to]): Need => {
    return [NAMES[Math.max(from, to)] as string, type, NAMES[Math.min(from, to)] as string];
  }),
  { maxLength: 20 },
);

test('each on the path waits for the one before it, and together they are the whole', () => {
  const durations = fc.array(fc.integer({ min: 1, max: 99 }), { minLength: NAMES.length, maxLength: NAMES.length });
  fc.assert(
    fc.property(someNeeds, durations, (needs, given) => {
      const seconds = Object.fromEntries(NAMES.map((name, at) => [name, given[at] as number]));
      const found = pathOf(needs, seconds);
      const graph = planGraph(planOf(NAMES, needs));

      for (const [at, name] of found.tasks.slice(1).entries())
        expect(buildClosure(graph, name as string)).toContain(found.tasks[at]);
      expect(found.tasks.reduce((sum, name) => sum + (seconds[name as string] as number), 0)).toBe(found.totalS);
      for (const name of found.tasks) expect(found.slacksS[name as string]).toBe(0);
      for (const name of NAMES) expect(found.slacksS[name]).toBeGreaterThanOrEqual(0);
    }),
  );
});
