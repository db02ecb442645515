import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { audit } from '../../src/cli/commands/drone-audit.ts';
import { deploy } from '../../src/cli/commands/drone-deploy.ts';
import { until } from '../../src/testing/real-swarm.ts';
import { noThrowawayHosts, type ThrowawayHost } from '../../src/testing/throwaway-host.ts';
import { type FleetWorld, fleetWorld } from './fleet-world.ts';

type Deployment = { status: string; changed: boolean; steps: { id: string; state: string }[]; error: unknown };

/** Everything on the host that a deployment could have touched: path, mode, owner, time and content. */
async function snapshot(host: ThrowawayHost): Promise<string> {
  const script =
    'cd / && find etc opt root var/lib -newermt 1970-01-01 -printf "%p %m %U %T@ %l\\n" | sort && find etc opt root var/lib -type f | sort | xargs sha256sum';
  return (await host.inside('sh', '-c', script)).stdout;
}

describe.skipIf((await noThrowawayHosts()) !== undefined)('a bare host', () => {
  let world: FleetWorld;
  let anvil: ThrowawayHost;
  const deployAgain = async (more: object = {}) => {
    const flags = { ...world.deployFlags(anvil), json: true, ...more };
    const { status, out, told } = await world.on((terminal) => deploy([anvil.address], flags, terminal));
    const [deployment] = (JSON.parse(out) as { deployments: Deployment[] }).deployments;
    return { status, told, deployment };
  };
  beforeAll(async () => {
    world = await fleetWorld();
    anvil = await world.host('anvil');
  });
  afterAll(() => world.close());

  test('is not touched while its key is not known, and the sentence names the key', async () => {
    const { status, out } = await world.on((terminal) => deploy([anvil.address], world.deployFlags(anvil), terminal));

    expect(status).toBe(1);
    expect(out).toContain(`Deployment failed: ${anvil.address}, at the step "connect"`);
    expect(out.replaceAll(/\s+/g, ' ')).toContain(`run this again with --accept-host-key ${anvil.fingerprint}`);
    await expect(anvil.fileIn('etc/build-swarm/drone.conf')).rejects.toThrow('ENOENT');
  });

  test('is not touched with the fingerprint of another key either', async () => {
    const other = `SHA256:${'A'.repeat(43)}`;

    const { status, deployment } = await deployAgain({ acceptHostKey: [other] });

    expect(status).toBe(1);
    expect(deployment?.error).toMatchObject({
      step: 'connect',
      message: expect.stringContaining(`shows the ED25519 key ${anvil.fingerprint}, which is not what was accepted`),
    });
  });

  test('shows in a dry run what would be changed, and is as it was', async () => {
    const before = await snapshot(anvil);
    const flags = { ...world.deployFlags(anvil), dryRun: true, acceptHostKey: [anvil.fingerprint] };

    const { status, out } = await world.on((terminal) => deploy([anvil.address], flags, terminal));

    expect(status).toBe(0);
    expect(out).toContain('+NODE_NAME="anvil"');
    expect(await snapshot(anvil)).toBe(before);
    expect((await world.plane.client.tokens({ query: { all: 'true' } })).tokens.map(({ role }) => role)).toEqual([
      'admin',
    ]);
  });

  test('becomes a drone that is registered under its name, by an address that it can reach', async () => {
    const { status, told, deployment } = await deployAgain();

    const ours = anvil.address.replace(/2$/, '1');
    expect({ status, deployment }).toMatchObject({
      status: 0,
      deployment: {
        host: anvil.address,
        name: 'anvil',
        status: 'done',
        changed: true,
        control_plane: `http://${ours}:${world.plane.port}`,
        error: null,
      },
    });
    expect(told).toMatch(/^ {2}done +register +\S+ +anvil is online$/m);
    expect(await world.plane.client.nodes({ query: {} })).toMatchObject([
      { name: 'anvil', ip: anvil.address, online: true },
    ]);
    const { tokens } = await world.plane.client.tokens({ query: { all: 'true' } });
    expect(tokens.find(({ role }) => role === 'join')).toMatchObject({ uses_left: 0 });
  });

  test('builds a real package then', async () => {
    const { client } = world.plane;
    await client.queueAdd({ body: { packages: ['=sys-libs/swarmcore-1.4.1'], session_name: 'first' } });

    const built = await until('the package is built', async () => {
      const { history } = await client.history({ query: { limit: 10 } });
      return history[0];
    });

    expect(built).toMatchObject({ package: '=sys-libs/swarmcore-1.4.1', drone_name: 'anvil', status: 'success' });
    expect((await client.binpkgs({ query: {} })).binpkgs).toMatchObject([{ cpv: 'sys-libs/swarmcore-1.4.1' }]);
  });

  test('is not changed by a second deployment, which leaves no token behind', async () => {
    const before = await snapshot(anvil);

    const { status, deployment } = await deployAgain();

    expect({ status, changed: deployment?.changed }).toEqual({ status: 0, changed: false });
    expect(deployment?.steps.filter(({ state }) => state === 'done').map(({ id }) => id)).toEqual([
      'connect',
      'register',
    ]);
    expect(await snapshot(anvil)).toBe(before);
    expect((await world.plane.client.tokens({ query: {} })).tokens.map(({ role }) => role).sort()).toEqual([
      'admin',
      'drone',
    ]);
  });

  test('is reached by way of another host, whose address is not taken for ours', async () => {
    const sshConfig = join(world.plane.dir, 'by-jump');
    const inner = [
      'Host inner',
      '  HostName 127.0.0.1',
      '  HostKeyAlias inner',
      `  ProxyJump root@${anvil.address}`,
      '',
    ];
    await writeFile(sshConfig, inner.join('\n') + (await readFile(anvil.sshConfig, 'utf8')).replace(/^/, 'Host *\n'));
    const flags = { ...world.deployFlags(anvil), sshConfig, name: 'anvil', acceptHostKey: [anvil.fingerprint] };
    const reached = (more: object) => world.on((terminal) => deploy(['inner'], { ...flags, ...more }, terminal));

    const unsaid = await reached({});
    const said = await reached({ cpUrl: `http://${anvil.address.replace(/2$/, '1')}:${world.plane.port}` });

    expect(unsaid.out.replaceAll(/\s+/g, ' ')).toContain('what inner would call it is not known: say it with --cp-url');
    expect(said.out.replaceAll(/\s+/g, ' ')).toContain('Deployment successful! anvil (inner) is a drone');
    expect([unsaid.status, said.status]).toEqual([1, 0]);
    expect(await readFile(anvil.knownHosts, 'utf8')).toMatch(/^inner ssh-ed25519 /m);
  });

  test('is audited, and what drifted since is told and kept', async () => {
    const spec = await specFor(world, anvil);
    const look = (more: object = {}) =>
      world.on((terminal) => audit([], { ...world.flags(anvil), spec, strict: true, ...more }, terminal));

    const well = await look();
    await anvil.inside('rm', '/opt/build-swarm/comply.sh');
    await anvil.inside('rc-service', 'swarm-drone', 'stop');
    const drifted = await look();
    const asJson = await look({ json: true });

    expect(well.out).toContain(`  anvil (${anvil.address})  COMPLIANT\n    PASS  profile          base\n`);
    expect(well.out).toContain('  Overall: 1 compliant, 0 warnings, 0 non-compliant (1 drones)');
    expect([well.status, drifted.status]).toEqual([0, 1]);
    expect(drifted.out).toContain(`  anvil (${anvil.address})  NON-COMPLIANT\n`);
    expect(drifted.out).toContain('    FAIL  files            /opt/build-swarm/comply.sh is missing\n');
    expect(drifted.out).toMatch(/ {4}Since \d{4}-.*:\n {6}files: pass -> fail .*\n {6}services: pass -> warn /);
    expect(JSON.parse(asJson.out)).toMatchObject({
      anvil: {
        name: 'anvil',
        ip: anvil.address,
        status: 'non-compliant',
        exit_code: 2,
        fail: 1,
        warn: 1,
        drift: { changes: [] },
      },
    });
    const { audits } = await world.plane.client.audits({ query: { drone: 'anvil' } });
    expect(audits.map(({ verdict, by }) => [verdict, by])).toEqual([
      ['non-compliant', 'first-admin'],
      ['non-compliant', 'first-admin'],
      ['compliant', 'first-admin'],
    ]);
  });

  test('is put right by --fix, which deploys again and looks again', async () => {
    const spec = await specFor(world, anvil);
    const flags = { ...world.flags(anvil), spec, fix: true, yes: true, strict: true };

    const { status, out } = await world.on((terminal) => audit(['anvil'], flags, terminal));

    expect(out).toMatch(/NON-COMPLIANT[\s\S]*Deployment successful![\s\S]* {2}anvil \(\S+\) {2}COMPLIANT/);
    expect(status).toBe(0);
    expect(await anvil.fileIn('opt/build-swarm/comply.sh')).toContain('ten checks');
  });

  test('is refused when its key has changed, with what to do', async () => {
    await anvil.changeKey();

    const deployed = await deployAgain({ acceptHostKey: [anvil.fingerprint] });
    const audited = await world.on((terminal) => audit([], { ...world.flags(anvil), json: true }, terminal));

    const says =
      /^the host key of \S+ is not the one that is known here: it shows SHA256:\S+, and line 1 of \S+known_hosts has another\. Nothing was sent there\..*ssh-keygen -f/;
    expect(deployed.status).toBe(1);
    expect(deployed.deployment?.error).toMatchObject({ step: 'connect', message: expect.stringMatching(says) });
    expect(audited.status).toBe(1);
    expect(JSON.parse(audited.out)).toMatchObject({
      anvil: { status: 'unreachable', error: expect.stringMatching(says) },
    });
  });

  test('is unreachable when nobody gets in, which is no verdict on it', async () => {
    await anvil.cutOff();

    const { status, out } = await world.on((terminal) => audit([], world.flags(anvil), terminal));

    expect(status).toBe(1);
    expect(out).toContain(
      `  anvil (${anvil.address})  UNREACHABLE\n    ssh: connect to host ${anvil.address} port 22: Connection refused\n`,
    );
    expect(out).toContain('0 compliant, 0 warnings, 0 non-compliant, 1 unreachable (1 drones)');
    expect((await world.plane.client.audits({ query: { latest: 'true' } })).audits).toMatchObject([
      { drone: 'anvil', verdict: 'unreachable', checks: [], drift: null },
    ]);
  });
});

/** What such a host, whose Portage is a prefix, has to look like. */
async function specFor(world: FleetWorld, host: ThrowawayHost): Promise<string> {
  const path = join(world.plane.dir, 'drone.spec');
  const spec = {
    spec_version: 7,
    updated: '2026-03-01',
    profile: 'base',
    world_packages: [],
    forbidden_patterns: ['kde-plasma/*'],
    max_packages: 400,
    warn_packages: 350,
    required_commands: ['python3', 'ssh'],
    required_services: ['swarm-drone'],
    required_dirs: ['/opt/build-swarm', '/etc/build-swarm'],
    required_files: ['/etc/build-swarm/drone.conf', '/opt/build-swarm/comply.sh'],
    make_conf_required_features: [],
  };
  await writeFile(path, JSON.stringify(spec));
  await host.inside('mkdir', '-p', `${world.prefixOf(host)}/var/lib/portage`);
  await host.inside('sh', '-c', `: >>"${world.prefixOf(host)}/var/lib/portage/world"`);
  return path;
}
