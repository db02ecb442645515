import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EXAMPLE_WORLD, makePlannerWorlds } from '../../test/planner/world.ts';
import type { Plan } from '../contract/plan.ts';
import { isBuildEdge, type PlanEdge, type PlanNode } from '../core/plan.ts';
import { makePlan, type PlanProgress } from './planner.ts';

const EXPECTED = JSON.parse(
  await readFile(new URL('../../test/fixtures/graph-expected.json', import.meta.url), 'utf8'),
) as { graphs: Record<string, Pick<Plan, 'success' | 'nodes' | 'edges' | 'merge_order' | 'circular'>> };

const { prepare, setup, discard } = makePlannerWorlds();
beforeAll(prepare);
afterAll(discard);

test.each([
  ['world', { targets: ['@world'] }, {}],
  ['world-installed-emptytree', { targets: ['@world'], options: ['--emptytree'] }, { isInstalled: true }],
  ['swarmctl-gui', { targets: ['app-misc/swarmctl'], options: ['--oneshot'] }, { settings: { USE: 'gui' } }],
  [
    'upgrade-swarmcore',
    { targets: ['@world'], options: ['--update', '--deep'] },
    { isInstalled: true, keywords: 'sys-libs/swarmcore ~amd64' },
  ],
  ['circular-build', { targets: ['app-broken/circ-a'], options: ['--oneshot'] }, {}],
] as const)('the graph %s is what Portage resolves', async (name, request, world) => {
  const host = await setup(world);

  const plan = await makePlan(host, request);

  const expected = graph(name);
  expect(plan.success).toBe(expected.success);
  expect(byCpv(plan.nodes.map(withoutDetails))).toEqual(byCpv(expected.nodes));
  expect(plan.edges).toEqual(expected.edges);
  expect(plan.circular).toEqual(expected.circular);
  expect(plan.merge_order.toSorted()).toEqual(expected.merge_order.toSorted());
  expect(misplaced(plan)).toEqual([]);
});

test('a node tells keywords, restrictions, EAPI and the size of its sources', async () => {
  const host = await setup();

  const plan = await makePlan(host, { targets: ['app-broken/nofetch-thing', 'app-misc/variants'] });

  expect(plan.nodes).toMatchObject([
    { cpv: 'app-broken/nofetch-thing-1.0', restrict: ['fetch'], keywords: ['amd64'], eapi: '8', size_bytes: 10240 },
    { cpv: 'app-misc/variants-1.0', restrict: [], properties: [], keywords: ['amd64'], eapi: '8', size_bytes: 0 },
  ]);
});

test('keep-going leaves out what cannot be had and plans all the rest', async () => {
  const host = await setup({ world: [...EXAMPLE_WORLD, 'app-broken/needs-masked', 'app-broken/needs-pretty'] });

  const plan = await makePlan(host, {
    targets: ['app-broken/masked-thing', '@world', '-1', 'app-broken/blocks-variants', 'app-broken/circ-b', 'nothing'],
    keepGoing: true,
  });

  expect(plan.success).toBe(false);
  expect(plan.problems.map((problem) => [problem.target, problem.class])).toEqual([
    ['app-broken/masked-thing', 'masked'],
    ['app-broken/needs-masked', 'masked'],
    ['app-broken/needs-pretty', 'use_change'],
    ['-1', 'bad_atom'],
    ['app-broken/blocks-variants', 'blocker'],
    ['app-broken/circ-b', 'circular'],
    ['nothing', 'missing'],
  ]);
  expect(byCpv(plan.nodes.map(withoutDetails))).toEqual(byCpv(graph('world').nodes));
  expect(plan.edges).toEqual(graph('world').edges);
  expect(plan.merge_order).toHaveLength(27);
  expect(misplaced(plan)).toEqual([]);
});

test('of two targets that exclude each other, keep-going keeps the one named first', async () => {
  const host = await setup();

  const plan = await makePlan(host, {
    targets: ['app-broken/wants-new', 'app-misc/variants', 'app-broken/wants-old'],
    keepGoing: true,
  });

  expect(plan.problems).toMatchObject([{ class: 'slot_conflict', target: 'app-broken/wants-old' }]);
  expect(plan.merge_order.toSorted()).toEqual([
    'app-broken/splitlib-2.0',
    'app-broken/wants-new-1.0',
    'app-misc/variants-1.0',
  ]);
});

test('a target that has an alternative is kept when the other choice turns out to be impossible', async () => {
  const host = await setup({
    repo: {
      'app-misc/chooser-1': 'RDEPEND="|| ( app-misc/hopeless app-misc/fine )"',
      'app-misc/certain-1': 'RDEPEND="app-misc/hopeless"',
      'app-misc/hopeless-1': 'RDEPEND="app-misc/nowhere"',
      'app-misc/fine-1': '',
    },
  });

  const plan = await makePlan(host, { targets: ['app-misc/chooser', 'app-misc/certain'], keepGoing: true });

  expect(plan.problems).toMatchObject([{ class: 'missing', target: 'app-misc/certain', atoms: ['app-misc/nowhere'] }]);
  expect(plan.merge_order).toEqual(['app-misc/fine-1', 'app-misc/chooser-1']);
});

test('a target whose newest version is impossible is kept with an older one, whatever else fails', async () => {
  const host = await setup({
    repo: {
      'app-misc/two-versions-1': '',
      'app-misc/two-versions-2': 'RDEPEND="app-misc/nowhere"',
      'app-misc/undecided-1': 'IUSE="a b"\nREQUIRED_USE="|| ( a b )"',
      'app-misc/needs-undecided-1': 'RDEPEND="app-misc/undecided"',
      'app-misc/broken-1': 'RDEPEND="|| ( app-misc/two-versions"',
    },
  });
  const targets = ['two-versions', 'needs-undecided', 'broken'].map((name) => `app-misc/${name}`);

  const plan = await makePlan(host, { targets, keepGoing: true });

  expect(plan.merge_order).toEqual(['app-misc/two-versions-1']);
  expect(plan.problems).toMatchObject([
    { class: 'required_use', target: 'app-misc/needs-undecided', atoms: ['app-misc/undecided'] },
    { class: 'masked', target: 'app-misc/broken', candidates: [{ cpv: 'app-misc/broken-1' }] },
  ]);
});

test('many targets with one fault in common cost no more resolutions than the depth of the fault', async () => {
  const names = Array.from({ length: 24 }, (_, at) => `app-misc/user${at}`);
  const users = Object.fromEntries(names.map((name) => [`${name}-1`, 'RDEPEND="app-misc/shared"']));
  const host = await setup({
    repo: { ...users, 'app-misc/shared-1': 'DEPEND="app-misc/nowhere"', 'app-misc/fine-1': '' },
  });
  const progress: PlanProgress[] = [];

  const plan = await makePlan(host, {
    targets: [...names, 'app-misc/fine'],
    keepGoing: true,
    onProgress: (step) => progress.push(step),
  });

  expect(plan.problems.map((problem) => problem.target)).toEqual(names);
  expect(plan.merge_order).toEqual(['app-misc/fine-1']);
  expect(progress.filter(({ step }) => step === 'resolving')).toHaveLength(2);
});

test('members of @world that are masked are named, and the graph still has the others', async () => {
  const host = await setup({ world: ['app-misc/variants', 'app-broken/testing-thing'] });

  const plan = await makePlan(host, { targets: ['@world'] });

  expect(plan.success).toBe(false);
  expect(plan.problems).toMatchObject([{ class: 'masked', target: 'app-broken/testing-thing' }]);
  expect(plan.merge_order).toContain('app-misc/variants-1.0');
});

function graph(name: string) {
  const expected = EXPECTED.graphs[name];
  if (expected === undefined) throw new Error(`there is no expected graph ${name}`);
  return expected;
}

function withoutDetails({ cpv, slot, subslot, repo, type, operation, use, iuse }: PlanNode): PlanNode {
  return { cpv, slot, subslot, repo, type, operation, use, iuse };
}

function byCpv(nodes: readonly PlanNode[]): PlanNode[] {
  return nodes.toSorted((a, b) => (a.cpv < b.cpv ? -1 : 1));
}

/** Edges against the merge order. PDEPEND and the example's one run-time circle may point forwards. */
function misplaced(plan: Plan): PlanEdge[] {
  const position = new Map(plan.merge_order.map((cpv, at) => [cpv, at]));
  return plan.edges.filter((edge) => {
    const [from, to] = [position.get(edge.from), position.get(edge.to)];
    const isCircle = edge.from.includes('-service-') && edge.to.includes('-service-');
    const matters = isBuildEdge(edge) || (edge.types.includes('run') && !isCircle);
    return matters && from !== undefined && to !== undefined && from < to;
  });
}
