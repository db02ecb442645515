import { expect, onTestFinished, test } from 'vitest';
import type { Api } from '../../src/contract/api.ts';
import type { ReplyOf } from '../../src/contract/endpoint.ts';
import { type ControlPlaneWorld, controlPlaneWorld } from '../../src/testing/control-plane-world.ts';

type Audit = ReplyOf<Api['recordAudit']>;
type Check = Audit['checks'][number];

async function setup(): Promise<ControlPlaneWorld> {
  const world = await controlPlaneWorld();
  onTestFinished(() => world.close());
  return world;
}

function check(id: string, status: Check['status'], found = 'x'): Check {
  return { id, title: id, status, found, expected: 'x', advice: status === 'pass' ? null : 'mend it', details: [] };
}

const verdicts = { fail: 'non-compliant', warn: 'warnings', pass: 'compliant' } as const;

async function look(world: ControlPlaneWorld, drone: string, status: Check['status'], found?: string) {
  const body = {
    ...{ drone, drone_id: `id-of-${drone}`, address: '192.0.2.21', verdict: verdicts[status] },
    ...{ spec_version: 2, spec_updated: '2026-03-01', duration_s: 1.5, error: null },
    checks: [check('profile', 'pass'), check('services', status, found)],
  };
  return (await world.post<Audit>('/api/v1/audits', body)).body;
}

const unreachable = (world: ControlPlaneWorld, drone: string) =>
  world.post<Audit>('/api/v1/audits', { drone, address: '', verdict: 'unreachable', error: 'no route to host' });

const list = async (world: ControlPlaneWorld, query = '') =>
  (await world.get<ReplyOf<Api['audits']>>(`/api/v1/audits${query}`)).body.audits;

test('an audit is kept whole, with what drifted since somebody could look the last time', async () => {
  const world = await setup();

  const first = await look(world, 'anvil', 'pass');
  world.clock.advance(86_400_000);
  const { body: unseen } = await unreachable(world, 'anvil');
  const second = await look(world, 'anvil', 'fail', 'cronie is not installed');

  expect(first).toMatchObject({ verdict: 'compliant', pass: 2, warn: 0, fail: 0, drift: null, by: 'anyone' });
  expect(unseen).toMatchObject({ verdict: 'unreachable', error: 'no route to host', drift: null, spec_version: null });
  expect(second.drift).toEqual({
    since: first.at,
    changes: [{ id: 'services', title: 'services', from: 'pass', to: 'fail', found: 'cronie is not installed' }],
  });
  expect(await list(world)).toEqual([second, unseen, first]);
});

test('the list is of one drone, by name or id, of the newest of each, and page by page', async () => {
  const world = await setup();
  for (const drone of ['anvil', 'bellows', 'anvil']) await look(world, drone, 'pass');
  const names = async (query: string) => (await list(world, query)).map(({ id, drone }) => `${id} ${drone}`);

  expect(await names('')).toEqual(['3 anvil', '2 bellows', '1 anvil']);
  expect(await names('?latest=true')).toEqual(['3 anvil', '2 bellows']);
  expect(await names('?drone=anvil')).toEqual(['3 anvil', '1 anvil']);
  expect(await names('?drone=id-of-bellows')).toEqual(['2 bellows']);
  expect(await names('?limit=1')).toEqual(['3 anvil']);
  expect(await names('?before=3&limit=1')).toEqual(['2 bellows']);
});

test('a verdict that is not the last one is an event, and one that is the same is none', async () => {
  const world = await setup();
  await look(world, 'anvil', 'pass');
  await look(world, 'anvil', 'pass');
  await look(world, 'anvil', 'fail');
  await unreachable(world, 'anvil');

  const { events } = (await world.get<{ events: { message: string; type: string }[] }>('/api/v1/events?since=0')).body;

  expect(events.map(({ message }) => message).sort()).toEqual([
    'Audit of anvil: compliant',
    'Audit of anvil: non-compliant (was compliant): services',
    'Audit of anvil: unreachable (was non-compliant): no route to host',
  ]);
});

test('of each drone the newest two hundred are kept', async () => {
  const world = await setup();
  await look(world, 'bellows', 'pass');
  for (let round = 0; round < 205; round += 1) await look(world, 'anvil', 'pass');

  const kept = await list(world, '?limit=1000');

  expect(kept.filter(({ drone }) => drone === 'anvil')).toHaveLength(200);
  expect(kept.filter(({ drone }) => drone === 'bellows')).toHaveLength(1);
});

test('they are there after a restart', async () => {
  const world = await setup();
  const before = await look(world, 'anvil', 'warn');

  await world.restart();

  expect(await list(world)).toEqual([before]);
});

test.each([
  [{ verdict: 'unreachable' }, 'error: is said of drones that are unreachable'],
  [{ verdict: 'compliant', error: 'x' }, 'error: is said of drones that are unreachable'],
  [{ verdict: 'compliant', drone: 'a; id' }, 'drone: must be'],
  [{ verdict: 'compliant', checks: [{ id: 'x' }] }, 'checks'],
])('%j is refused', async (more, complaint) => {
  const world = await setup();

  const { status, body } = await world.post('/api/v1/audits', { drone: 'anvil', address: '', ...more });

  expect(status).toBe(400);
  expect(body['error']).toContain(complaint);
});
