import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import {
  bootstrapScript,
  type ProvisioningWorld,
  provisioningWorld,
  type Ran,
  run,
} from '../../src/testing/provisioning-world.ts';
import { freePort } from '../../src/testing/real-swarm.ts';
import { SSHD, sshServer } from './ssh-server.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The real program, with the address and the token of a control plane in its environment. */
function cli({ url, adminToken, dir }: ProvisioningWorld, ...args: string[]): Promise<Ran> {
  const env = { SWARMV3_URL: url, SWARM_TOKEN: adminToken, XDG_DATA_HOME: dir, NO_COLOR: '1' };
  return run(process.execPath, ['--import', 'tsx', 'src/cli/bin.ts', ...args], { cwd: ROOT, env });
}

async function setup(sshOptions: (dir: string) => readonly string[]): Promise<ProvisioningWorld> {
  const world = await provisioningWorld({
    provisioning: (dir) => ({
      sshOptions: sshOptions(dir),
      scriptOptions: ['--root', join(dir, 'root'), '--prefix', '/srv/prefix'],
    }),
  });
  onTestFinished(() => world.close());
  return world;
}

test('bootstrap-script prints what the control plane hands out', async () => {
  const world = await setup(() => []);

  const { code, stdout } = await cli(world, 'bootstrap-script');

  expect(code).toBe(0);
  expect(stdout).toBe(await bootstrapScript());
});

test('provision tells why SSH does not work, and fails', async () => {
  const world = await setup(() => ['-F', 'none']);
  const port = await freePort();

  const { code, stdout } = await cli(world, 'provision', '127.0.0.1', '--port', String(port), '--name', 'anvil');
  const asJson = await cli(world, 'provision', '127.0.0.1', '--port', String(port), '--json');

  expect(code).toBe(1);
  expect(stdout).toContain('\n=== Provision Drone ===\n\n  Target: 127.0.0.1\n');
  expect(stdout).toMatch(
    /\n {2}Failed: SSH test failed: ssh: connect to host 127\.0\.0\.1 port \d+: Connection refused\n/,
  );
  expect(asJson.code).toBe(1);
  expect(JSON.parse(asJson.stdout)).toMatchObject({ status: 'ssh_failed', name: null });
});

test.each([
  [['-oProxyCommand=id'], 2, 'unknown option'],
  [['--', '-oProxyCommand=id'], 1, 'ip: must be an IP address or a host name'],
  [['10.0.0.1', '--name', 'x; id'], 2, '--name must be'],
  [['10.0.0.1', '--port', '0'], 2, '--port must be'],
  [[], 2, 'missing required argument'],
])('provision %j is refused', async (args, status, complaint) => {
  const world = await setup(() => []);

  const { code, stderr } = await cli(world, 'provision', ...args);

  expect(stderr).toContain(complaint);
  expect(code).toBe(status);
});

test.skipIf(SSHD === undefined)('provision --follow shows the script at work to its end', async () => {
  const options: string[] = [];
  const world = await setup(() => options);
  const ssh = await sshServer(join(world.dir, 'sshd'), { PATH: process.env['PATH'] ?? '' });
  onTestFinished(() => ssh.close());
  options.push(...ssh.options);
  const target = ['127.0.0.1', '--port', String(ssh.port), '--user', ssh.user, '--name', 'anvil', '--follow'];

  const { code, stdout } = await cli(world, 'provision', ...target);
  const again = await cli(world, 'provision', ...target, '--json');

  expect(stdout).toContain('  Provisioning started\n    ssh_test: ok\n    bootstrap_started\n');
  expect(stdout.match(/── \d+\/10 .* ──/g)).toHaveLength(10);
  expect(stdout).toMatch(/\n {2}Done in \d+s\n/);
  expect(code).toBe(0);
  expect(JSON.parse(again.stdout)).toMatchObject({ state: 'done', exit_code: 0, name: 'anvil' });
  expect(again.stderr).toContain('[OK] nothing to change');
});
