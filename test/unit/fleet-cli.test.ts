import { expect, onTestFinished, test } from 'vitest';
import { control } from '../../src/cli/commands/control.ts';
import { drainDrone } from '../../src/cli/commands/drone-drain.ts';
import { droneList, droneRemove, droneShow, fleet, pauseDrone } from '../../src/cli/commands/fleet.ts';
import { history } from '../../src/cli/commands/history.ts';
import { planOf } from '../../src/testing/plans.ts';
import { type OperatorWorld, operatorWorld } from './operator-world.ts';

async function setup(): Promise<OperatorWorld> {
  const operator = await operatorWorld();
  onTestFinished(() => operator.world.close());
  return operator;
}

/** Two builds of anvil, and one that bellows failed. */
async function setupBuilt(): Promise<OperatorWorld> {
  const operator = await setup();
  await operator.chain('world', 'base', 'library', 'program');
  await operator.build('anvil', 10);
  await operator.build('anvil', 125);
  await operator.build('bellows', 3, { fails: true });
  return operator;
}

/** The same in every time zone. */
const timeless = (text: string) =>
  text.replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, 'YYYY-MM-DD hh:mm:ss').replace(/ \(\S+ \S+ ago\)/, ' (… ago)');

test('fleet lists the drones by name, offline ones too, in as many columns as there are', async () => {
  const { world, on } = await setup();
  await world.post('/api/v1/nodes/bellows/pause', {});
  const listed = async (width: number) => (await on((terminal) => fleet({}, terminal), width)).out;

  expect(await listed(60)).toMatchInlineSnapshot(`
    "
    === Drone Fleet ===

      Name     IP          Status  Type   Cores  RAM  Task
      ----------------------------------------------------
      anvil    192.0.2.21  online  drone  8      -    -
      bellows  192.0.2.22  paused  drone  4      -    -

      Total: 2 drones
      2 online, 0 offline
    "
  `);
  expect(await listed(80)).toMatchInlineSnapshot(`
    "
    === Drone Fleet ===

      Name     IP          Status  Type   Cores  RAM  Task
      ----------------------------------------------------
      anvil    192.0.2.21  online  drone  8      -    -
      bellows  192.0.2.22  paused  drone  4      -    -

      Total: 2 drones
      2 online, 0 offline
    "
  `);
  expect(await listed(120)).toMatchInlineSnapshot(`
    "
    === Drone Fleet ===

      Name     IP          Status  Type   Cores  RAM  Task
      ----------------------------------------------------
      anvil    192.0.2.21  online  drone  8      -    -
      bellows  192.0.2.22  paused  drone  4      -    -

      Total: 2 drones
      2 online, 0 offline
    "
  `);
});

test('a fleet of nobody says so, and --online leaves out who is not', async () => {
  const { world, on } = await setup();
  world.clock.advance(3_600_000);
  await world.plane().reconcile();
  await world.join('crucible');

  const online = await on((terminal) => fleet({ online: true, json: true }, terminal));
  for (const id of ['anvil', 'bellows', 'crucible']) await world.remove(`/api/v1/nodes/${id}`);

  expect(JSON.parse(online.out)).toMatchObject([{ name: 'crucible', online: true }]);
  expect((await on((terminal) => fleet({}, terminal))).out).toBe('\n=== Drone Fleet ===\n\n  No drones registered.\n');
});

test('drone list says how well they do, and drone show all about one', async () => {
  const { on } = await setupBuilt();

  const list = await on((terminal) => droneList({}, terminal), 80);
  const shown = await on((terminal) => droneShow('bellows', {}, terminal), 80);

  expect(list.out).toMatchInlineSnapshot(`
    "  Name     Status  Cores  Builds  CPU  RAM  Done  Failed  Labels  Remark
      ----------------------------------------------------------------------
      anvil    online      8       0  63%  41%     2       0  -       -
      bellows  online      4       0   0%   0%     0       1  -       -

      Total: 2 drones
      2 online, 0 offline
    "
  `);
  expect(timeless(shown.out)).toMatchInlineSnapshot(`
    "
    === Drone bellows ===

      Status:        online
      Id:            bellows
      Type:          drone
      Address:       192.0.2.22
      Version:       -
      Cores:         4
      Memory:        -
      Labels:        -
      Load:          CPU 0%, RAM 0%
      Last heard of: YYYY-MM-DD hh:mm:ss (… ago)
      Known since:   YYYY-MM-DD hh:mm:ss
      Builds:        0 done, 1 failed
      Failures:      0 in a row
    "
  `);
  await expect(on((terminal) => droneShow('nobody', {}, terminal))).rejects.toThrow(
    'there is no drone nobody; known are anvil, bellows',
  );
});

test('a drone is paused and resumed at once, and removed only when that is confirmed', async () => {
  const { world, on } = await setup();

  const paused = await on((terminal) => pauseDrone('anvil', true, {}, terminal));
  const resumed = await on((terminal) => pauseDrone('anvil', false, { json: true }, terminal));

  expect(paused.out).toBe('anvil paused');
  expect(JSON.parse(resumed.out)).toEqual({ status: 'resumed', name: 'anvil' });
  await expect(on((terminal) => droneRemove('anvil', {}, terminal))).rejects.toMatchObject({
    code: 'NOT_CONFIRMED',
    message: expect.stringMatching(/^This makes the control plane forget drone anvil; its history stays. It is online/),
  });
  expect((await on((terminal) => droneRemove('anvil', { yes: true }, terminal))).out).toBe('anvil removed');
  expect((await world.get<object[]>('/api/v1/nodes?all=true')).body).toMatchObject([{ name: 'bellows' }]);
});

test('a drone that is drained gets nothing more, and it is waited for what it builds', async () => {
  const { world, on } = await setup();
  await world.queuePlan(planOf(['app-misc/base-1']));
  await world.ask('anvil');
  await world.join('anvil', { running: [{ attempt: 1, package: '=app-misc/base-1', phase: 'compile', elapsed_s: 5 }] });

  const busy = await on((terminal) => drainDrone('anvil', { timeout: '0' }, terminal));
  await world.report('anvil', 1, '=app-misc/base-1', { status: 'success' });
  await world.join('anvil', { running: [] });
  const idle = await on((terminal) => drainDrone('anvil', { json: true }, terminal));

  expect(busy).toMatchObject({ status: 124, out: 'anvil paused, still building 1 package after 0s' });
  expect(idle.status).toBe(0);
  expect(JSON.parse(idle.out)).toMatchObject({ name: 'anvil', paused: true, running: [] });
  await expect(on((terminal) => drainDrone('anvil', { timeout: 'soon' }, terminal))).rejects.toThrow('--timeout');
});

test('history is the table of version 3.1, in as many columns as there are', async () => {
  const { on } = await setupBuilt();
  const shown = async (width: number) =>
    timeless((await on((terminal) => history({ limit: '50' }, terminal), width)).out);

  expect(await shown(60)).toMatchInlineSnapshot(`
    "
    === Build History ===

      Summary: 3 builds  (2 ok, 1 failed)  66.7% success  avg 1m 8s

      Package              Drone    Status            Duration
      --------------------------------------------------------
      =app-misc/program-1  bellows  failed (compile)  3.0s
      =app-misc/library-1  anvil    success           2m 5s
      =app-misc/base-1     anvil    success           10.0s

      Showing 3 entries
    "
  `);
  expect(await shown(80)).toMatchInlineSnapshot(`
    "
    === Build History ===

      Summary: 3 builds  (2 ok, 1 failed)  66.7% success  avg 1m 8s

      Time                 Package              Drone    Status            Duration
      -----------------------------------------------------------------------------
      YYYY-MM-DD hh:mm:ss  =app-misc/program-1  bellows  failed (compile)  3.0s
      YYYY-MM-DD hh:mm:ss  =app-misc/library-1  anvil    success           2m 5s
      YYYY-MM-DD hh:mm:ss  =app-misc/base-1     anvil    success           10.0s

      Showing 3 entries
    "
  `);
  expect(await shown(120)).toMatchInlineSnapshot(`
    "
    === Build History ===

      Summary: 3 builds  (2 ok, 1 failed)  66.7% success  avg 1m 8s

      Time                 Package              Drone    Status            Duration
      -----------------------------------------------------------------------------
      YYYY-MM-DD hh:mm:ss  =app-misc/program-1  bellows  failed (compile)  3.0s
      YYYY-MM-DD hh:mm:ss  =app-misc/library-1  anvil    success           2m 5s
      YYYY-MM-DD hh:mm:ss  =app-misc/base-1     anvil    success           10.0s

      Showing 3 entries
    "
  `);
});

test('history shows what its filters let through, with a summary of that', async () => {
  const { on, world } = await setupBuilt();
  const packages = async (flags: Partial<Parameters<typeof history>[0]>) => {
    const { out } = await on((terminal) => history({ limit: '50', json: true, ...flags }, terminal));
    return (JSON.parse(out) as { history: { package: string }[] }).history.map((build) => build.package);
  };

  expect(await packages({ drone: 'anvil' })).toEqual(['=app-misc/library-1', '=app-misc/base-1']);
  expect(await packages({ status: 'failed' })).toEqual(['=app-misc/program-1']);
  expect(await packages({ status: 'compile' })).toEqual(['=app-misc/program-1']);
  expect(await packages({ package: 'LIB' })).toEqual(['=app-misc/library-1']);
  expect(await packages({ session: 'world', limit: '1' })).toEqual(['=app-misc/program-1']);
  expect(await packages({ since: String(Math.floor(world.clock.now() / 1000) - 4) })).toEqual([
    '=app-misc/program-1',
    '=app-misc/library-1',
  ]);
  const { out } = await on((terminal) => history({ limit: '0', status: 'success' }, terminal));
  expect(out).toContain('  Summary: 2 builds  (2 ok, 0 failed)  100% success  avg 1m 8s');
});

test('an empty history says so, and a limit that is none is refused', async () => {
  const { on } = await setup();

  expect((await on((terminal) => history({ limit: '5' }, terminal))).out).toContain('  No build history yet.');
  await expect(on((terminal) => history({ limit: 'all' }, terminal))).rejects.toThrow(/--limit must be a whole number/);
});

test('control says what it did and how many that concerned, and scripts are not asked', async () => {
  const { world, on } = await setupBuilt();
  const said = async (action: string, target?: string) =>
    (await on((terminal) => control(action, target, {}, terminal))).out;

  expect(await said('pause')).toBe('Control: pause -> paused');
  expect(await said('resume')).toBe('Control: resume -> active');
  expect(await said('unblock', 'app-misc/other')).toBe('Control: unblock -> ok\n  unblocked: 0');
  expect(await said('unblock', 'app-misc/program')).toBe('Control: unblock -> ok\n  unblocked: 1');
  expect(await said('unground', 'anvil')).toBe('Control: unground -> ok\n  ungrounded: 0');
  expect(await said('rebalance')).toBe('Control: rebalance -> ok\n  reclaimed: 0');
  expect(await said('optimize')).toBe('Control: optimize -> ok\n  reclaimed: 0');
  expect(await said('clear_failures')).toBe('Control: clear_failures -> ok\n  cleared: 0');
  expect(await said('retry_failures')).toBe('Control: retry_failures -> ok\n  requeued: 0');
  expect(await said('prioritise', 'app-misc/program')).toBe('Control: prioritise -> ok\n  prioritised: 1');
  expect(await said('reset')).toBe('Control: reset -> reset\n  affected: 1');
  expect(await said('expect_portage_timestamp', '2026-11-23')).toBe('Control: expect_portage_timestamp -> ok');
  expect((await world.get('/api/v1/status')).body).toMatchObject({ expected_portage_timestamp: '2026-11-23' });
  await said('expect_portage_timestamp', 'none');
  expect((await world.get('/api/v1/status')).body).toMatchObject({ expected_portage_timestamp: null });
});

test('an action that there is not is answered with those that there are', async () => {
  const { on } = await setup();

  expect(await on((terminal) => control('bogus', undefined, {}, terminal))).toMatchObject({ status: 1, out: '' });
  await expect(on((terminal) => control('pause', 'anvil', {}, terminal))).rejects.toThrow('takes no target');
  await expect(on((terminal) => control('prioritise', undefined, {}, terminal))).rejects.toThrow('takes a package');
});
