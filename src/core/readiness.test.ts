import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DependencyType, Plan, PlanEdge } from './plan.ts';
import { upwardRanks } from './rank.ts';
import { buildClosure, planGraph, readiness } from './readiness.ts';
import { WAITS_SHOWN, waits } from './waits.ts';

function plan(
  edges: readonly (readonly [from: string, type: DependencyType, to: string])[],
  tested: string[] = [],
): Plan {
  const names = [...new Set(edges.flatMap(([from, , to]) => [from, to]))];
  return {
    nodes: names.map((name) => ({
      cpv: name,
      slot: '0',
      subslot: '0',
      repo: 'r',
      type: 'ebuild',
      operation: 'merge',
      use: tested.includes(name) ? ['test'] : [],
      iuse: [],
    })),
    edges: edges.map(([from, type, to]): PlanEdge => ({ from, to, types: [type], atoms: [] })),
    merge_order: names,
  };
}

test('a package is ready when the run-time closure of its build-time dependencies is there', () => {
  const graph = planGraph(
    plan([
      ['app', 'build', 'fetch'],
      ['fetch', 'run', 'certs'],
      ['fetch', 'post', 'plugins'],
    ]),
  );

  expect(readiness(graph, new Set(['fetch', 'certs'])).isReady('app')).toBe(false);
  expect(waits(graph, new Set(['fetch', 'certs']), [])('app')).toEqual(['plugins']);
  expect(readiness(graph, new Set(['fetch', 'certs', 'plugins'])).isReady('app')).toBe(true);
});

test('what a package needs only at run time does not hold up its build', () => {
  const graph = planGraph(plan([['report', 'run', 'script']]));

  expect(readiness(graph, new Set()).isReady('report')).toBe(true);
});

test('members of a run-time cycle can each be built without the other, and are needed together', () => {
  const graph = planGraph(
    plan([
      ['ping', 'run', 'pong'],
      ['pong', 'run', 'ping'],
      ['suite', 'build', 'ping'],
    ]),
  );

  const nothingYet = readiness(graph, new Set());
  expect([nothingYet.isReady('ping'), nothingYet.isReady('pong')]).toEqual([true, true]);
  expect(waits(graph, new Set(['ping']), [])('suite')).toEqual(['pong']);
  expect(readiness(graph, new Set(['ping', 'pong'])).isReady('suite')).toBe(true);
});

test('members of a build-time cycle wait for each other', () => {
  const graph = planGraph(
    plan([
      ['a', 'build', 'b'],
      ['b', 'build-host', 'a'],
    ]),
  );

  expect(['a', 'b'].map(readiness(graph, new Set()).isReady)).toEqual([false, false]);
});

test('a package whose tests run needs what it needs at run time', () => {
  const edges = [['ctl', 'run', 'lib']] as const;

  expect(readiness(planGraph(plan(edges, ['ctl'])), new Set()).isReady('ctl')).toBe(false);
  expect(readiness(planGraph(plan(edges)), new Set()).isReady('ctl')).toBe(true);
});

const anyPlan = fc
  .array(
    fc.tuple(
      fc.integer({ min: 0, max: 11 }),
      fc.constantFrom<DependencyType>('build', 'run', 'post'),
      fc.integer({ min: 0, max: 11 }),
    ),
    {
      minLength: 1,
      maxLength: 40,
    },
  )
  .map((edges) => plan(edges.map(([from, type, to]) => [`p${from}`, type, `p${to}`] as const)));

test('the one-pass answer agrees with the closure it stands for, cycles included', () => {
  fc.assert(
    fc.property(anyPlan, fc.integer({ min: 0, max: 4095 }), (made, mask) => {
      const graph = planGraph(made);
      const available = new Set(graph.cpvs.filter((_, index) => (mask & (1 << index)) !== 0));
      const { isReady } = readiness(graph, available);

      for (const cpv of graph.cpvs) {
        expect(isReady(cpv)).toBe([...buildClosure(graph, cpv)].every((need) => available.has(need)));
      }
    }),
  );
});

test('building whatever is ready, one by one, ends with everything where no dependency forms a circle', () => {
  const noCircle = anyPlan.map((made) => ({ ...made, edges: made.edges.filter((edge) => edge.from > edge.to) }));
  fc.assert(
    fc.property(noCircle, (made) => {
      const graph = planGraph(made);
      const available = new Set<string>();
      for (let next: string | undefined = ''; next !== undefined; ) {
        const { isReady } = readiness(graph, available);
        next = graph.cpvs.find((cpv) => !available.has(cpv) && isReady(cpv));
        if (next !== undefined) available.add(next);
      }

      expect(available.size).toBe(graph.cpvs.length);
    }),
  );
});

test('a package ranks above everything that waits for it', () => {
  const graph = planGraph(
    plan([
      ['top', 'build', 'middle'],
      ['middle', 'build', 'base'],
      ['leaf', 'build', 'base'],
    ]),
  );

  const ranks = upwardRanks(graph);

  expect(Object.fromEntries(ranks)).toEqual({ base: 3, middle: 2, top: 1, leaf: 1 });
});

test('ranks weigh chains by duration and survive cycles', () => {
  const graph = planGraph(
    plan([
      ['a', 'run', 'b'],
      ['b', 'run', 'a'],
      ['slow', 'build', 'x'],
      ['quick', 'build', 'y'],
    ]),
  );

  const ranks = upwardRanks(graph, (cpv) => (cpv === 'slow' ? 100 : 1));

  expect(ranks.get('x')).toBe(101);
  expect(ranks.get('y')).toBe(2);
  expect([...ranks.keys()].toSorted()).toEqual([...graph.cpvs].toSorted());
});

test('of a long chain the nearest packages are named, and what is blocked at its far end', () => {
  const links = Array.from({ length: 1000 }, (_, index) => [`p${index}`, 'run', `p${index + 1}`] as const);
  const graph = planGraph(plan([['app', 'build', 'p0'], ...links]));

  const named = waits(graph, new Set(), ['p1000'])('app');

  expect(named).toHaveLength(WAITS_SHOWN);
  expect(named).toEqual(expect.arrayContaining(['p0', 'p1', 'p18', 'p1000']));
});
