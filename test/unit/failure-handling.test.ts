import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, expect, test } from 'vitest';
import { DEFAULT_POLICY as POLICY } from '../../src/core/policy.ts';
import { type ControlPlaneWorld, controlPlaneWorld } from '../../src/testing/control-plane-world.ts';
import { planOf } from '../../src/testing/plans.ts';
import { packageOf } from './forged-package.ts';

const LIB = 'app-misc/lib-1';
const APP = 'app-misc/app-1';
const CHAIN = planOf([LIB, APP], [[APP, 'build', LIB]]);

const worlds: ControlPlaneWorld[] = [];
afterEach(async () => {
  await Promise.all(worlds.splice(0).map((world) => world.close()));
});

const FLEET = ['anvil', 'bellows'] as const;
const CAPABILITIES = { cores: 8, slots: 1, attempts: true, ram_gb: 16 };

async function setup(policy: Parameters<typeof controlPlaneWorld>[0] = {}): Promise<ControlPlaneWorld> {
  const world = await controlPlaneWorld({ retryBackoffMs: 0, ...policy });
  worlds.push(world);
  await beat(world);
  return world;
}

async function beat(world: ControlPlaneWorld, running: Readonly<Record<string, object>> = {}): Promise<void> {
  for (const drone of FLEET)
    await world.join(drone, { capabilities: CAPABILITIES, running: running[drone] ? [running[drone]] : [] });
}

/** Whoever of the fleet is given the package. */
async function take(world: ControlPlaneWorld, cpv: string, drones: readonly string[] = FLEET) {
  for (const drone of drones) {
    const { attempt, package: granted, build } = await world.ask(drone);
    if (attempt === undefined || granted == null) continue;
    expect(granted).toBe(`=${cpv}`);
    return { drone, attempt, build };
  }
  throw new Error(`nobody was given ${cpv}: ${JSON.stringify(await world.queue())}`);
}

const PROVEN = {
  status: 'failed',
  failure_class: 'compile',
  confidence: 'certain',
  first_error: 'x.c:1: error: boom',
  first_error_line: 9,
};

async function failOnce(world: ControlPlaneWorld, cpv: string, more: object = PROVEN, drones?: readonly string[]) {
  const { drone, attempt } = await take(world, cpv, drones);
  return { drone, reply: await world.report(drone, attempt, `=${cpv}`, { ...more }) };
}

/** Two drones fail it in the same way, so that it is blocked and known to fail. */
async function failForGood(world: ControlPlaneWorld, cpv: string): Promise<void> {
  const { drone } = await failOnce(world, cpv);
  const { reply } = await failOnce(
    world,
    cpv,
    PROVEN,
    FLEET.filter((each) => each !== drone),
  );
  expect(reply).toMatchObject({ state: 'blocked' });
}

async function build(world: ControlPlaneWorld, cpv: string, bytes: Buffer): Promise<void> {
  const { drone, attempt } = await take(world, cpv);
  expect((await world.upload(drone, attempt, bytes)).status).toBe(200);
  expect(await world.report(drone, attempt, `=${cpv}`)).toMatchObject({ accepted: true });
}

const rows = async (world: ControlPlaneWorld) =>
  (await world.queue()).map(({ package: name, status, session_id }) => [session_id, name, status]);

function columns<T>(world: ControlPlaneWorld, sql: string): T[] {
  const database = new Database(join(world.dir, 'swarm.db'), { readonly: true });
  try {
    return database.prepare<[], T>(sql).all();
  } finally {
    database.close();
  }
}

type Told = { type: string; message: string; details: Record<string, unknown> };
const told = async (world: ControlPlaneWorld, type: string) =>
  (await world.get<{ events: Told[] }>('/api/v1/events')).body.events.filter((event) => event.type === type);

/** Minutes in which the drones beat and the reconciler looks. */
async function pass(world: ControlPlaneWorld, minutes: number): Promise<void> {
  for (let minute = 0; minute < minutes; minute += 1) {
    world.clock.advance(60_000);
    await beat(world);
    await world.plane().reconcile();
  }
}

test('a build that ran out of memory is tried with half the jobs, at once, and a new start still knows', async () => {
  const world = await setup();
  await world.queuePlan(CHAIN);
  await failOnce(world, LIB, { status: 'failed', failure_class: 'oom', peak_memory_mb: 15_500 });
  await world.restart();

  await world.database().store.settle(world.clock.now());
  expect(
    columns(world, "SELECT max_jobs, not_before, infrastructure_failures FROM queue WHERE cpv LIKE '%lib-1'"),
  ).toEqual([{ max_jobs: 4, not_before: null, infrastructure_failures: 0 }]);
  await world.post('/api/v1/control', { action: 'reset' });
  expect(columns(world, "SELECT max_jobs FROM queue WHERE cpv LIKE '%lib-1'")).toEqual([{ max_jobs: null }]);
});

test('the drone that is given it next is told so, also where all memory was not enough before', async () => {
  const world = await setup();
  await world.queuePlan(CHAIN);
  await failOnce(world, LIB, { status: 'failed', failure_class: 'oom', peak_memory_mb: 15_500 });

  expect((await take(world, LIB)).build).toMatchObject({ max_jobs: 4 });
});

test('what is proven to fail is not tried again for another session', async () => {
  const world = await setup();
  await world.queuePlan(CHAIN);
  await failForGood(world, LIB);

  const second = await world.queuePlan(CHAIN);

  expect(await rows(world)).toContainEqual([second.session_id, `=${LIB}`, 'blocked']);
  const [row] = (await world.queue()).filter(
    ({ session_id, status }) => session_id === second.session_id && status === 'blocked',
  );
  expect(row?.reason).toContain('compile, as on 2 drones with the same inputs');
  expect((await told(world, 'fail')).at(-1)?.message).toContain('blocked without another try');
  for (const drone of FLEET) expect((await world.ask(drone)).package ?? null).toBeNull();
});

test('what was guessed to fail is tried again', async () => {
  const world = await setup();
  await world.queuePlan(CHAIN);
  for (let tries = 0; tries < 2; tries += 1) {
    await failOnce(world, LIB, { ...PROVEN, confidence: 'guess' }, tries === 0 ? ['anvil'] : ['bellows']);
  }

  await world.queuePlan(CHAIN);

  expect(await take(world, LIB)).toMatchObject({ attempt: 3 });
});

test('when an operator wants it tried again, it is', async () => {
  const world = await setup();
  await world.queuePlan(CHAIN);
  await failForGood(world, LIB);

  await world.post('/api/v1/control', { action: 'retry_failures' });

  const { drone, attempt } = await take(world, LIB);
  await world.upload(drone, attempt, await packageOf('lib'));
  expect(await world.report(drone, attempt, `=${LIB}`)).toMatchObject({ accepted: true });
  expect(columns(world, 'SELECT recipe FROM failed_recipes')).toEqual([]);
});

test('a package that failed for good gets no other chance by itself, until what it is built from changes', async () => {
  const world = await setup();
  const first = await world.queuePlan(CHAIN);
  await build(world, LIB, await packageOf('lib'));
  await failForGood(world, APP);

  await pass(world, 2 + POLICY.ageBlockedAfterMs / 60_000);
  expect(await rows(world)).toContainEqual([first.session_id, `=${APP}`, 'blocked']);

  const database = new Database(join(world.dir, 'swarm.db'));
  database.prepare("UPDATE binpkgs SET sha256 = 'other' WHERE cpv = ?").run(LIB);
  database.close();
  await pass(world, 2 + POLICY.ageBlockedAfterMs / 60_000);

  expect(await rows(world)).toContainEqual([first.session_id, `=${APP}`, 'needed']);
});

test('a package is held back the moment it becomes ready', async () => {
  const world = await setup();
  const aborted = await world.queuePlan(CHAIN);
  const lib = await packageOf('lib');
  await build(world, LIB, lib);
  await failForGood(world, APP);
  await world.post(`/api/v1/sessions/${aborted.session_id}/abort`, {});
  // Its library is queued as needed again, since the file is gone, and comes back as the same file.
  const database = new Database(join(world.dir, 'swarm.db'));
  database.prepare('DELETE FROM binpkgs WHERE cpv = ?').run(LIB);
  database.close();
  await world.restart();
  await beat(world);
  const second = await world.queuePlan(CHAIN);
  expect(await rows(world)).toContainEqual([second.session_id, `=${APP}`, 'needed']);

  await build(world, LIB, lib);

  expect(await rows(world)).toContainEqual([second.session_id, `=${APP}`, 'blocked']);
});

test('a drone that fails what another builds is disabled, and judged anew once an operator resumes it', async () => {
  const world = await setup({ distinctDronesToBlock: 99 });
  const cpvs = Array.from({ length: 5 }, (_, index) => `app-misc/p${index}-1`);
  await world.queuePlan(planOf(cpvs));
  for (const cpv of cpvs) {
    const bad = await world.ask('anvil');
    expect(bad.package).toBeTruthy();
    await world.report('anvil', bad.attempt ?? 0, bad.package ?? '', { status: 'failed', failure_class: 'configure' });
    const good = await world.ask('bellows');
    const name = (good.package ?? '').replace(/^=app-misc\/|-1$/g, '');
    await world.upload('bellows', good.attempt ?? 0, await packageOf(name));
    await world.report('bellows', good.attempt ?? 0, good.package ?? '');
    world.clock.advance(1_000);
    expect(cpvs).toContain(cpv);
  }
  await beat(world);
  await pass(world, 1);

  const [event] = await told(world, 'disabled');
  expect(event?.message).toMatch(/^anvil disabled: it failed \d packages that other drones built; .*toolchain/);
  expect(columns(world, "SELECT paused FROM nodes WHERE name = 'anvil'")).toEqual([{ paused: 1 }]);
  expect(columns(world, "SELECT paused FROM nodes WHERE name = 'bellows'")).toEqual([{ paused: 0 }]);

  await world.post('/api/v1/nodes/anvil/resume', {});
  await pass(world, 3);

  expect(columns(world, "SELECT paused FROM nodes WHERE name = 'anvil'")).toEqual([{ paused: 0 }]);
  expect(await told(world, 'disabled')).toHaveLength(1);
});

test('a package that only a drone at fault failed is tried again when that drone is disabled', async () => {
  const world = await setup({ failuresToBlockAlone: 1 });
  await world.post('/api/v1/nodes/bellows/pause', {});
  await world.queuePlan(planOf([LIB]));
  expect(await failOnce(world, LIB, PROVEN, ['anvil'])).toMatchObject({ reply: { state: 'blocked' } });
  const others = Array.from({ length: 5 }, (_, index) => `app-misc/p${index}-1`);
  const at = world.clock.now() / 1000;
  const row = (cpv: string, drone: string, how: string) => `('=${cpv}', '${drone}', '${drone}', ${how}, ${at})`;
  const database = new Database(join(world.dir, 'swarm.db'));
  database.exec(`INSERT INTO build_history (package, drone_id, drone_name, status, failure_class, built_at) VALUES
    ${others.map((cpv) => `${row(cpv, 'anvil', "'failed', 'compile'")}, ${row(cpv, 'bellows', "'success', NULL")}`).join(', ')}`);
  database.close();
  await world.post('/api/v1/nodes/bellows/resume', {});
  await pass(world, 1);

  expect(await told(world, 'disabled')).toHaveLength(1);
  expect((await told(world, 'unblock')).at(-1)?.message).toContain('only drones that are at fault failed it');
  await take(world, LIB, ['bellows']);
});

test('a build without progress that its drone does not end is taken back, and one with progress never is', async () => {
  const world = await setup();
  await world.queuePlan(planOf([LIB, APP]));
  const [first, second] = [await world.ask('anvil'), await world.ask('bellows')];
  const limitS = POLICY.timeLimits.silentCapS + POLICY.silentGraceMs / 1000;
  const say = ({ attempt, package: name }: typeof first, idle_s: number) => ({
    ...{ attempt, package: name, phase: 'compile', elapsed_s: 4 * limitS, idle_s },
  });
  const states = async () => Object.fromEntries((await world.queue()).map((row) => [row.package, row.status]));
  const running = (idleS: number) => ({ anvil: say(first, idleS), bellows: say(second, 5) });

  world.clock.advance(31_000);
  await beat(world, running(limitS - 1));
  await world.plane().reconcile();
  expect(await states()).toEqual({ [`=${LIB}`]: 'delegated', [`=${APP}`]: 'delegated' });

  world.clock.advance(31_000);
  await beat(world, running(limitS + 1));
  await world.plane().reconcile();
  expect(await states()).toMatchObject({ [first.package ?? '']: 'needed', [second.package ?? '']: 'delegated' });

  const { body } = await world.post('/api/v1/register', {
    ...{ id: 'anvil', name: 'anvil', capabilities: CAPABILITIES, running: [say(first, limitS + 2)] },
  });
  expect(body).toMatchObject({ stop: [first.attempt] });
});

test('what is stuck is told once, kept where everybody can see it, and told to be over', async () => {
  const world = await setup({ cachesFailures: false });
  await world.queuePlan(CHAIN);
  await failForGood(world, LIB);
  await world.queuePlan(planOf(['app-misc/other-1']));
  for (const drone of FLEET) await world.post(`/api/v1/nodes/${drone}/pause`, {});

  await pass(world, 4);

  const { body } = await world.get<{ findings: { rule: string; says: string }[] }>('/api/v1/invariants');
  expect(body.findings.map(({ rule }) => rule).toSorted()).toEqual(['nobody_can_take', 'waits_for_failed']);
  expect(body.findings.find(({ rule }) => rule === 'waits_for_failed')).toMatchObject({
    says: expect.stringContaining(`1 package waits for ${LIB}, which is blocked`),
    details: { chain: [APP, LIB] },
  });
  expect(await told(world, 'stuck')).toHaveLength(2);

  for (const drone of FLEET) await world.post(`/api/v1/nodes/${drone}/resume`, {});
  await pass(world, 2);

  const over = (await told(world, 'stuck')).filter(({ details }) => details['is_over'] === true);
  expect(over.map(({ details }) => details['rule'])).toEqual(['nobody_can_take']);
  expect(await told(world, 'stuck')).toHaveLength(3);
});
