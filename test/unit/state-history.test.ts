import fc from 'fast-check';
import { expect, test } from 'vitest';
import { makePruneStates } from '../../src/adapters/sqlite/prune-states.ts';
import { type ControlPlaneWorld, controlPlaneWorld } from '../../src/testing/control-plane-world.ts';
import { planOf } from '../../src/testing/plans.ts';
import { packageOf } from './forged-package.ts';

const DRONES = ['anvil', 'bellows', 'sweeper-1'] as const;
const NAMES = ['base', 'tool', 'lib', 'app'] as const;
const PLAN = planOf(
  NAMES.map((name) => `app-misc/${name}-1`),
  [
    ['app-misc/tool-1', 'build', 'app-misc/base-1'],
    ['app-misc/app-1', 'build', 'app-misc/lib-1'],
  ],
);
const ACTIONS = ['pause', 'resume', 'unblock', 'retry_failures', 'clear_failures', 'unground', 'reset', 'rebalance'];

type Step =
  | { do: 'ask' | 'succeed' | 'fail' | 'crash' | 'beat' | 'change' | 'pause' | 'resume' | 'remove'; drone: string }
  | { do: 'queue'; name: string }
  | { do: 'control'; action: string }
  | { do: 'abort' | 'stale' | 'restart' | 'reconcile' }
  | { do: 'advance'; ms: number };

const drone = fc.constantFrom(...DRONES);
const step = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({ do: fc.constantFrom('ask', 'succeed', 'beat', 'ask', 'fail', 'crash'), drone }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('change', 'pause', 'resume', 'remove'), drone }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('queue'), name: fc.constantFrom(...NAMES) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('control'), action: fc.constantFrom(...ACTIONS) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('abort', 'stale', 'restart', 'reconcile') }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('advance'), ms: fc.integer({ min: 1, max: 200_000 }) }) },
) as fc.Arbitrary<Step>;

/** A drone that fails often enough to be grounded, is taken up again, and succeeds. */
const TROUBLE: Step[] = [
  ...Array.from({ length: 3 }).flatMap((): Step[] => [
    { do: 'ask', drone: 'anvil' },
    { do: 'crash', drone: 'anvil' },
    { do: 'advance', ms: 100_000 },
    { do: 'beat', drone: 'anvil' },
    { do: 'reconcile' },
  ]),
  { do: 'control', action: 'unground' },
  { do: 'control', action: 'reset' },
  { do: 'ask', drone: 'anvil' },
  { do: 'succeed', drone: 'anvil' },
  { do: 'restart' },
  { do: 'remove', drone: 'anvil' },
  { do: 'beat', drone: 'anvil' },
];

type Held = Map<string, { attempt: number; package: string }>;
type Moment = { at: number; status: Shown; nodes: Shown; queue: Shown[] };
type Shown = Record<string, unknown>;
type Snapshot = { timestamp: number; status: Shown; nodes: Shown; queue?: Shown[]; reason?: string };

test('the state of any earlier moment is told as it was told then, after restarts and pruning, too', async () => {
  const packages = new Map<string, Buffer>();
  for (const name of NAMES) packages.set(`=app-misc/${name}-1`, await packageOf(name));
  let compared = 0;

  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), fc.nat(), async (steps, choice) => {
      const world = await controlPlaneWorld({ failuresToBlock: 2, failuresToGround: 2 });
      try {
        const moments = await live(world, steps, packages);
        for (const moment of moments) await expectSame(world, moment);
        compared += moments.length;

        const kept = choice % moments.length;
        await prune(world, moments[kept]?.at ?? 0);
        for (const moment of moments.slice(kept)) await expectSame(world, moment);
      } finally {
        await world.close();
      }
    }),
    { numRuns: 4, endOnFailure: true, examples: [[TROUBLE, 3]] },
  );

  expect(compared).toBeGreaterThan(50);
}, 120_000);

/** Take the steps, and look at the swarm after each of them. */
async function live(world: ControlPlaneWorld, steps: readonly Step[], packages: ReadonlyMap<string, Buffer>) {
  const held: Held = new Map();
  const moments: Moment[] = [];
  for (const name of DRONES) await world.join(name);
  await world.queuePlan(PLAN);
  for (const each of steps) {
    world.clock.advance(500);
    await take(world, held, packages, each);
    moments.push({
      at: world.clock.now(),
      status: (await world.get('/api/v1/status')).body,
      nodes: (await world.get('/api/v1/nodes?format=legacy&all=true')).body,
      queue: (await world.get<Shown[]>('/api/v1/queue')).body,
    });
  }
  return moments;
}

async function take(world: ControlPlaneWorld, held: Held, packages: ReadonlyMap<string, Buffer>, each: Step) {
  switch (each.do) {
    case 'advance':
      return world.clock.advance(each.ms);
    case 'restart':
      return world.restart();
    case 'reconcile':
      return world.plane().reconcile();
    case 'queue':
      return world.post('/api/v1/queue', { packages: [`app-misc/${each.name}`] });
    case 'control':
      return world.post('/api/v1/control', { action: each.action });
    case 'abort':
      return abort(world);
    case 'stale':
      return world.post('/api/v1/complete', { id: 'anvil', attempt: 1, package: 'app-misc/base', status: 'failed' });
    case 'pause':
    case 'resume':
      return world.post(`/api/v1/nodes/${each.drone}/${each.do}`, {});
    case 'remove':
      return world.remove(`/api/v1/nodes/${each.drone}`);
    case 'ask':
    case 'succeed':
    case 'fail':
    case 'crash':
    case 'beat':
    case 'change':
      return takeAsDrone(world, held, packages, each);
  }
}

async function abort(world: ControlPlaneWorld) {
  const { body } = await world.get<{ session: { id: string } | null }>('/api/v1/status');
  if (body.session) await world.post(`/api/v1/sessions/${body.session.id}/abort`, {});
}

async function takeAsDrone(
  world: ControlPlaneWorld,
  held: Held,
  packages: ReadonlyMap<string, Buffer>,
  { do: what, drone: id }: { do: string; drone: string },
) {
  const job = held.get(id);
  const running = job ? [{ ...job, phase: 'compile', elapsed_s: 1 }] : [];
  if (what === 'beat') return world.join(id, { running, current_task: job?.package ?? null });
  if (what === 'change')
    return world.join(id, { running, version: '9', capabilities: { cores: 16, attempts: true, new: ['x'] } });
  if (what === 'ask') {
    const { attempt, package: granted } = await world.ask(id, job ? [job.attempt] : []);
    if (attempt !== undefined && granted != null) held.set(id, { attempt, package: granted });
    return;
  }
  if (!job) return;
  held.delete(id);
  if (what === 'succeed') await world.upload(id, job.attempt, packages.get(job.package) ?? Buffer.alloc(0));
  const status = what === 'succeed' ? 'success' : 'failed';
  const blame = what === 'crash' ? { failure_class: 'oom' } : {};
  return world.report(id, job.attempt, job.package, { status, build_duration_s: 12.5, ...blame });
}

async function expectSame(world: ControlPlaneWorld, moment: Moment): Promise<void> {
  const { status, body } = await world.get<Snapshot>(`/api/v1/protocol/snapshot?at=${moment.at / 1000}&queue=true`);
  expect({ status, error: (body as { error?: string }).error }).toEqual({ status: 200, error: undefined });
  expect(body.timestamp).toBe(moment.at / 1000);
  expect({
    status: comparable(body.status),
    nodes: comparable(body.nodes),
    queue: comparable((body.queue ?? []).map(withoutPast)),
  }).toEqual({
    status: comparable(moment.status),
    nodes: comparable(moment.nodes),
    queue: comparable(moment.queue.map(withoutPast)),
  });
}

/** What failed before is in the history only where it holds a package up. */
function withoutPast(row: Shown): Shown {
  if (row['status'] === 'blocked' || row['status'] === 'failed') return row;
  const { failures: _failures, failure_class: _class, reason: _reason, ...rest } = row;
  return rest;
}

/** Without what is only sampled: signs of life, metrics, and how far a build had come. */
function comparable(shown: Shown | Shown[]): unknown {
  const sampled = new Set(['last_seen', 'metrics', 'cpu_percent', 'ram_percent', 'elapsed_s', 'phase']);
  return JSON.parse(JSON.stringify(shown, (key, value: unknown) => (sampled.has(key) ? undefined : value)));
}

/** As the service does it, a little at a time. */
async function prune(world: ControlPlaneWorld, before: number): Promise<void> {
  const { connection, write } = world.database();
  const pruneStates = makePruneStates(connection, 3);
  while ((await write(() => pruneStates(before / 1000))) > 0);
}

test('of the time before the history nothing is told but that', async () => {
  const world = await controlPlaneWorld();
  const ask = async (at: string) => world.get<Snapshot>(`/api/v1/protocol/snapshot${at}`);
  try {
    expect((await ask('')).body).toMatchObject({ status: {}, nodes: {}, reason: expect.stringContaining('nothing') });

    await world.join('anvil');
    const came = world.clock.now() / 1000;
    world.clock.advance(60_000);

    expect((await ask(`?at=${came - 1}`)).body).toEqual({
      timestamp: came - 1,
      status: {},
      nodes: {},
      reason: expect.stringContaining(`before ${came}`),
    });
    expect((await ask(`?at=${came}`)).body.nodes).toMatchObject({ drones: [{ id: 'anvil', last_seen: came }] });
    expect((await ask(`?at=${came + 1e6}`)).body).toMatchObject({ timestamp: came + 1e6, status: { nodes: 1 } });
    for (const at of ['inf', 'Infinity', 'NaN', '1e999', 'yesterday']) {
      expect(await ask(`?at=${at}`)).toMatchObject({ status: 400, body: { error: expect.stringContaining('at') } });
    }
  } finally {
    await world.close();
  }
});

test('a heartbeat that tells nothing new leaves nothing in the history', async () => {
  const world = await controlPlaneWorld();
  const changes = () => world.database().connection.prepare('SELECT count(*) FROM node_changes').pluck().get();
  try {
    const running = (elapsed: number) => [{ attempt: 1, package: 'a/b', phase: 'compile', elapsed_s: elapsed }];
    await world.join('anvil', { running: running(1) });
    const before = changes();

    for (let beat = 2; beat < 20; beat += 1) {
      world.clock.advance(10_000);
      await world.join('anvil', { running: running(beat * 10), metrics: { cpu_percent: beat } });
    }
    expect(changes()).toBe(before);

    await world.join('anvil', { running: [] });
    expect(changes()).toBe(Number(before) + 1);
  } finally {
    await world.close();
  }
});
