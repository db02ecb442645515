import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { bundleAgent } from '../../scripts/bundle-agent.ts';
import { type ProvisioningWorld, provisioningWorld, run } from '../../src/testing/provisioning-world.ts';
import { ended, processesNaming, until } from '../../src/testing/real-swarm.ts';

let dir: string;
let agent: string;
beforeAll(async () => {
  // No node_modules above it, and no bridge beside it.
  dir = await mkdtemp(join(tmpdir(), 'agent-'));
  agent = join(dir, 'build-swarm-agent.mjs');
  await bundleAgent(agent);
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function setup(): Promise<ProvisioningWorld> {
  const world = await provisioningWorld({ agentFile: agent });
  onTestFinished(() => world.close());
  return world;
}

/** Set up a drone by the script, and start what it installed as its service would. */
async function startDrone(world: ProvisioningWorld): Promise<ChildProcess> {
  const { url, root, portage } = world;
  const options = ['--cp-url', url, '--root', root, '--prefix', '/srv/prefix', '--name', 'anvil'];
  const set = await world.bootstrap([...options, '--join-token', await world.joinToken()]);
  if (set.code !== 0) throw new Error(set.stderr);
  const at = (path: string) => join(root, path);
  const child = spawn(
    process.execPath,
    [
      at('opt/build-swarm/lib/swarm-drone.mjs'),
      ...['--config', at('etc/build-swarm/drone.conf'), '--token-file', at('etc/build-swarm/drone.token')],
      ...['--prefix', at('srv/prefix'), '--heartbeat', '0.5'],
    ],
    { cwd: root, stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, BUILD_SWARM_PORTAGE: portage } },
  );
  onTestFinished(() => ended(child, 'SIGKILL'));
  return child;
}

test('the agent is one file that needs nothing but Node', async () => {
  const { code, stdout } = await run(process.execPath, [agent, '--version'], { cwd: dir });

  expect({ code, stdout }).toEqual({ code: 0, stdout: 'build-swarm-agent 3.2.0\n' });
  const text = await readFile(agent, 'utf8');
  const imports = [...text.matchAll(/^import .*? from "([^"]+)"/gm), ...text.matchAll(/\brequire\("([^"]+)"\)/g)];
  expect(imports.map(([, name]) => name).filter((name) => !name?.startsWith('node:'))).toEqual([]);
});

test('the control plane hands the agent out with its hash', async () => {
  const world = await setup();

  const answer = await fetch(`${world.url}/api/v1/agent`);
  const bytes = Buffer.from(await answer.arrayBuffer());
  const version = await world.client.agentVersion();

  expect(bytes.equals(await readFile(agent))).toBe(true);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  expect(version).toEqual({ version: '3.2.0', sha256, size_bytes: bytes.length, node: '>=20' });
  expect(answer.headers.get('etag')).toBe(`"${sha256}"`);
  expect(answer.headers.get('content-type')).toContain('text/javascript');
  const again = await fetch(`${world.url}/api/v1/agent`, { headers: { 'if-none-match': `"${sha256}"` } });
  expect(again.status).toBe(304);
});

test('a control plane that was not built whole says so', async () => {
  const world = await provisioningWorld({ agentFile: join(dir, 'absent.mjs') });
  onTestFinished(() => world.close());

  const options = ['--cp-url', world.url, '--root', world.root, '--prefix', '/srv/prefix', '--name', 'anvil'];

  const { code, stderr } = await world.bootstrap(options, { BUILD_SWARM_JOIN_TOKEN: await world.joinToken() });

  expect((await fetch(`${world.url}/api/v1/agent`)).status).toBe(503);
  expect(code).toBe(1);
  expect(stderr).toContain('has no agent to give (503: the agent is not there');
});

test('a host that was set up by the script builds a package and delivers it', async () => {
  const world = await setup();
  await world.client.queueAdd({ body: { packages: ['=app-misc/hello-1.0'] } });

  await startDrone(world);
  const index = await until('the package is published', async () => {
    const text = await (await fetch(`${world.url}/binhost/Packages`)).text();
    return text.includes('CPV: ') && text;
  });

  expect(index).toContain('CPV: app-misc/hello-1.0\n');
});

test('an agent that is killed takes its build with it', async () => {
  const world = await setup();
  await world.client.queueAdd({ body: { packages: ['=app-misc/hangs-1.0'] } });
  const drone = await startDrone(world);
  const isBuilding = () => processesNaming('=app-misc/hangs-1.0').length > 0;
  await until('it builds', async () => isBuilding());

  await ended(drone, 'SIGKILL');

  expect(await until('nothing of the build is left', async () => !isBuilding())).toBe(true);
});

test('an agent that is asked to stop hands its build back', async () => {
  const world = await setup();
  await world.client.queueAdd({ body: { packages: ['=app-misc/hangs-1.0'] } });
  const drone = await startDrone(world);
  await until('it builds', async () => processesNaming('=app-misc/hangs-1.0').length > 0);

  await ended(drone, 'SIGTERM');

  expect(drone.exitCode).toBe(0);
  const { events } = await world.client.eventsHistory({ query: { type: 'return' } });
  expect(events).toMatchObject([{ message: '=app-misc/hangs-1.0 returned by anvil' }]);
});

test('an agent whose credential was revoked ends with the status that tells supervisors', async () => {
  const world = await setup();
  const drone = await startDrone(world);
  const { tokens } = await until('it is enrolled', async () => {
    const answer = await world.client.tokens({ query: {} });
    return answer.tokens.some(({ role }) => role === 'drone') && answer;
  });

  await world.client.revokeToken({ params: { id: tokens.find(({ role }) => role === 'drone')?.id ?? '' } });

  expect(await until('it has ended', async () => drone.exitCode !== null && String(drone.exitCode))).toBe('77');
});

test.each([
  [['--slots', '0'], {}, '--slots must be a number from 1 to 64, not "0"'],
  [[], { DRONE_SLOTS: 'many' }, 'DRONE_SLOTS must be a number from 1 to 64, not "many"'],
  [['--url', 'ftp://x'], {}, '--url must be an address such as'],
  [['--name', 'x; id'], {}, '--name must be 1 to 63 letters'],
  [['--prefix', '/nowhere'], {}, '--prefix /nowhere is no Portage prefix'],
  [['--config', '/nowhere'], {}, '/nowhere cannot be read'],
  [['--bogus'], {}, "Unknown option '--bogus'"],
])('%j with %j is told, and the agent ends with status 2', async (args, env, complaint) => {
  const common =
    args[0] === '--url'
      ? ['--name', 'x']
      : ['--url', 'http://127.0.0.1:9', ...(args[0] === '--name' ? [] : ['--name', 'x'])];

  const { code, stderr } = await run(process.execPath, [agent, ...common, ...args], { env });

  expect(stderr).toContain(`Error: ${complaint}`);
  expect(stderr).not.toContain('    at ');
  expect(code).toBe(2);
});
