import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deploy } from '../../src/cli/commands/drone-deploy.ts';
import { switchDrones } from '../../src/cli/commands/switch.ts';
import { type ProvisioningWorld, provisioningWorld } from '../../src/testing/provisioning-world.ts';
import { noThrowawayHosts, type ThrowawayHost } from '../../src/testing/throwaway-host.ts';
import { type FleetWorld, fleetWorld } from './fleet-world.ts';

describe.skipIf((await noThrowawayHosts()) !== undefined)('two drones and two control planes', () => {
  let world: FleetWorld;
  let other: ProvisioningWorld;
  let anvil: ThrowawayHost;
  let bellows: ThrowawayHost;
  let env: Record<string, string>;
  beforeAll(async () => {
    world = await fleetWorld('off');
    other = await provisioningWorld({ listen: '0.0.0.0', auth: 'off' });
    [anvil, bellows] = [await world.host('anvil'), await world.host('bellows')];
    for (const host of [anvil, bellows]) {
      await host.trust();
      const { status, out } = await world.on((terminal) => deploy([host.address], world.deployFlags(host), terminal));
      if (status !== 0) throw new Error(out);
    }
    // What an operator has written into it, and what version 2 needs.
    const conf = join(anvil.root, 'etc/build-swarm/drone.conf');
    await writeFile(conf, `${await readFile(conf, 'utf8')}# mine\n# ORCHESTRATOR_IP="192.0.2.1"\n`);
    await bothKnown();
    env = {
      GATEWAY_HOST: anvil.address.replace(/2$/, '1'),
      V2_GATEWAY_PORT: String(other.port),
      V3_GATEWAY_PORT: String(world.plane.port),
    };
  });
  afterAll(async () => {
    await other.close();
    await world.close();
  });

  /** One configuration of SSH for both hosts. */
  async function bothKnown(): Promise<void> {
    const known = await Promise.all([anvil, bellows].map((host) => readFile(host.knownHosts, 'utf8')));
    for (const host of [anvil, bellows]) await writeFile(host.knownHosts, known.join(''));
    const keys = [anvil, bellows].map(({ sshConfig }) => `IdentityFile ${join(sshConfig, '..', 'user_key')}\n`);
    const config = await readFile(anvil.sshConfig, 'utf8');
    await writeFile(anvil.sshConfig, keys.join('') + config.replace(/^IdentityFile.*\n/, ''));
  }

  const go = (version: 'v2' | 'v3', words: string[] = [], more: object = {}) =>
    world.on((terminal) => switchDrones(version, words, { ...world.flags(anvil), wait: '15', ...more }, terminal), env);
  const settings = (host: ThrowawayHost) => host.fileIn('etc/build-swarm/drone.conf');

  test('a dry run says what would be done', async () => {
    const before = await settings(anvil);

    const { status, out } = await go('v2', [], { dryRun: true });

    expect(status).toBe(0);
    expect(out).toBe(
      [
        '',
        '=== Switch to V2 ===',
        '',
        '  Discovered 0 drones from v2',
        '  Discovered 2 drones from v3',
        '',
        `  Target: http://${env['GATEWAY_HOST']}:${other.port}`,
        `    anvil (${anvil.address})`,
        `    bellows (${bellows.address})`,
        '',
        '  Dry run — no changes made.',
      ].join('\n'),
    );
    expect(await settings(anvil)).toBe(before);
  });

  test('the one that comes up stays, the one that does not is switched back', async () => {
    await namesake();
    const [before, line] = [await settings(bellows), `GATEWAY_URL="http://${env['GATEWAY_HOST']}:${other.port}"`];

    const { status, out } = await go('v2');

    expect(out).toContain(`  anvil (${anvil.address})... OK  ${line}\n`);
    expect(out).toContain(
      `  bellows (${bellows.address})... FAILED  the control plane there did not hear of it in time; switched back to GATEWAY_URL=`,
    );
    expect(out).toContain('  1 switched, 1 failed\n  Failed: bellows');
    expect(status).toBe(5);
    expect(await settings(bellows)).toBe(before);
    expect(await settings(anvil)).toContain(`${line}\n`);
    expect(await settings(anvil)).toContain('# mine\nORCHESTRATOR_IP="192.0.2.1"\n');
    expect(await other.client.nodes({ query: {} })).toContainEqual(
      expect.objectContaining({ name: 'anvil', online: true }),
    );
    expect((await bellows.inside('rc-service', 'swarm-drone', 'status')).code).toBe(0);
  });

  test('and back again, by name, which a second time changes nothing', async () => {
    const back = await go('v3', ['anvil', 'nobody'], { json: true });
    const again = await go('v3', ['anvil']);

    const url = `http://${env['GATEWAY_HOST']}:${world.plane.port}`;
    expect(back.told).toContain('Warning: there is no drone nobody; known are anvil, bellows');
    expect(JSON.parse(back.out)).toEqual({
      target: url,
      drones: [{ name: 'anvil', ip: anvil.address, status: 'switched', gateway_url: url, error: null }],
    });
    expect(again.out).toContain(`OK  GATEWAY_URL="${url}" (as before)`);
    expect(again.out).toContain('  All 1 drone(s) switched to V3');
    expect([back.status, again.status]).toEqual([0, 0]);
    expect(await settings(anvil)).toContain('# ORCHESTRATOR_IP=');
    expect((await anvil.inside('ls', '/etc/build-swarm')).stdout).toBe(
      'drone.conf\ndrone.conf.before-switch\ndrone.spec\n',
    );
  });

  test('none is touched while the control plane there does not answer', async () => {
    const before = await settings(anvil);

    await expect(
      world.on((terminal) => switchDrones('v2', [], { ...world.flags(anvil), wait: '15' }, terminal), {
        ...env,
        V2_GATEWAY_PORT: '1',
      }),
    ).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE', message: expect.stringContaining('no drone was touched') });

    expect(await settings(anvil)).toBe(before);
  });

  /** Somebody else has its name there, so that it is not let in. */
  async function namesake(): Promise<void> {
    await other.client.register({
      body: { id: 'somebody', name: 'bellows', ip: '192.0.2.99', capabilities: { cores: 1 } },
    });
  }
});
