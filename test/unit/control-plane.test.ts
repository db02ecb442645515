import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { parsePackagesIndex } from '../../src/portage/packages-index.ts';
import { type ControlPlaneWorld, controlPlaneWorld } from '../../src/testing/control-plane-world.ts';
import { planOf } from '../../src/testing/plans.ts';
import { fixtureBytes } from '../portage/fixture.ts';
import { FORGED_KEYS, forgeGpkg } from '../portage/forge.ts';

const worlds: ControlPlaneWorld[] = [];
afterEach(async () => {
  await Promise.all(worlds.splice(0).map((world) => world.close()));
});

async function setup(...parameters: Parameters<typeof controlPlaneWorld>): Promise<ControlPlaneWorld> {
  const world = await controlPlaneWorld(...parameters);
  worlds.push(world);
  return world;
}

/** A well-formed package of `app-misc/NAME-1`. */
function packageOf(name: string, keys: Record<string, string> = {}): Promise<Buffer> {
  return forgeGpkg({ directory: `${name}-1-1`, keys: { ...FORGED_KEYS, PF: `${name}-1`, ...keys } });
}

const LIB = 'app-misc/lib-1';
const APP = 'app-misc/app-1';

async function setupChain(): Promise<ControlPlaneWorld> {
  const world = await setup();
  await world.join('anvil');
  await world.join('bellows');
  await world.queuePlan(planOf([LIB, APP], [[APP, 'build', LIB]]));
  return world;
}

async function build(world: ControlPlaneWorld, drone: string, name: string): Promise<number> {
  const { attempt = 0, package: granted } = await world.ask(drone);
  expect(granted).toBe(`=app-misc/${name}-1`);
  expect((await world.upload(drone, attempt, await packageOf(name))).status).toBe(200);
  expect(await world.report(drone, attempt, `=app-misc/${name}-1`)).toMatchObject({ accepted: true });
  return attempt;
}

async function indexOf(world: ControlPlaneWorld) {
  return parsePackagesIndex(await readFile(join(world.dir, 'binhost', 'Packages'), 'utf8'));
}

function stateOf(queue: Awaited<ReturnType<ControlPlaneWorld['queue']>>, cpv: string) {
  return queue.find((row) => row.package === `=${cpv}`);
}

test('a dependent is handed out when what it needs is in the index, and is told what to install', async () => {
  const world = await setupChain();

  const first = await world.ask('anvil');
  const second = await world.ask('bellows');
  expect(first).toMatchObject({ package: `=${LIB}`, build: { dependencies: [] } });
  expect(second).toMatchObject({ package: null });
  expect(stateOf(await world.queue(), APP)).toMatchObject({ ready: false, waiting_on: [LIB] });

  const attempt = first.attempt ?? 0;
  await world.upload('anvil', attempt, await packageOf('lib'));
  expect((await indexOf(world)).packages).toEqual([]);
  await world.report('anvil', attempt, `=${LIB}`);

  expect((await indexOf(world)).packages.map((block) => block['CPV'])).toEqual([LIB]);
  expect(await world.ask('bellows')).toMatchObject({ package: `=${APP}`, build: { dependencies: [`=${LIB}`] } });
});

test('a finished session is completed with its counts', async () => {
  const world = await setupChain();
  await build(world, 'anvil', 'lib');
  await build(world, 'bellows', 'app');

  await world.plane().reconcile();

  const { body } = await world.get<{ sessions: Record<string, unknown>[] }>('/api/v1/sessions');
  expect(body.sessions).toMatchObject([
    { status: 'completed', total_packages: 2, completed_packages: 2, failed_packages: 0 },
  ]);
});

test('the answer is held back until there is work', async () => {
  const world = await setup();
  await world.join('anvil');

  const waiting = world.get('/api/v1/work?id=anvil&holding=&wait=30');
  await world.queuePlan(planOf([LIB]));

  expect((await waiting).body).toMatchObject({ package: `=${LIB}` });
});

test('a drone waits no longer than it said', async () => {
  const world = await setup();
  await world.join('anvil');
  const waiting = world.get('/api/v1/work?id=anvil&holding=&wait=30');
  while (world.clock.sleepers() === 0) await new Promise(setImmediate);

  world.clock.advance(30_000);

  expect((await waiting).body).toMatchObject({ package: null });
});

test.each<[string, (bytes: Buffer) => Buffer | Promise<Buffer>, RegExp]>([
  ['with a flipped byte', (bytes) => flipped(bytes), /Manifest|header|padding|checksum/],
  ['cut short', (bytes) => bytes.subarray(0, bytes.length - 700), /./],
  [
    'that is another package under the name',
    () => packageOf('other'),
    /it is app-misc\/other-1, planned was app-misc\/lib-1/,
  ],
  ['with another USE', () => packageOf('lib', { USE: 'amd64 small' }), /USE flag fast is off, planned was on/],
  ['of another slot', () => packageOf('lib', { SLOT: '2' }), /slot/],
])('an upload %s is refused with the reason, and the package is built again', async (_, spoil, reason) => {
  const world = await setupChain();
  const { attempt = 0 } = await world.ask('anvil');
  const spoilt = await spoil(await packageOf('lib'));

  const refused = await world.upload('anvil', attempt, spoilt);
  expect(refused.status).toBe(422);
  expect(refused.body['error']).toMatch(reason);
  expect(await world.report('anvil', attempt, `=${LIB}`)).toMatchObject({ accepted: false, state: 'needed' });

  world.clock.advance(60_000);
  await build(world, 'bellows', 'lib');
  expect((await indexOf(world)).packages.map((block) => block['CPV'])).toEqual([LIB]);
});

function flipped(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  const index = copy.indexOf('stands for the files') + 3;
  copy.writeUInt8(copy.readUInt8(index) ^ 1, index);
  return copy;
}

test('bytes that are not what the drone announced are refused as damaged on the way', async () => {
  const world = await setupChain();
  const { attempt = 0 } = await world.ask('anvil');

  const { status, body } = await world.upload('anvil', attempt, await packageOf('lib'), 'a'.repeat(64));

  expect(status).toBe(422);
  expect(body['error']).toContain('checksum differs');
});

test('nothing is believed from an attempt that was taken away, and the next one is', async () => {
  const world = await setupChain();
  const { attempt: ghost = 0 } = await world.ask('anvil');
  world.clock.advance(200_000);
  await world.plane().reconcile();
  await world.join('bellows');
  const { attempt: current = 0 } = await world.ask('bellows');
  expect(current).toBeGreaterThan(ghost);

  const bytes = await packageOf('lib');
  expect((await world.upload('anvil', ghost, bytes)).status).toBe(409);
  expect((await world.post(`/api/v1/attempts/${ghost}/log?id=anvil&offset=0`, 'line\n')).status).toBe(409);
  expect(await world.report('anvil', ghost, `=${LIB}`)).toMatchObject({ accepted: false, stale: true });
  expect(await world.report('anvil', current, `=${LIB}`)).toMatchObject({ accepted: false, stale: true });

  await world.upload('bellows', current, bytes);
  expect(await world.report('bellows', current, `=${LIB}`)).toMatchObject({ accepted: true });
  expect((await world.get('/api/v1/status')).body).toMatchObject({ received: 1, stale_reports: 2 });
});

test('a drone that names a lost attempt in its heartbeat is told to stop it', async () => {
  const world = await setupChain();
  const { attempt = 0 } = await world.ask('anvil');
  world.clock.advance(200_000);
  await world.plane().reconcile();

  const running = [{ attempt, package: `=${LIB}`, phase: 'compile', elapsed_s: 200 }];
  const { body } = await world.post('/api/v1/register', { id: 'anvil', name: 'anvil', running });

  expect(body).toMatchObject({ stop: [attempt] });
});

test('heartbeats that name the build keep it, however long it takes', async () => {
  const world = await setupChain();
  const { attempt = 0 } = await world.ask('anvil');
  const running = [{ attempt, package: `=${LIB}`, phase: 'compile', elapsed_s: 1 }];

  for (let minutes = 0; minutes < 300; minutes += 1) {
    world.clock.advance(60_000);
    await world.post('/api/v1/register', { id: 'anvil', name: 'anvil', running });
    await world.plane().reconcile();
  }

  expect(stateOf(await world.queue(), LIB)).toMatchObject({ status: 'delegated', attempt });
});

test('a restart at any moment continues where it was', async () => {
  const world = await setupChain();
  const { attempt = 0 } = await world.ask('anvil');
  await world.restart();
  expect((await world.upload('anvil', attempt, await packageOf('lib'))).status).toBe(200);
  await world.restart();
  expect(await world.report('anvil', attempt, `=${LIB}`)).toMatchObject({ accepted: true });
  await world.restart();

  expect((await indexOf(world)).packages.map((block) => block['CPV'])).toEqual([LIB]);
  expect(await world.ask('bellows')).toMatchObject({ package: `=${APP}` });
});

test('an index whose file is gone is not published after a restart', async () => {
  const world = await setupChain();
  await build(world, 'anvil', 'lib');
  const { packages } = await indexOf(world);
  const { rm } = await import('node:fs/promises');
  await rm(join(world.dir, 'binhost', packages[0]?.['PATH'] ?? ''));

  await world.restart();

  expect((await indexOf(world)).packages).toEqual([]);
});

test('every publication has a later timestamp, also within one second', async () => {
  const world = await setupChain();
  const stamps: number[] = [];
  for (const [drone, name] of [
    ['anvil', 'lib'],
    ['bellows', 'app'],
  ] as const) {
    await build(world, drone, name);
    stamps.push(Number((await indexOf(world)).header['TIMESTAMP']));
  }

  expect(stamps[1]).toBeGreaterThan(stamps[0] ?? Infinity);
});

test('a second session finds in the binhost what the first has built just so', async () => {
  const world = await setupChain();
  await build(world, 'anvil', 'lib');
  await build(world, 'bellows', 'app');
  const otherUse = planOf([APP]);

  const same = await world.queuePlan(planOf([LIB, APP], [[APP, 'build', LIB]]));
  const other = await world.queuePlan({
    ...otherUse,
    nodes: otherUse.nodes.map((node) => ({ ...node, use: ['small'] })),
  });

  expect(same).toMatchObject({ queued: 0, reused: 2 });
  expect(other).toMatchObject({ queued: 1, reused: 0 });
});

test('what Portage refused is queued as blocked with its reason, and is not unblocked by hand', async () => {
  const world = await setup();
  await world.join('anvil');
  const problem = {
    class: 'masked' as const,
    target: 'app-misc/secret',
    atoms: ['app-misc/secret'],
    message: 'all ebuilds of app-misc/secret are masked',
    advice: null,
    candidates: [],
    required_by: [],
  };

  expect(await world.queuePlan(planOf([LIB], [], [problem]))).toMatchObject({ queued: 1, refused: 1 });
  await world.post('/api/v1/control', { action: 'unblock' });

  const row = (await world.queue()).find((each) => each.package === 'app-misc/secret');
  expect(row).toMatchObject({
    status: 'blocked',
    failure_class: 'masked',
    reason: expect.stringContaining('masked') as string,
  });
});

test('dependents of a blocked package say what they wait for, and go on when it is unblocked', async () => {
  const world = await setupChain();
  for (const drone of ['anvil', 'bellows']) {
    const { attempt = 0 } = await world.ask(drone);
    await world.report(drone, attempt, `=${LIB}`, {
      status: 'failed',
      failure_class: 'compile',
      error_detail: 'error: no such thing',
    });
    world.clock.advance(10_000);
  }
  await world.plane().reconcile();
  expect(stateOf(await world.queue(), LIB)).toMatchObject({ status: 'blocked', failure_class: 'compile' });
  const { body: ended } = await world.get<{ sessions: { status: string; id: string }[] }>('/api/v1/sessions');
  expect(ended.sessions[0]?.status).toBe('completed');
  const { body: rows } = await world.get<Awaited<ReturnType<typeof world.queue>>>(
    `/api/v1/queue?session=${ended.sessions[0]?.id}`,
  );
  expect(stateOf(rows, APP)).toMatchObject({ status: 'needed', waiting_on: [`${LIB} (blocked: compile)`] });

  expect((await world.post('/api/v1/control', { action: 'unblock' })).body).toMatchObject({ unblocked: 1 });

  await build(world, 'anvil', 'lib');
  await build(world, 'bellows', 'app');
});

test('a log is kept once, whatever is sent twice, and gaps are named', async () => {
  const world = await setupChain();
  const { attempt = 0 } = await world.ask('anvil');
  const send = (offset: number, text: string) =>
    world.post(`/api/v1/attempts/${attempt}/log?id=anvil&offset=${offset}`, text);

  expect((await send(0, 'hello ')).body).toEqual({ next: 6 });
  expect((await send(3, 'lo world')).body).toEqual({ next: 11 });
  expect(await send(20, 'far away')).toMatchObject({ status: 409, body: { next: 11 } });

  const { body } = await world.plane().app.inject({ method: 'GET', url: `/api/v1/attempts/${attempt}/log` });
  expect(body).toBe('hello world');
});

test('uploads leave nothing behind that nobody wants', async () => {
  const world = await setupChain();
  const { attempt = 0 } = await world.ask('anvil');
  await world.upload('anvil', attempt, Buffer.from('not a package'));

  expect(await readdir(join(world.dir, 'staging'))).toEqual([]);
});

test('a reinstalled drone takes over its name when the old one is silent, not before', async () => {
  const world = await setup();
  await world.join('old', { name: 'anvil' });
  expect((await world.post('/api/v1/register', { id: 'new', name: 'anvil' })).status).toBe(409);

  world.clock.advance(60_000);
  await world.plane().reconcile();

  expect((await world.post('/api/v1/register', { id: 'new', name: 'anvil' })).status).toBe(200);
});

test('packages in the older format are taken as well', async () => {
  const world = await setup();
  await world.join('anvil');
  const plan = planOf(['app-misc/variants-1.0']);
  await world.queuePlan({ ...plan, nodes: plan.nodes.map((node) => ({ ...node, iuse: ['fast'] })) });
  const { attempt = 0 } = await world.ask('anvil');
  const bytes = fixtureBytes('packages/variants-1.0-1.xpak');

  const answer = await world.upload('anvil', attempt, bytes, undefined, 'xpak');
  await world.report('anvil', attempt, '=app-misc/variants-1.0');

  expect(answer.body).toMatchObject({ status: 'verified', cpv: 'app-misc/variants-1.0', build_id: 1 });
  expect((await indexOf(world)).packages.map((block) => block['PATH'])).toEqual([
    'app-misc/variants/variants-1.0-1.xpak',
  ]);
});
