import { expect, onTestFinished, test } from 'vitest';
import { type ControlPlaneWorld, controlPlaneWorld } from '../../src/testing/control-plane-world.ts';
import { type Need, planOf } from '../../src/testing/plans.ts';
import { packageOf } from './forged-package.ts';

/** In the order of Portage: the plugin of the library is built with a tool that is built with the library. */
const NAMES = ['app-misc/data-1', 'app-misc/library-1', 'app-misc/tool-1', 'app-misc/plugin-1', 'app-misc/user-1'];
const CIRCLE: Need[] = [
  ['app-misc/library-1', 'run', 'app-misc/data-1'],
  ['app-misc/library-1', 'post', 'app-misc/plugin-1'],
  ['app-misc/tool-1', 'build', 'app-misc/library-1'],
  ['app-misc/plugin-1', 'build', 'app-misc/tool-1'],
  ['app-misc/user-1', 'build', 'app-misc/library-1'],
];

async function setup(): Promise<ControlPlaneWorld> {
  const world = await controlPlaneWorld();
  onTestFinished(() => world.close());
  await world.join('anvil');
  return world;
}

async function build(world: ControlPlaneWorld) {
  const { attempt = 0, package: name, build: order } = await world.ask('anvil');
  if (!name) return undefined;
  await world.upload('anvil', attempt, await packageOf(name.replace(/^=app-misc\/(.*)-1$/, '$1')));
  await world.report('anvil', attempt, name);
  return order;
}

test('a circle that closes after the fact is built in the order of the plan, and drones are told what to leave out', async () => {
  const world = await setup();
  await world.queuePlan(planOf(NAMES, CIRCLE));

  const orders = [];
  for (let order = await build(world); order !== undefined; order = await build(world)) orders.push(order);

  const told = Object.fromEntries(
    orders.map(({ atom, ...each }) => [atom, [each.dependencies, each.dependencies_alone]]),
  );
  expect(told).toEqual({
    '=app-misc/data-1': [[], undefined],
    '=app-misc/library-1': [[], undefined],
    '=app-misc/tool-1': [['=app-misc/data-1', '=app-misc/library-1'], true],
    '=app-misc/plugin-1': [['=app-misc/tool-1'], undefined],
    '=app-misc/user-1': [['=app-misc/library-1', '=app-misc/plugin-1'], undefined],
  });
  expect(orders.slice(2).map(({ atom }) => atom)).toEqual([
    '=app-misc/tool-1',
    '=app-misc/plugin-1',
    '=app-misc/user-1',
  ]);
});

test('packages that no order can begin with are blocked at once, each with the circle, and what waits for them is stuck', async () => {
  const world = await setup();
  const names = ['app-misc/a-1', 'app-misc/b-1', 'app-misc/c-1', 'app-misc/d-1'];
  await world.queuePlan(
    planOf(names, [
      ['app-misc/a-1', 'build', 'app-misc/b-1'],
      ['app-misc/b-1', 'build', 'app-misc/a-1'],
      ['app-misc/c-1', 'build', 'app-misc/a-1'],
    ]),
  );

  const packages = await world.queue();
  const circular = { status: 'blocked', failure_class: 'circular' };
  const of = (name: string) => packages.find((each) => each.package === `=app-misc/${name}-1`);

  expect(of('a')).toMatchObject(circular);
  expect(of('b')).toMatchObject(circular);
  expect(of('c')).toMatchObject({ status: 'needed', waiting_on: ['app-misc/a-1 (blocked: circular)'] });
  const { body } = await world.get('/api/v1/explain?package=app-misc/b-1');
  expect(body).toMatchObject({ reason: 'blocked' });
  expect(JSON.stringify(body)).toContain('can only be built after each other: app-misc/a-1, app-misc/b-1');
  // All else is built.
  expect((await world.ask('anvil')).package).toBe('=app-misc/d-1');
});
