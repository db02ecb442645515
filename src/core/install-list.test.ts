import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Need, planOf } from '../testing/plans.ts';
import { type InstallList, installList } from './install-list.ts';
import { buildClosure, type PlanGraph, planGraph, readiness } from './readiness.ts';

// The order is Portage's: the plugin of the library is merged when the tool is.
const ORDER = ['c/data-1', 'c/library-1', 'c/tool-1', 'c/plugin-1', 'c/user-1', 'c/other-1'];
const CIRCLE: readonly Need[] = [
  ['c/library-1', 'run', 'c/data-1'],
  ['c/library-1', 'post', 'c/plugin-1'],
  ['c/tool-1', 'build', 'c/library-1'],
  ['c/plugin-1', 'build', 'c/tool-1'],
  ['c/user-1', 'build', 'c/library-1'],
  ['c/other-1', 'build', 'c/data-1'],
];

test('where a plan has no circle the build-time dependencies are installed, which bring the rest along', () => {
  const graph = planGraph(
    planOf(
      ORDER,
      CIRCLE.filter(([from]) => from !== 'c/plugin-1'),
    ),
  );

  expect(installList(graph, 'c/tool-1')).toEqual({ cpvs: ['c/library-1'], isAlone: false });
});

test('what begins a circle has all but the later part listed, what is brought along first', () => {
  const graph = planGraph(planOf(ORDER, CIRCLE));

  expect(installList(graph, 'c/tool-1')).toEqual({ cpvs: ['c/data-1', 'c/library-1'], isAlone: true });
});

test('whoever comes after a circle names what may have been left out on the drone', () => {
  const graph = planGraph(planOf(ORDER, CIRCLE));

  expect(installList(graph, 'c/user-1')).toEqual({ cpvs: ['c/library-1', 'c/plugin-1'], isAlone: false });
  expect(installList(graph, 'c/other-1')).toEqual({ cpvs: ['c/data-1'], isAlone: false });
});

const NAMES = Array.from({ length: 10 }, (_, at) => `c/p${at}-1`);
const need = fc.tuple(
  fc.constantFrom(...NAMES),
  fc.constantFrom('build' as const, 'run' as const, 'post' as const),
  fc.constantFrom(...NAMES),
);

test('in whatever order one drone builds what is ready, it can install its build closure, and has it', () => {
  fc.assert(
    fc.property(fc.array(need, { maxLength: 30 }), fc.infiniteStream(fc.nat()), (drawn, chances) => {
      // Build-time needs point backwards, as in every order that Portage gives.
      const needs = drawn.filter(([from, type, to]) => type !== 'build' || from > to);
      const graph = planGraph(planOf(NAMES, needs));
      const available = new Set<string>();
      const installed = new Set<string>();
      while (available.size < NAMES.length) {
        const { isReady } = readiness(graph, available);
        const ready = NAMES.filter((name) => !available.has(name) && isReady(name));
        const cpv = ready[(chances.next().value ?? 0) % ready.length] as string;

        for (const each of emerged(graph, installList(graph, cpv), installed)) {
          expect(available).toContain(each);
          installed.add(each);
        }
        for (const each of buildClosure(graph, cpv)) expect(installed).toContain(each);
        available.add(cpv);
      }
    }),
  );
});

/** What emerge would install. It does not look into what is installed already. */
function emerged(graph: PlanGraph, { cpvs, isAlone }: InstallList, installed: ReadonlySet<string>): Set<string> {
  const isNew = (cpv: string) => !installed.has(cpv);
  const wanted = new Set(cpvs.filter(isNew));
  if (isAlone) return wanted;
  for (const each of wanted) for (const next of graph.runNeeds.get(each) ?? []) if (isNew(next)) wanted.add(next);
  return wanted;
}
