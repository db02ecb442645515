import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deploy } from '../../src/cli/commands/drone-deploy.ts';
import { until } from '../../src/testing/real-swarm.ts';
import { noThrowawayHosts, type ThrowawayHost } from '../../src/testing/throwaway-host.ts';
import { type FleetWorld, fleetWorld } from './fleet-world.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

describe.skipIf((await noThrowawayHosts()) !== undefined)('deployments that do not go through', () => {
  let world: FleetWorld;
  let anvil: ThrowawayHost;
  beforeAll(async () => {
    world = await fleetWorld();
    anvil = await world.host('anvil');
    await anvil.trust();
  });
  afterAll(() => world.close());

  /** The real program, killed without a chance to say goodbye once it has told of this step. */
  async function killedAfter(step: string): Promise<void> {
    const { url, adminToken } = world.plane;
    const flags = ['--ssh-config', anvil.sshConfig, '--prefix', world.prefixOf(anvil), '--url', url];
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', 'src/cli/bin.ts', 'drone', 'deploy', anvil.address, ...flags],
      {
        cwd: ROOT,
        env: { ...process.env, SWARM_TOKEN: adminToken, NO_COLOR: '1' },
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    for await (const line of createInterface(child.stderr)) if (line.includes(` ${step} `)) child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    expect(child.signalCode).toBe('SIGKILL');
  }

  test.each(['connect', 'environment', 'update', 'agent', 'service'])(
    'killed after the step %s, the host is as usable as it was',
    async (step) => {
      await killedAfter(step);

      expect(await anvil.inside('uname', '-n')).toMatchObject({ code: 0, stdout: 'anvil\n' });
      const { stdout } = await anvil.inside(
        'sh',
        '-c',
        'find /etc/build-swarm /opt/build-swarm -name "*.json" -size 0 2>/dev/null',
      );
      expect(stdout).toBe('');
    },
  );

  test('and the same command again finishes what was begun', async () => {
    const again = () => world.on((terminal) => deploy([anvil.address], world.deployFlags(anvil), terminal));

    const { out, status } = await until('the one that was cut off has ended there', async () => {
      const said = await again();
      return said.out.includes('another') ? undefined : said;
    });

    expect(out).toContain('Deployment successful! anvil');
    expect(status).toBe(0);
    expect((await again()).out.replaceAll(/\s+/g, ' ')).toContain('nothing had to be changed');
    const { tokens } = await world.plane.client.tokens({ query: { all: 'true' } });
    expect(tokens.filter(({ role, revoked_at: revokedAt }) => role === 'drone' && revokedAt === null)).toHaveLength(1);
  });

  test('of two hosts at once one may fail, and the other is a drone all the same', async () => {
    const bellows = await world.host('bellows');
    const flags = { ...world.deployFlags(bellows), acceptHostKey: [bellows.fingerprint], jobs: '2' };

    const { status, out, told } = await world.on((terminal) =>
      deploy([bellows.address, '192.0.2.1.invalid'], flags, terminal),
    );

    expect(status).toBe(5);
    expect(out).toContain('  1 deployed, 1 failed\n  Failed: 192.0.2.1.invalid');
    expect(out).toMatch(
      /Deployment failed: 192\.0\.2\.1\.invalid, at the step "connect", after \S+\n {4}ssh: Could not resolve hostname/,
    );
    expect(told).toMatch(new RegExp(`^ {2}${bellows.address.replaceAll('.', '\\.')} +done +register`, 'm'));
  });

  test('a step that fails is named, with its last lines and how to go on', async () => {
    const crucible = await world.host('crucible');
    await crucible.trust();
    const flags = { ...world.deployFlags(crucible), prefix: '/srv/nothing', name: 'crucible' };

    const { status, out } = await world.on((terminal) => deploy([crucible.address], flags, terminal));

    expect(status).toBe(1);
    expect(out).toContain(`  Deployment failed: crucible (${crucible.address}), at the step "environment", after `);
    expect(out).toContain('    --prefix /srv/nothing is no Portage prefix: it has no etc/portage/make.conf\n');
    expect(out).toContain('  The last lines:\n');
    expect(out).toContain(
      `    build-swarmv3 drone deploy ${crucible.address} --name crucible --prefix /srv/nothing --ssh-config `,
    );
  });

  test('a drone that nobody hears of is not called done', async () => {
    const dross = await world.host('dross');
    await dross.trust();
    await dross.inside('sh', '-c', 'mkdir -p /opt/build-swarm/bin && rm -rf /run/openrc');

    const { status, out } = await world.on((terminal) =>
      deploy([dross.address], { ...world.deployFlags(dross), wait: '5' }, terminal),
    );

    expect(status).toBe(1);
    expect(out).toContain('at the step "register"');
    expect(out.replaceAll(/\s+/g, ' ')).toContain('all is installed, but nothing starts it');
  });

  test('another machine of that name is not taken for the new one', async () => {
    const ember = await world.host('ember');
    await ember.trust();

    const { status, out } = await world.on((terminal) =>
      deploy([ember.address], { ...world.deployFlags(ember), name: 'bellows' }, terminal),
    );

    expect(status).toBe(1);
    expect(out.replaceAll(/\s+/g, ' ')).toContain(
      'there is a drone bellows already, which is online and another machine',
    );
    await expect(ember.fileIn('etc/build-swarm/drone.conf')).rejects.toThrow('ENOENT');
  });
});
