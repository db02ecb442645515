import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Plan } from '../plan.ts';
import { buildClosure, planGraph } from '../readiness.ts';
import { listedTasks, planTasks, type TaskGraph } from './task-graph.ts';
import { upwardRanksS } from './upward-rank.ts';

function plan(names: readonly string[], edges: readonly [from: string, to: string, type: 'build' | 'run'][]): Plan {
  const nodes = names.map(
    (cpv) =>
      ({
        cpv,
        slot: '0',
        subslot: '0',
        repo: 'gentoo',
        type: 'ebuild',
        operation: 'merge',
        use: [],
        iuse: [],
      }) as const,
  );
  return {
    nodes,
    edges: edges.map(([from, to, type]) => ({ from, to, types: [type], atoms: [] })),
    merge_order: names,
  };
}

/** For each package what must have been built before it, by following the arrows backwards. */
function needsIn(graph: TaskGraph): Map<string, Set<string>> {
  const needs = Array.from({ length: graph.nodeCount }, () => new Set<number>());
  for (const node of graph.order) {
    for (let at = graph.nextStart[node] as number; at < (graph.nextStart[node + 1] as number); at += 1) {
      const follower = needs[graph.next[at] as number] as Set<number>;
      for (const need of needs[node] as Set<number>) follower.add(need);
      if (node < graph.taskCount) follower.add(node);
    }
  }
  return new Map(
    graph.names.map((name, task) => [
      name,
      new Set([...(needs[task] as Set<number>)].map((need) => graph.names[need] as string)),
    ]),
  );
}

const NAMES = Array.from({ length: 12 }, (_, at) => `c/p${at}`);
const place = fc.nat(NAMES.length - 1);
const edges = fc.array(fc.tuple(place, place, fc.constantFrom('build' as const, 'run' as const)), { maxLength: 40 });

test('a package waits for the run-time closure of its build-time dependencies, and for what these wait for', () => {
  fc.assert(
    fc.property(edges, (drawn) => {
      // Build-time edges point backwards in the merge order: so run-time edges close all cycles.
      const named = drawn.flatMap(([from, to, type]) =>
        type === 'run' || to < from ? [[NAMES[from], NAMES[to], type] as [string, string, 'build' | 'run']] : [],
      );
      const graph = planGraph(plan(NAMES, named));
      const waits = needsIn(planTasks(graph));
      for (const name of NAMES) expect(waits.get(name)).toEqual(allBefore(name, graph));
    }),
    // p9 is built on p0, which brings along p10, which is built on p9.
    {
      examples: [
        [
          [
            [9, 0, 'build'],
            [0, 10, 'run'],
            [10, 9, 'build'],
          ],
        ],
      ],
    },
  );
});

function allBefore(name: string, graph: ReturnType<typeof planGraph>): Set<string> {
  const before = new Set<string>();
  const pending = [name];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const need of buildClosure(graph, next)) {
      if (before.has(need)) continue;
      before.add(need);
      pending.push(need);
    }
  }
  return before;
}

test('every arrow points forward in the order, whatever cycles the plan has', () => {
  fc.assert(
    fc.property(edges, (drawn) => {
      const named = drawn.map(
        ([from, to, type]) => [NAMES[from], NAMES[to], type] as [string, string, 'build' | 'run'],
      );
      const graph = planTasks(planGraph(plan(NAMES, named)));
      const places = new Map(Array.from(graph.order, (node, at) => [node, at]));

      expect(places.size).toBe(graph.nodeCount);
      for (let node = 0; node < graph.nodeCount; node += 1) {
        for (let at = graph.nextStart[node] as number; at < (graph.nextStart[node + 1] as number); at += 1) {
          expect(places.get(graph.next[at] as number)).toBeGreaterThan(places.get(node) as number);
        }
      }
    }),
  );
});

test('what is only brought along does not lengthen the chain of what comes with it', () => {
  // app needs lib to build; lib brings data along, which nothing but lib names.
  const graph = planTasks(
    planGraph(
      plan(
        ['c/data', 'c/lib', 'c/app'],
        [
          ['c/app', 'c/lib', 'build'],
          ['c/lib', 'c/data', 'run'],
        ],
      ),
    ),
  );

  const ranks = upwardRanksS(graph, () => 10);

  expect([...ranks.slice(0, 3)]).toEqual([20, 20, 10]);
});

test('the rank is the length of the longest chain', () => {
  const graph = listedTasks([
    { name: 'a', needs: [] },
    { name: 'b', needs: ['a'] },
    { name: 'c', needs: ['a'] },
    { name: 'd', needs: ['b', 'c'] },
  ]);
  const seconds = [1, 20, 3, 4];

  expect([...upwardRanksS(graph, (task) => seconds[task] as number)]).toEqual([25, 24, 7, 4]);
  expect([...graph.dependents]).toEqual([2, 1, 1, 0]);
});

test('what a package names and is not there does not hold it up', () => {
  const graph = listedTasks([{ name: 'a', needs: ['elsewhere', 'a'] }]);

  expect([...graph.needCounts]).toEqual([0]);
});
