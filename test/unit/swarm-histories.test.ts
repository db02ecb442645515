import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parsePackagesIndex } from '../../src/portage/packages-index.ts';
import { type ControlPlaneWorld, controlPlaneWorld } from '../../src/testing/control-plane-world.ts';
import { planOf } from '../../src/testing/plans.ts';
import { FORGED_KEYS, forgeGpkg } from '../portage/forge.ts';

const NAMES = ['base', 'tool', 'lib', 'ping', 'pong', 'app'] as const;
const PLAN = planOf(
  NAMES.map((name) => `app-misc/${name}-1`),
  [
    ['app-misc/tool-1', 'build', 'app-misc/base-1'],
    ['app-misc/lib-1', 'build', 'app-misc/base-1'],
    ['app-misc/lib-1', 'build-host', 'app-misc/tool-1'],
    ['app-misc/ping-1', 'run', 'app-misc/pong-1'],
    ['app-misc/pong-1', 'run', 'app-misc/ping-1'],
    ['app-misc/app-1', 'build', 'app-misc/lib-1'],
    ['app-misc/app-1', 'build', 'app-misc/ping-1'],
  ],
);
const DRONES = ['anvil', 'bellows', 'crucible'] as const;

const ACTIONS = [
  'pause',
  'resume',
  'unblock',
  'retry_failures',
  'clear_failures',
  'unground',
  'reset',
  'rebalance',
  'optimize',
] as const;

/** One that is tried otherwise, one that is remembered, one that waits, one that counts against the drone. */
const FAILURES = ['oom', 'compile', 'network', 'machine'] as const;

type Step =
  | { do: 'ask' | 'upload' | 'succeed' | 'return' | 'beat' | 'forget'; drone: (typeof DRONES)[number] }
  | { do: 'fail'; drone: (typeof DRONES)[number]; as: (typeof FAILURES)[number] }
  | { do: 'remove'; drone: (typeof DRONES)[number] }
  | { do: 'control'; action: (typeof ACTIONS)[number] }
  | { do: 'advance'; ms: number }
  | { do: 'restart' }
  | { do: 'reconcile' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constantFrom('ask', 'upload', 'succeed', 'beat'),
      drone: fc.constantFrom(...DRONES),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom('return', 'forget'), drone: fc.constantFrom(...DRONES) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('fail'),
      drone: fc.constantFrom(...DRONES),
      as: fc.constantFrom(...FAILURES),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('advance'), ms: fc.integer({ min: 100, max: 200_000 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('restart', 'reconcile') }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('control'), action: fc.constantFrom(...ACTIONS) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('remove'), drone: fc.constantFrom(...DRONES) }) },
) as fc.Arbitrary<Step>;

/** What a drone believes it holds; it may be long out of date. */
type Belief = { attempt: number; package: string };
type Drones = Map<string, Belief>;

test('whatever drones, operators, clock and crashes do, nothing is lost, built twice at once, or published twice', async () => {
  const packages = new Map<string, Buffer>();
  for (const name of NAMES) {
    packages.set(
      `=app-misc/${name}-1`,
      await forgeGpkg({ directory: `${name}-1-1`, keys: { ...FORGED_KEYS, PF: `${name}-1` } }),
    );
  }
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
      const world = await controlPlaneWorld({
        distinctDronesToBlock: 99,
        failuresToBlock: 99,
        failuresToBlockAlone: 99,
        infrastructureFailuresToBlock: 99,
      });
      try {
        for (const drone of DRONES) await world.join(drone);
        await world.queuePlan(PLAN);
        const drones: Drones = new Map();
        for (const each of steps) {
          await take(world, drones, packages, each);
          await expectSound(world);
        }
        await finish(world, packages);
      } finally {
        await world.close();
      }
    }),
    { numRuns: 20 },
  );
}, 60_000);

async function take(
  world: ControlPlaneWorld,
  drones: Drones,
  packages: ReadonlyMap<string, Buffer>,
  each: Step,
): Promise<void> {
  if (each.do === 'advance') return world.clock.advance(each.ms);
  if (each.do === 'restart') return world.restart();
  if (each.do === 'reconcile') return world.plane().reconcile();
  if (each.do === 'control') return expectOk(world.post('/api/v1/control', { action: each.action }));
  if (each.do === 'remove') return void (await world.remove(`/api/v1/nodes/${each.drone}`));
  const held = drones.get(each.drone);
  if (each.do === 'beat')
    return world.join(each.drone, { running: held ? [{ ...held, phase: 'compile', elapsed_s: 1 }] : [] });
  if (each.do === 'ask') {
    const { attempt, package: granted } = await world.ask(each.drone, held ? [held.attempt] : []);
    if (attempt !== undefined && granted != null) drones.set(each.drone, { attempt, package: granted });
    return;
  }
  if (!held) return;
  if (each.do === 'forget') return void drones.delete(each.drone);
  if (each.do === 'upload')
    return void (await world.upload(each.drone, held.attempt, packages.get(held.package) ?? Buffer.alloc(0)));
  const status = { succeed: 'success', fail: 'failed', return: 'returned' }[each.do];
  const failure = each.do === 'fail' ? { failure_class: each.as, confidence: 'certain', first_error: 'boom' } : {};
  await world.report(each.drone, held.attempt, held.package, { status, ...failure });
  drones.delete(each.drone);
}

async function expectOk(answer: Promise<{ status: number; body: unknown }>): Promise<void> {
  expect(await answer).toMatchObject({ status: 200 });
}

/** What must hold after every step, read from the database as an operator would. */
async function expectSound(world: ControlPlaneWorld): Promise<void> {
  await world.database().store.settle(world.clock.now());
  const database = new Database(join(world.dir, 'swarm.db'), { readonly: true });
  const all = <T>(sql: string) => database.prepare<[], T>(sql).all();
  const doubled = all("SELECT package FROM attempts WHERE state = 'running' GROUP BY package HAVING count(*) > 1");
  const orphaned = all(
    "SELECT a.id FROM attempts a WHERE a.state = 'running' AND NOT EXISTS (SELECT 1 FROM queue q WHERE q.attempt = a.id AND q.status = 'delegated')",
  );
  const unfounded = all(
    "SELECT q.package FROM queue q WHERE q.status = 'received' AND (SELECT count(*) FROM binpkgs b WHERE b.cpv = q.cpv AND b.state <> 'staged') <> 1",
  );
  const published = all<{ path: string }>("SELECT path FROM binpkgs WHERE state = 'published'").map((row) => row.path);
  const miscounted = all(
    `SELECT session_id, status, ready, sum(packages) AS difference FROM (
       SELECT session_id, status, ready, packages FROM queue_totals UNION ALL
       SELECT coalesce(session_id, ''), status, ready, -1 FROM queue)
     GROUP BY session_id, status, ready HAVING difference <> 0`,
  );
  const miscountedBuilds = all(
    `SELECT drone_name, sum(total) AS difference FROM (
       SELECT drone_name, total FROM build_totals WHERE session_id = '*' UNION ALL SELECT drone_name, -1 FROM build_history)
     GROUP BY drone_name HAVING difference <> 0`,
  );
  database.close();
  expect({ miscounted, miscountedBuilds }).toEqual({ miscounted: [], miscountedBuilds: [] });
  expect({ doubled, orphaned, unfounded }).toEqual({ doubled: [], orphaned: [], unfounded: [] });
  const index = parsePackagesIndex(await readFile(join(world.dir, 'binhost', 'Packages'), 'utf8'));
  expect(index.packages.map((block) => block['PATH']).toSorted((a = '', b = '') => a.localeCompare(b))).toEqual(
    published.toSorted((a, b) => a.localeCompare(b)),
  );
}

/** From wherever the history has led, well-behaved drones must be able to finish. */
async function finish(world: ControlPlaneWorld, packages: ReadonlyMap<string, Buffer>): Promise<void> {
  for (const action of ['resume', 'retry_failures']) await world.post('/api/v1/control', { action });
  for (const drone of DRONES) await world.post(`/api/v1/nodes/${drone}/resume`, {});
  for (let round = 0; round < 200; round += 1) {
    world.clock.advance(301_000);
    await world.plane().reconcile();
    for (const drone of DRONES) {
      await world.join(drone);
      const { attempt, package: granted } = await world.ask(drone);
      if (attempt === undefined || granted == null) continue;
      await world.upload(drone, attempt, packages.get(granted) ?? Buffer.alloc(0));
      await world.report(drone, attempt, granted);
    }
    const { body } = await world.get<{ received: number }>('/api/v1/status');
    if (body.received === NAMES.length) return;
  }
  expect(await world.queue()).toEqual('all received');
}
