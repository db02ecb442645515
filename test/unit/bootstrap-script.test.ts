import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { treeOf } from '../../src/testing/gentoo-root.ts';
import {
  bootstrapScript,
  type ProvisioningWorld,
  provisioningWorld,
  run,
} from '../../src/testing/provisioning-world.ts';

async function setup(auth: 'token' | 'off' = 'token'): Promise<ProvisioningWorld> {
  const world = await provisioningWorld({ auth });
  onTestFinished(() => world.close());
  return world;
}

/** What every call needs; the credential comes by the environment unless it is given. */
function options({ url, root }: ProvisioningWorld, ...more: string[]): string[] {
  return ['--cp-url', url, '--root', root, '--prefix', '/srv/prefix', '--name', 'anvil', ...more];
}

/** Everything below the root, so that any change is seen. */
async function snapshot({ root }: ProvisioningWorld): Promise<string> {
  return (await treeOf(root)).join('\n');
}

describe('options', () => {
  let world: ProvisioningWorld;
  beforeAll(async () => {
    world = await provisioningWorld({ auth: 'off' });
  });
  afterAll(() => world.close());

  test.each([
    [[], 'Missing --cp-url'],
    [['--cp-url'], '--cp-url needs a value'],
    [['anvil'], 'Unknown option: anvil'],
    [['--cp-url', 'ftp://10.0.0.5'], '--cp-url must begin with http'],
    [['--cp-url', 'http://10.0.0.5/$(id)'], '--cp-url holds letters'],
    [['--cp-url', 'http://10.0.0.5:8100\nhttp://x'], '--cp-url holds letters'],
    [['--cp-url', 'http://10.0.0.5', '--name', 'x; id'], '--name must be'],
    [['--cp-url', 'http://10.0.0.5', '--name', '-x'], '--name must be'],
    [['--cp-url', 'http://10.0.0.5', '--name', ''], '--name must be'],
    [['--cp-url', 'http://10.0.0.5', '--name', 'x'.repeat(64)], '--name must have at most 63'],
    [['--cp-url', 'http://10.0.0.5', '--join-token', 'a b'], '--join-token holds'],
    [['--cp-url', 'http://10.0.0.5', '--root', 'srv'], '--root must be an absolute path'],
    [['--cp-url', 'http://10.0.0.5', '--gateway-url', '10.0.0.5'], '--gateway-url must begin with http'],
    [['--cp-url', 'http://10.0.0.5', '--join-token-file', '/nowhere'], '--join-token-file /nowhere cannot be read'],
    [['--cp-url', 'http://10.0.0.5', '--image', '/nowhere'], '--image /nowhere holds no drone.spec'],
  ])('%j is refused', async (given, complaint) => {
    const { code, stderr } = await world.bootstrap(given);

    expect(code).toBe(1);
    expect(stderr).toContain(`[ERROR] ${complaint}`);
  });

  test('half a script does nothing', async () => {
    const script = await bootstrapScript();
    const before = await snapshot(world);

    for (const share of [0.3, 0.6, 0.9, 0.99]) {
      await run('sh', ['-s', '--', ...options(world)], { input: script.slice(0, script.length * share) });
    }

    expect(await snapshot(world)).toBe(before);
  });

  test('a control plane that is not there is told before anything is changed', async () => {
    const before = await snapshot(world);

    const { code, stderr } = await world.bootstrap(['--cp-url', 'http://127.0.0.1:9', ...options(world).slice(2)]);

    expect(code).toBe(1);
    expect(stderr).toContain('http://127.0.0.1:9 does not answer as a control plane does');
    expect(await snapshot(world)).toBe(before);
  });
});

test('a drone is set up, and a second run changes nothing and says so', async () => {
  const world = await setup();
  const token = await world.joinToken();

  const first = await world.bootstrap(options(world, '--join-token', token));
  const after = await snapshot(world);
  const second = await world.bootstrap(options(world));

  expect(first).toMatchObject({ code: 0, stderr: '' });
  expect(first.stdout).toMatch(/\[OK\] anvil is a drone of http:\S+ \(\d+ change\(s\) made\)\n$/);
  expect(second).toMatchObject({ code: 0, stderr: '' });
  expect(second.stdout).toContain('[OK] nothing to change: anvil is a drone of');
  expect(await snapshot(world)).toBe(after);
});

test('what a drone needs lies where it is expected, and the credential is for its owner only', async () => {
  const world = await setup();

  await world.bootstrap(options(world), { BUILD_SWARM_JOIN_TOKEN: await world.joinToken() });

  expect(await world.fileIn('opt/build-swarm/lib/swarm-drone.mjs')).toBe('console.log("agent");\n');
  expect((await stat(join(world.root, 'opt/build-swarm/bin/swarm-drone'))).mode & 0o777).toBe(0o755);
  expect((await stat(join(world.root, 'etc/build-swarm/drone.token'))).mode & 0o777).toBe(0o600);
  const config = await world.fileIn('etc/build-swarm/drone.conf');
  expect(config).toContain(`\nGATEWAY_URL="${world.url}"\nNODE_NAME="anvil"\nDRONE_ID="`);
  expect(config).toContain('\nDRONE_PREFIX="/srv/prefix"\nDRONE_TOKEN_FILE="/etc/build-swarm/drone.token"\n');
});

test('the credential speaks for the drone of the settings', async () => {
  const world = await setup();
  await world.bootstrap(options(world), { BUILD_SWARM_JOIN_TOKEN: await world.joinToken() });
  const id = /DRONE_ID="([0-9a-f]{32})"/.exec(await world.fileIn('etc/build-swarm/drone.conf'))?.[1];

  const { tokens } = await world.client.tokens({ query: {} });

  expect(tokens.filter(({ role }) => role === 'drone')).toMatchObject([{ name: 'anvil', drone_id: id }]);
});

test('a dry run says what it would change, and changes nothing', async () => {
  const world = await setup();
  const before = await snapshot(world);

  const { code, stdout } = await world.bootstrap(options(world, '--dry-run', '--join-token', await world.joinToken()));

  expect(code).toBe(0);
  const announced = stdout.match(/^\[DRY\] would .*$/gm)?.length ?? 0;
  expect(announced).toBeGreaterThan(8);
  expect(stdout).toContain(`[OK] dry run: ${announced} change(s) would be made, none was`);
  expect(stdout).toContain(`+GATEWAY_URL="${world.url}"`);
  expect(stdout).toContain('+++ ');
  expect(await snapshot(world)).toBe(before);
});

test('without a join token the script says how to get one', async () => {
  const world = await setup();

  const { code, stderr } = await world.bootstrap(options(world));

  expect(code).toBe(1);
  expect(stderr).toContain('the control plane asks for a credential: run this again with --join-token-file FILE');
});

test('a join token that is no good is told, and the service is not installed', async () => {
  const world = await setup();

  const { code, stderr } = await world.bootstrap(
    options(world, '--join-token', `bsw_${'0'.repeat(12)}_${'0'.repeat(48)}`),
  );

  expect(code).toBe(1);
  expect(stderr).toContain('the control plane does not enrol this drone (401');
  await expect(world.fileIn('etc/init.d/swarm-drone')).rejects.toThrow('ENOENT');
});

test('a credential that was revoked is replaced by a join token', async () => {
  const world = await setup();
  await world.bootstrap(options(world, '--join-token', await world.joinToken()));
  const { tokens } = await world.client.tokens({ query: {} });
  const drone = tokens.find(({ role }) => role === 'drone');
  await world.client.revokeToken({ params: { id: drone?.id ?? '' } });
  const revoked = await world.fileIn('etc/build-swarm/drone.token');

  const { code, stdout } = await world.bootstrap(options(world, '--join-token', await world.joinToken()));

  expect({ code, enrols: stdout.includes('enrol as anvil') }).toEqual({ code: 0, enrols: true });
  expect(await world.fileIn('etc/build-swarm/drone.token')).not.toBe(revoked);
});

test('where no credentials are asked for, the drone needs none', async () => {
  const world = await setup('off');

  const { code, stdout } = await world.bootstrap(options(world));

  expect(code).toBe(0);
  expect(stdout).toContain('asks for no credential');
  expect(await world.fileIn('etc/build-swarm/drone.conf')).not.toContain('DRONE_TOKEN_FILE');
});

test('lines that somebody added to the settings stay', async () => {
  const world = await setup('off');
  await mkdir(join(world.root, 'etc/build-swarm'), { recursive: true });
  const old =
    '# mine\nGATEWAY_URL="http://10.9.9.9:8100"\n# ORCHESTRATOR_IP="10.9.9.9"\nDRONE_SLOTS=3\nNODE_NAME="old"\n';
  await writeFile(join(world.root, 'etc/build-swarm/drone.conf'), old);

  await world.bootstrap(options(world));

  const config = await world.fileIn('etc/build-swarm/drone.conf');
  expect(config.split('\n').slice(0, 5)).toEqual([
    '# mine',
    `GATEWAY_URL="${world.url}"`,
    '# ORCHESTRATOR_IP="10.9.9.9"',
    'DRONE_SLOTS=3',
    'NODE_NAME="anvil"',
  ]);
});

test.each([
  ['OpenRC', 'sbin/openrc-run', 'etc/init.d/swarm-drone', 'etc/runlevels/default/swarm-drone'],
  [
    'systemd',
    'lib/systemd/systemd',
    'etc/systemd/system/swarm-drone.service',
    'etc/systemd/system/multi-user.target.wants/swarm-drone.service',
  ],
])('a host with %s gets a service that starts with it', async (_init, marker, service, link) => {
  const world = await setup('off');
  await mkdir(join(world.root, marker, '..'), { recursive: true });
  await writeFile(join(world.root, marker), '', { mode: 0o755 });

  const { code } = await world.bootstrap(options(world));
  const again = await world.bootstrap(options(world));

  expect(code).toBe(0);
  expect(await world.fileIn(service)).toContain('/opt/build-swarm/bin/swarm-drone');
  expect((await run('readlink', [join(world.root, link)])).stdout).toBe(`/${service}\n`);
  expect(again.stdout).toContain('nothing to change');
});

test('an agent that changed on the control plane is replaced', async () => {
  const world = await setup('off');
  await world.bootstrap(options(world));
  await writeFile(join(world.root, 'opt/build-swarm/lib/swarm-drone.mjs'), 'an older one');

  const { stdout } = await world.bootstrap(options(world));

  expect(stdout).toContain('install the agent 3.2.0');
  expect(await world.fileIn('opt/build-swarm/lib/swarm-drone.mjs')).toBe('console.log("agent");\n');
});
