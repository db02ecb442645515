import { expect, test } from 'vitest';
import { givenWorkload } from '../simulate/given.ts';
import { lastNeeds } from './last-needs.ts';
import { listedTasks } from './task-graph.ts';

const graph = listedTasks([
  { name: 'lib', needs: [] },
  { name: 'tool', needs: [] },
  { name: 'app', needs: ['lib', 'tool'] },
  { name: 'suite', needs: ['app', 'lib'] },
]);

test('whoever ended last of what a package needs is what it waited for', () => {
  const ends = [50, 20, 80, 90];

  expect([...lastNeeds(graph, (task) => ends[task] ?? Number.NaN)]).toEqual([-1, -1, 0, 2]);
});

test('what did not end in the run is waited for by nobody', () => {
  const ends = [Number.NaN, Number.NaN, 80];

  expect([...lastNeeds(graph, (task) => ends[task] ?? Number.NaN)]).toEqual([-1, -1, -1, 2]);
});

test('what comes along with a need is waited for too', () => {
  const { graph: planned } = givenWorkload(
    [
      { cpv: 'c/app-1', seconds: 1, build_deps: ['c/lib-1'] },
      { cpv: 'c/lib-1', seconds: 1, run_deps: ['c/data-1'] },
      { cpv: 'c/data-1', seconds: 1 },
    ],
    { spread: 0, groupOf: () => null },
  );
  const ends = planned.names.map((name) => ({ 'c/lib-1': 10, 'c/data-1': 30, 'c/app-1': 40 })[name] ?? Number.NaN);

  const last = lastNeeds(planned, (task) => ends[task] ?? Number.NaN);

  expect(planned.names[last[planned.names.indexOf('c/app-1')] ?? -1]).toBe('c/data-1');
});
