import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { type ControlPlaneWorld, controlPlaneWorld } from '../../src/testing/control-plane-world.ts';
import { type Need, planOf } from '../../src/testing/plans.ts';
import { type Ran, run } from '../../src/testing/provisioning-world.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

type Listening = { readonly world: ControlPlaneWorld; readonly cli: (...args: string[]) => Promise<Ran> };

/** A chain of packages of which anvil builds the first, and the real program beside it. */
async function setup(): Promise<Listening> {
  const world = await controlPlaneWorld();
  onTestFinished(() => world.close());
  const { app } = world.plane();
  await app.listen({ host: '127.0.0.1', port: 0 });
  const env = {
    SWARMV3_URL: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`,
    XDG_DATA_HOME: world.dir,
    NO_COLOR: '1',
  };
  const cli = (...args: string[]) =>
    run(process.execPath, ['--import', 'tsx', 'src/cli/bin.ts', ...args], { cwd: ROOT, env });
  await world.join('anvil');
  await world.join('bellows');
  await world.queuePlan(
    planOf(
      ['app-misc/base-1', 'app-misc/library-1', 'app-misc/program-1'],
      [
        ['app-misc/program-1', 'build', 'app-misc/library-1'],
        ['app-misc/library-1', 'build', 'app-misc/base-1'],
      ],
    ),
  );
  await world.ask('anvil');
  world.clock.advance(10_000);
  return { world, cli };
}

test('explain says why a package waits and why a drone is idle, a sentence first, in 80 columns', async () => {
  const { cli } = await setup();

  const [ofPackage, ofDrone] = await Promise.all([cli('explain', 'app-misc/program'), cli('explain', 'bellows')]);

  expect([ofPackage.code, ofDrone.code]).toEqual([0, 0]);
  const [name, ...lines] = ofPackage.stdout.split('\n');
  expect(name).toMatch(/^=app-misc\/program-1 \(needed in session of /);
  expect(lines.join(' ')).toMatch(
    /^It waits for app-misc\/library-1, and in the end for app-misc\/base-1, which anvil has been building for 10 s/,
  );
  expect(ofPackage.stdout).toContain('\nWhat it waits for\n  app-misc/library-1');
  expect(ofDrone.stdout).toContain('bellows has nothing to do: no package is ready.\n');
  expect(ofDrone.stdout).toMatch(/What others wait for\n {2}=app-misc\/base-1 +anvil builds it +2 wait/);
  for (const line of `${ofPackage.stdout}\n${ofDrone.stdout}`.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});

test('of a long chain explain shows the beginning and the end', async () => {
  const { world, cli } = await setup();
  const names = Array.from({ length: 30 }, (_, at) => `app-long/p${at}-1`);
  const needs = names.slice(1).map((name, at): Need => [name, 'build', names[at] as string]);
  await world.queuePlan(planOf(names, needs));

  const { stdout } = await cli('explain', 'app-long/p29');

  const shown = stdout.slice(stdout.indexOf('What it waits for')).match(/app-long\/p\d+|and \d+ more/g);
  expect(shown).toEqual([
    ...[28, 27, 26, 25, 24, 23, 22, 21].map((at) => `app-long/p${at}`),
    'and 18 more',
    ...[2, 1, 0].map((at) => `app-long/p${at}`),
  ]);
});

test('explain --json prints the answer of the control plane, and what is not there is an error', async () => {
  const { cli } = await setup();

  const [asJson, absent] = await Promise.all([cli('explain', 'anvil', '--json'), cli('explain', 'app-misc/absent')]);

  expect(JSON.parse(asJson.stdout)).toMatchObject({ kind: 'drone', name: 'anvil', reason: 'full' });
  expect(absent).toMatchObject({ code: 1, stdout: '' });
  expect(absent.stderr).toContain('package: app-misc/absent was never queued');
});

test('queue prioritise bumps a package, or weighs a session', async () => {
  const { world, cli } = await setup();
  const { session_id: session = null } = (await world.queue())[0] ?? {};

  const [bumped, weighed] = await Promise.all([
    cli('queue', 'prioritise', 'app-misc/program', '--bump', '-3'),
    cli('queue', 'prioritise', '--session', session ?? '', '--weight', '2.5'),
  ]);

  expect([bumped.stdout.trim(), weighed.stdout.trim()]).toEqual([
    '1 package has priority -3',
    `Session ${session} has weight 2.5`,
  ]);
  expect((await world.queue()).filter(({ bump }) => bump === -3)).toMatchObject([{ package: '=app-misc/program-1' }]);
});

test('drone settings limits a drone, and shows what it has', async () => {
  const { cli } = await setup();

  const set = await cli('drone', 'settings', 'anvil', '--cores-limit', '2', '--labels', 'ssd, big');
  const freed = await cli('drone', 'settings', 'anvil', '--cores-limit', 'none');

  expect(set.stdout).toBe('anvil may use 2 cores\nLabels: big, ssd\n');
  expect(freed.stdout).toBe('anvil may use all of its cores\nLabels: big, ssd\n');
});

test.each([
  [['queue', 'prioritise'], 'name a package, or a session with --session'],
  [['queue', 'prioritise', 'a/b', '--bump', '101'], '--bump must be a whole number from -100 to 100'],
  [['queue', 'prioritise', 'a/b', '--weight', '2'], '--weight is for sessions'],
  [
    ['drone', 'settings', 'anvil', '--cores-limit', '0'],
    '--cores-limit must be a whole number from 1 to 99999, or none',
  ],
  [['explain'], "missing required argument 'package|drone'"],
  [['explain', ' '], 'name a package or a drone'],
  [['explain', 'anvil', '--session', 's-1'], '--session is for packages'],
])('%j is not understood', async (args, complaint) => {
  const { code, stderr } = await run(process.execPath, ['--import', 'tsx', 'src/cli/bin.ts', ...args], { cwd: ROOT });

  expect(stderr).toContain(complaint);
  expect(code).toBe(2);
});
