import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Plan } from './plan.ts';
import { buildClosure, planGraph } from './readiness.ts';
import { waitersFor } from './stuck-chain.ts';

type Edge = readonly [from: string, type: 'build' | 'run', to: string];

function graphOf(cpvs: readonly string[], edges: readonly Edge[]) {
  const node = { slot: '0', subslot: '0', repo: 'r', type: 'ebuild', operation: 'merge', use: [], iuse: [] } as const;
  const plan: Plan = {
    nodes: cpvs.map((cpv) => ({ cpv, ...node })),
    edges: edges.map(([from, type, to]) => ({ from, to, types: [type], atoms: [] })),
    merge_order: [...cpvs],
  };
  return planGraph(plan);
}

test('the chain leads from a package that waits, by what it waits for, to the root', () => {
  const graph = graphOf(
    ['root', 'tool', 'lib', 'app', 'other'],
    [
      ['tool', 'run', 'root'],
      ['lib', 'build', 'tool'],
      ['app', 'build', 'lib'],
    ],
  );

  const { cpvs, chain } = waitersFor(graph, 'root');

  // The tool itself can be built: it only cannot be installed.
  expect(cpvs.toSorted()).toEqual(['app', 'lib']);
  expect(chain).toEqual(['app', 'lib', 'root']);
});

test('who waits is who has it in its build closure, or in that of somebody who waits', () => {
  const names = Array.from({ length: 8 }, (_, index) => `p${index}`);
  const edge = fc.tuple(fc.constantFrom(...names), fc.constantFrom('build', 'run'), fc.constantFrom(...names));
  fc.assert(
    fc.property(fc.array(edge as fc.Arbitrary<Edge>, { maxLength: 20 }), (edges) => {
      const graph = graphOf(names, edges);
      const waiting = new Set(['p0']);
      for (let size = 0; size !== waiting.size; ) {
        size = waiting.size;
        for (const name of names)
          if ([...buildClosure(graph, name)].some((need) => waiting.has(need))) waiting.add(name);
      }
      waiting.delete('p0');

      const { cpvs, chain } = waitersFor(graph, 'p0');

      expect(cpvs.toSorted()).toEqual([...waiting].sort());
      expect(chain.at(-1)).toBe('p0');
    }),
  );
});
