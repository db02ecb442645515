import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, expect, test } from 'vitest';
import { DEFAULT_POLICY as POLICY } from '../../src/core/policy.ts';
import { type ControlPlaneWorld, controlPlaneWorld } from '../../src/testing/control-plane-world.ts';

const worlds: ControlPlaneWorld[] = [];

afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close();
});

async function setup(policy: Parameters<typeof controlPlaneWorld>[0] = {}): Promise<ControlPlaneWorld> {
  const world = await controlPlaneWorld({ retryBackoffMs: 0, ...policy });
  worlds.push(world);
  return world;
}

/** An agent of the previous generation: it knows no attempts and says nothing of its builds. */
async function joinOld(world: ControlPlaneWorld, id: string, more: object = {}): Promise<void> {
  const answer = await world.post('/api/v1/register', { id, name: id, capabilities: { cores: 4 }, ...more });
  expect(answer.status).toBe(200);
}

const control = (world: ControlPlaneWorld, action: string, more: object = {}) =>
  world.post('/api/v1/control', { action, ...more });
const queueUp = (world: ControlPlaneWorld, ...packages: string[]) => world.post('/api/v1/queue', { packages });
const askOld = async (world: ControlPlaneWorld, id: string) => (await world.get(`/api/v1/work?id=${id}`)).body;
const failOld = (world: ControlPlaneWorld, id: string, name: string, status = 'failed') =>
  world.post('/api/v1/complete', { id, package: name, status, error_detail: 'compile phase' });
const events = async (world: ControlPlaneWorld) =>
  (await world.get<{ events: { type: string; message: string; details: object }[] }>('/api/v1/events')).body.events;
const states = async (world: ControlPlaneWorld) =>
  Object.fromEntries((await world.queue()).map((row) => [row.package, row.status]));

test('every action says who did it and from where', async () => {
  const world = await setup();
  await joinOld(world, 'anvil');
  await queueUp(world, '=virtual/a-1');

  for (const action of ['pause', 'resume', 'unground', 'reset', 'rebalance', 'expect_portage_timestamp']) {
    expect(await control(world, action)).toMatchObject({ status: 200 });
  }
  await world.post('/api/v1/nodes/anvil/pause', {});
  await world.remove('/api/v1/nodes/anvil');

  const audited = (await events(world)).filter((event) => event.type === 'control');
  expect(audited).toHaveLength(8);
  for (const event of audited) expect(event.details).toMatchObject({ by: 'anyone', role: 'admin', from: '127.0.0.1' });
});

test('rebalance takes back what is not being built, tells old agents, and stops nothing that is named as running', async () => {
  const world = await setup();
  await joinOld(world, 'old');
  await world.join('new');
  await queueUp(world, '=virtual/a-1', '=virtual/b-1');
  const first = await askOld(world, 'old');
  const { attempt, package: running } = await world.ask('new');
  await world.join('new', { running: [{ attempt, package: running, phase: 'compile', elapsed_s: 1 }] });

  const answer = await control(world, 'rebalance');

  expect(answer.body).toEqual({ status: 'ok', reclaimed: 1 });
  expect(await states(world)).toEqual({ [String(first['package'])]: 'needed', [String(running)]: 'delegated' });
  await control(world, 'pause');
  expect(await askOld(world, 'old')).toMatchObject({ package: null, revoke: [first['package']] });
});

test('an agent that is given the same package again is not told to drop it', async () => {
  const world = await setup();
  await joinOld(world, 'old');
  await queueUp(world, '=virtual/a-1');
  await askOld(world, 'old');
  await control(world, 'optimize');

  const again = await askOld(world, 'old');

  expect(again['package']).toBe('=virtual/a-1');
  expect(again).not.toHaveProperty('revoke');
});

test('reset starts everything anew that is not received, and reports of before are not believed', async () => {
  const world = await setup();
  for (const id of ['anvil', 'bellows']) await joinOld(world, id);
  await queueUp(world, '=virtual/a-1', '=virtual/b-1', '=virtual/c-1');
  await askOld(world, 'anvil');
  await world.post('/api/v1/complete', { id: 'anvil', package: '=virtual/a-1', status: 'success' });
  const held = await askOld(world, 'anvil');

  expect((await control(world, 'reset')).body).toEqual({ status: 'reset', affected: 2 });

  expect(await states(world)).toEqual({
    '=virtual/a-1': 'received',
    '=virtual/b-1': 'needed',
    '=virtual/c-1': 'needed',
  });
  const late = await world.post('/api/v1/complete', {
    id: 'anvil',
    attempt: held['attempt'],
    package: held['package'],
    status: 'success',
  });
  expect(late.body).toMatchObject({ accepted: false, stale: true });
});

test('after unblocking, drones that failed a package may try it again', async () => {
  const world = await setup();
  for (const id of ['anvil', 'bellows']) await joinOld(world, id);
  await queueUp(world, '=dev-libs/a-1');
  for (const id of ['anvil', 'bellows']) {
    expect((await askOld(world, id))['package']).toBe('=dev-libs/a-1');
    await failOld(world, id, '=dev-libs/a-1');
  }
  expect(await states(world)).toEqual({ '=dev-libs/a-1': 'blocked' });

  expect((await control(world, 'retry_failures')).body).toEqual({ status: 'ok', requeued: 1 });

  expect((await askOld(world, 'anvil'))['package']).toBe('=dev-libs/a-1');
});

test('a blocked package is tried again by itself some times, and then waits for somebody', async () => {
  const world = await setup({ failuresToBlock: 1, ageingsAllowed: 2 });
  await joinOld(world, 'anvil');
  await queueUp(world, '=dev-libs/a-1');
  const failOnce = async () => {
    await joinOld(world, 'anvil');
    await askOld(world, 'anvil');
    await failOld(world, 'anvil', '=dev-libs/a-1');
    world.clock.advance(POLICY.ageBlockedAfterMs + 1000);
    await world.plane().reconcile();
  };

  await failOnce();
  expect(await states(world)).toEqual({ '=dev-libs/a-1': 'needed' });
  await failOnce();
  expect(await states(world)).toEqual({ '=dev-libs/a-1': 'needed' });
  await failOnce();
  expect(await states(world)).toEqual({ '=dev-libs/a-1': 'blocked' });
  expect((await control(world, 'unblock')).body).toEqual({ status: 'ok', unblocked: 1 });
});

test('a drone whose infrastructure fails again and again is grounded, and ungrounded by hand or in time', async () => {
  const world = await setup({ infrastructureFailuresToBlock: 99 });
  await joinOld(world, 'anvil');
  await queueUp(world, '=dev-libs/a-1');
  for (let count = 0; count < POLICY.failuresToGround; count += 1) {
    await askOld(world, 'anvil');
    await failOld(world, 'anvil', '=dev-libs/a-1', 'upload_failed');
    world.clock.advance(10_000);
    await joinOld(world, 'anvil');
  }

  expect(await askOld(world, 'anvil')).toMatchObject({ package: null });
  await world.plane().reconcile();
  world.clock.advance(1000);
  expect(await askOld(world, 'anvil')).toMatchObject({ reason: expect.stringMatching(/^this drone is grounded for/) });
  const { body } = await world.get<{ drones: object[] }>('/api/v1/drone-health');
  expect(body.drones[0]).toMatchObject({ name: 'anvil', failures: 8, rebooted: 0, grounded_until: expect.any(Number) });

  expect((await control(world, 'unground', { drone_id: 'anvil' })).body).toEqual({ status: 'ok', ungrounded: 1 });
  world.clock.advance(POLICY.retryBackoffCapMs);
  await joinOld(world, 'anvil');
  expect((await askOld(world, 'anvil'))['package']).toBe('=dev-libs/a-1');
  expect((await control(world, 'unground', { drone_id: 'nobody' })).status).toBe(404);
});

test('a removed drone is forgotten, what it built is needed again, and its history stays', async () => {
  const world = await setup();
  await joinOld(world, 'anvil');
  await queueUp(world, '=virtual/a-1', '=virtual/b-1');
  await askOld(world, 'anvil');
  await world.post('/api/v1/complete', { id: 'anvil', package: '=virtual/a-1', status: 'success' });
  await askOld(world, 'anvil');

  expect(await world.remove('/api/v1/nodes/anvil')).toEqual({ status: 200, body: { status: 'deleted', id: 'anvil' } });

  expect((await world.get('/api/v1/nodes?all=true')).body).toEqual([]);
  expect(await states(world)).toEqual({ '=virtual/a-1': 'received', '=virtual/b-1': 'needed' });
  const { body } = await world.get<{ history: object[] }>('/api/v1/history');
  expect(body.history[0]).toMatchObject({ drone_name: 'anvil', status: 'success' });
  expect((await world.remove('/api/v1/nodes/anvil')).status).toBe(404);
  await joinOld(world, 'anvil');
  expect((await askOld(world, 'anvil'))['package']).toBe('=virtual/b-1');
});

test('an aborted session gives up what it needs, takes back what is built, and is not revived', async () => {
  const world = await setup();
  await joinOld(world, 'anvil');
  const { body: queued } = await queueUp(world, '=virtual/a-1', '=virtual/b-1');
  await askOld(world, 'anvil');

  const answer = await world.post(`/api/v1/sessions/${String(queued['session_id'])}/abort`, {});

  expect(answer.body).toMatchObject({ status: 'aborted', given_up: 2 });
  await control(world, 'clear_failures');
  const { body } = await world.get<{ sessions: object[] }>('/api/v1/sessions');
  expect(body.sessions[0]).toMatchObject({ status: 'aborted', failed_packages: 2, completed_packages: 0 });
  expect(await askOld(world, 'anvil')).toMatchObject({ package: null });
  expect((await world.post(`/api/v1/sessions/${String(queued['session_id'])}/abort`, {})).status).toBe(409);
  expect((await world.post('/api/v1/sessions/none/abort', {})).status).toBe(404);
});

test('a silent drone is stale, then offline, and is listed as such', async () => {
  const world = await setup();
  await joinOld(world, 'anvil');
  const statusAfter = async (ms: number) => {
    world.clock.advance(ms);
    await world.plane().reconcile();
    const { body } = await world.get<{ status: string; online: boolean }[]>('/api/v1/nodes?all=true');
    return body.map((node) => [node.status, node.online]);
  };

  expect(await statusAfter(POLICY.offlineAfterMs)).toEqual([['online', true]]);
  expect(await statusAfter(1)).toEqual([['stale', false]]);
  expect(await statusAfter(POLICY.staleUntilMs)).toEqual([['offline', false]]);
  expect((await world.get('/api/v1/nodes')).body).toEqual([]);
});

test('the expected tree is shown, can be taken back, and never stops a drone that does not report one', async () => {
  const world = await setup();
  await joinOld(world, 'silent');
  await joinOld(world, 'behind', { capabilities: { cores: 4, portage_timestamp: '2026-02-09T00:00:00Z' } });
  await world.post('/api/v1/queue', { packages: ['=virtual/a-1'], portage_timestamp: '2026-02-10T00:00:00Z' });

  expect(await askOld(world, 'behind')).toEqual({
    action: 'sync_portage',
    expected_timestamp: '2026-02-10T00:00:00Z',
  });
  expect((await world.get('/api/v1/status')).body).toMatchObject({
    expected_portage_timestamp: '2026-02-10T00:00:00Z',
  });
  expect((await askOld(world, 'silent'))['package']).toBe('=virtual/a-1');
  await control(world, 'expect_portage_timestamp');
  expect(await askOld(world, 'behind')).toMatchObject({ package: null });
});

test('the queue comes in pages in its order, with its length beside it', async () => {
  const world = await setup();
  await joinOld(world, 'anvil');
  await queueUp(world, ...Array.from({ length: 25 }, (_, index) => `=virtual/p-${index}`));
  await askOld(world, 'anvil');

  const whole = (await world.queue()).map((row) => row.package);
  const pages: string[] = [];
  for (let offset = 0; offset < 25; offset += 10) {
    const { body } = await world.get<{ package: string }[]>(`/api/v1/queue?limit=10&offset=${offset}`);
    pages.push(...body.map((row) => row.package));
  }

  expect(whole[0]).toBe('=virtual/p-0');
  expect(pages).toEqual(whole);
  const answer = await world.plane().app.inject('/api/v1/queue?limit=1&status=needed');
  expect(answer.headers['x-total-count']).toBe('24');
});

test('what was tried is counted by package and by drone without being counted', async () => {
  const world = await setup();
  for (const id of ['anvil', 'bellows']) await joinOld(world, id);
  await queueUp(world, '=dev-libs/a-1', '=virtual/b-1');
  await askOld(world, 'anvil');
  await failOld(world, 'anvil', '=dev-libs/a-1');
  await askOld(world, 'bellows');
  await failOld(world, 'bellows', '=dev-libs/a-1');
  await askOld(world, 'anvil');
  await world.post('/api/v1/complete', {
    id: 'anvil',
    package: '=virtual/b-1',
    status: 'success',
    build_duration_s: 12.34,
  });

  const { body: stats } = await world.get<{ packages: object[] }>('/api/v1/build-stats/by-package');
  const { body: history } = await world.get<{ stats: object }>('/api/v1/history');

  expect(stats.packages).toMatchObject([
    { package: '=dev-libs/a-1', attempts: 2, successes: 0, tried_on: 'anvil,bellows' },
    { package: '=virtual/b-1', attempts: 1, successes: 1, tried_on: 'anvil' },
  ]);
  expect(history.stats).toMatchObject({
    total_builds: 3,
    successful: 1,
    failed: 2,
    success_rate: 33.3,
    avg_duration_s: 12.3,
    per_drone: [
      { drone_name: 'anvil', total: 2, success: 1, success_rate: 50 },
      { drone_name: 'bellows', total: 1, success: 0, success_rate: 0 },
    ],
  });
});

test('what a drone gave back goes to another drone, and back to it only when there is no other', async () => {
  const world = await setup();
  for (const id of ['anvil', 'bellows']) await joinOld(world, id);
  await queueUp(world, '=virtual/a-1');
  await askOld(world, 'anvil');
  await failOld(world, 'anvil', '=virtual/a-1', 'returned');

  expect(await askOld(world, 'anvil')).toMatchObject({ package: null });
  await world.post('/api/v1/nodes/bellows/pause', {});
  expect(await askOld(world, 'anvil')).toMatchObject({ package: '=virtual/a-1' });
});

test('a session that is taken up again says so', async () => {
  const world = await setup({ failuresToBlock: 1 });
  await joinOld(world, 'anvil');
  await queueUp(world, '=dev-libs/a-1');
  await askOld(world, 'anvil');
  await failOld(world, 'anvil', '=dev-libs/a-1');
  await world.plane().reconcile();

  await control(world, 'unblock');

  const told = (await events(world)).filter((event) => event.type === 'session').map((event) => event.message);
  expect(told).toHaveLength(2);
  expect(told[1]).toMatch(/ is active again$/);
});

test('who asks for events after a number that there is not is told to begin again', async () => {
  const world = await setup();
  await control(world, 'pause');

  const { body } = await world.get<{ events: object[]; latest_id: number; resync?: boolean }>(
    '/api/v1/events?since=99',
  );

  expect(body).toMatchObject({ latest_id: 1, resync: true, events: [{ id: 1 }] });
});

test('while another program holds the database, writes are refused with a sentence and reads go on', async () => {
  const world = await setup();
  await queueUp(world, '=virtual/a-1');
  const other = new Database(join(world.dir, 'swarm.db'));
  other.exec('BEGIN IMMEDIATE');

  const refused = await control(world, 'pause');
  const read = await world.get('/api/v1/queue');
  other.exec('ROLLBACK');
  other.close();

  expect(refused).toMatchObject({ status: 503, body: { error: expect.stringContaining('locked') as string } });
  expect(read.status).toBe(200);
  expect(await control(world, 'pause')).toMatchObject({ status: 200 });
});

test.each([
  ['evil.example:8100', 403],
  ['192.0.2.7:8100', 200],
  ['anvil:8100', 200],
  ['[fd00::1]:8100', 200],
  ['swarm.lan', 200],
])('without tokens a page that says it is ours on %s is answered %i', async (host, status) => {
  const world = await setup();

  const { statusCode } = await world.plane().app.inject({
    method: 'POST',
    url: '/api/v1/control',
    headers: { host, origin: `http://${host}` },
    payload: { action: 'pause' },
  });

  expect(statusCode).toBe(status);
});
