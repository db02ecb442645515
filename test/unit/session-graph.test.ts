import { expect, onTestFinished, test } from 'vitest';
import type { Api } from '../../src/contract/api.ts';
import type { ReplyOf } from '../../src/contract/endpoint.ts';
import { type ControlPlaneWorld, controlPlaneWorld } from '../../src/testing/control-plane-world.ts';
import { type Need, planOf } from '../../src/testing/plans.ts';
import { packageOf } from './forged-package.ts';

type Graph = ReplyOf<Api['sessionGraph']>;

const NAMES = ['app-misc/lib-1', 'app-misc/tool-1', 'app-misc/app-1', 'app-misc/alone-1'];
const NEEDS: Need[] = [
  ['app-misc/tool-1', 'build', 'app-misc/lib-1'],
  ['app-misc/app-1', 'build', 'app-misc/tool-1'],
  ['app-misc/app-1', 'run', 'app-misc/lib-1'],
];
const SECONDS: Readonly<Record<string, number>> = {
  ...{ 'app-misc/lib-1': 100, 'app-misc/tool-1': 60 },
  ...{ 'app-misc/app-1': 40, 'app-misc/alone-1': 150 },
};

async function setup(): Promise<{ world: ControlPlaneWorld; session: string }> {
  const world = await controlPlaneWorld();
  onTestFinished(() => world.close());
  await world.join('anvil');
  const plan = planOf(NAMES, NEEDS);
  const nodes = plan.nodes.map((node) => ({ ...node, expected_s: SECONDS[node.cpv] }));
  const { session_id: session } = await world.queuePlan({ ...plan, nodes });
  return { world, session: session ?? '' };
}

async function graphOf(world: ControlPlaneWorld, session: string, query = ''): Promise<Graph> {
  const { status, body } = await world.get<Graph>(`/api/v1/sessions/${session}/graph${query}`);
  expect(status).toBe(200);
  return body;
}

async function build(world: ControlPlaneWorld, seconds: number): Promise<string> {
  const { attempt = 0, package: name } = await world.ask('anvil');
  await world.upload('anvil', attempt, await packageOf(name?.replace(/^=app-misc\/(.*)-1$/, '$1') ?? ''));
  await world.report('anvil', attempt, name ?? '', { build_duration_s: seconds });
  return name ?? '';
}

const nodeOf = ({ nodes }: Graph, name: string) => nodes.find((each) => each.package === `=app-misc/${name}-1`);
const pathOf = (graph: Graph) =>
  graph.critical_path.packages.map((place) => graph.nodes[place]?.package.slice('=app-misc/'.length, -'-1'.length));

test('a plan is a graph with its longest chain, and what the others may take longer', async () => {
  const { world, session } = await setup();
  const graph = await graphOf(world, session);

  expect(graph).toMatchObject({ total: 4, has_plan: true, circles: [] });
  expect(graph.edges.map(({ from, to, types }) => `${from} ${types.join('+')} ${to}`)).toEqual([
    '1 build 0',
    '2 build 1',
    '2 run 0',
  ]);
  expect(pathOf(graph)).toEqual(['lib', 'tool', 'app']);
  expect(graph.critical_path.of).toBe('left');
  const sum = ['lib', 'tool', 'app'].reduce((total, name) => total + (nodeOf(graph, name)?.expected_s ?? 0), 0);
  expect(graph.critical_path.total_s).toBeCloseTo(sum, 0);
  expect(nodeOf(graph, 'lib')).toMatchObject({ state: 'needed', ready: true, source: 'given', slack_s: 0 });
  expect(nodeOf(graph, 'alone')).toMatchObject({ on_critical_path: false, circle: null });
  expect(nodeOf(graph, 'alone')?.slack_s).toBeCloseTo(sum - (nodeOf(graph, 'alone')?.expected_s ?? 0), 0);
});

test('what is received takes no time any more; at the end the path is that of the builds', async () => {
  const { world, session } = await setup();
  expect(await build(world, 90)).toBe('=app-misc/lib-1');
  await world.plane().reconcile();
  const half = await graphOf(world, session);

  expect(nodeOf(half, 'lib')).toMatchObject({ state: 'received', expected_s: 90, source: 'built', left_s: 0 });
  expect(nodeOf(half, 'lib')?.drone).toBe('anvil');
  expect(half.critical_path.of).toBe('left');
  expect(pathOf(half)).not.toContain('lib');

  for (let left = 3; left > 0; left -= 1) await build(world, 10);
  await world.plane().reconcile();
  const done = await graphOf(world, session);

  expect(done.critical_path).toMatchObject({ of: 'built', total_s: 110 });
  expect(pathOf(done)).toEqual(['lib', 'tool', 'app']);
});

test('a package is asked for with all around it, and of many those come first that decide the end', async () => {
  const { world, session } = await setup();

  const around = await graphOf(world, session, '?package=app-misc/tool-1');
  expect(around.nodes.map((each) => each.package)).toEqual(['=app-misc/lib-1', '=app-misc/tool-1', '=app-misc/app-1']);
  expect(around.total).toBe(4);

  const few = await graphOf(world, session, '?limit=2&package=app-misc/app-1');
  expect(few.nodes).toHaveLength(2);
  expect(nodeOf(few, 'app')).toBeDefined();
  for (const { from, to } of few.edges) expect(Math.max(from, to)).toBeLessThan(2);
});

test('circles are told of, and where they are broken', async () => {
  const world = await controlPlaneWorld();
  onTestFinished(() => world.close());
  const { session_id: session } = await world.queuePlan(
    planOf(NAMES, [
      ['app-misc/lib-1', 'post', 'app-misc/app-1'],
      ['app-misc/tool-1', 'build', 'app-misc/lib-1'],
      ['app-misc/app-1', 'build', 'app-misc/tool-1'],
    ]),
  );
  const graph = await graphOf(world, session ?? '');

  expect(graph.circles).toEqual([{ kind: 'ordered', packages: [0, 1, 2] }]);
  expect(graph.edges.filter(({ cut }) => cut)).toEqual([{ from: 0, to: 2, types: ['run'], cut: true }]);
  expect(nodeOf(graph, 'tool')?.circle).toBe(0);
});

test('a list without a plan has no edges; what there is not is not found', async () => {
  const world = await controlPlaneWorld();
  onTestFinished(() => world.close());
  await world.post('/api/v1/queue', { packages: ['app-misc/one', 'app-misc/two'], session_name: 'a list' });

  const graph = await graphOf(world, 'a%20list');
  expect(graph).toMatchObject({ has_plan: false, total: 2, edges: [] });
  expect(graph.nodes.map((each) => each.source)).toEqual(['unknown', 'unknown']);
  expect(await world.get('/api/v1/sessions/absent/graph')).toMatchObject({ status: 404 });
  expect(await world.get('/api/v1/sessions/a%20list/graph?package=no/such-1')).toMatchObject({ status: 404 });
});
