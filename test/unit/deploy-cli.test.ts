import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { type AuditFlags, audit } from '../../src/cli/commands/drone-audit.ts';
import { type DeployFlags, deploy } from '../../src/cli/commands/drone-deploy.ts';
import { type SwitchFlags, switchDrones } from '../../src/cli/commands/switch.ts';
import { auditLines, overallLine, type ShownAudit } from '../../src/cli/output/audit-lines.ts';
import { deploymentLines } from '../../src/cli/output/deploy-lines.ts';
import { readFailure } from '../../src/cli/output/failure.ts';
import type { Deployment } from '../../src/fleet/deploy-host.ts';
import { controlPlaneWorld } from '../../src/testing/control-plane-world.ts';
import { freePort } from '../../src/testing/real-swarm.ts';
import { captureTerminal } from './cli-terminal.ts';

const DEPLOY: DeployFlags = { jobs: '4', sync: true, update: true, wait: '5' };

const AUDIT: ShownAudit = {
  drone: 'drone-a',
  droneId: 'a1',
  address: '192.0.2.21',
  verdict: 'non-compliant',
  spec: { version: 2, updated: '2026-03-01' },
  durationS: 1.2,
  error: null,
  exitCode: 2,
  checks: [
    {
      id: 'profile',
      title: 'profile',
      status: 'pass',
      found: 'default/linux/amd64/23.0',
      expected: '',
      advice: null,
      details: [],
    },
    {
      id: 'packages',
      title: 'packages',
      status: 'pass',
      found: '312',
      expected: 'at most 350',
      advice: null,
      details: [],
    },
    {
      ...{ id: 'world', title: 'world file', status: 'fail', found: '9 packages', expected: '11 packages' },
      advice: 'run the bootstrap script again',
      details: [
        'world_missing: app-misc/screen net-misc/rsync sys-process/cronie app-portage/gentoolkit',
        'world_extra: www-client/w3m',
      ],
    },
    {
      id: 'portage_tree',
      title: 'tree',
      status: 'warn',
      found: '9 days',
      expected: 'at most 7 days',
      advice: 'emerge --sync',
      details: [],
    },
  ],
  kept: null,
};

const FAILED: Deployment = {
  address: '10.0.0.7',
  name: 'anvil',
  droneId: null,
  controlPlaneUrl: 'http://10.0.0.5:8100',
  hasChanged: true,
  steps: [
    { id: 'connect', title: 'connect', state: 'done', seconds: 0.4, says: '' },
    { id: 'update', title: 'update', state: 'failed', seconds: 125, says: 'emerge failed' },
  ],
  failure: {
    step: 'update',
    message: 'emerge @world failed: 2 of 14 packages could not be built',
    lines: ['[ERROR] emerge'],
  },
};

test('an audit fits its terminal, with a line for each finding', () => {
  const shown = (width: number) => auditLines(AUDIT, captureTerminal({}, width).terminal).join('\n');

  expect(shown(60)).toMatchInlineSnapshot(`
    "  drone-a (192.0.2.21)  NON-COMPLIANT
        PASS  profile          default/linux/amd64/23.0
        PASS  packages         312 (at most 350)
        FAIL  world_missing    app-misc/screen net-misc/rsync
                               sys-process/cronie
                               app-portage/gentoolkit
        FAIL  world_extra      www-client/w3m
                               -> run the bootstrap script again
        WARN  portage_tree     9 days (expected: at most 7 days)
                               -> emerge --sync
        (2 pass, 1 warn, 2 fail)
    "
  `);
  expect(shown(80)).toMatchInlineSnapshot(`
    "  drone-a (192.0.2.21)  NON-COMPLIANT
        PASS  profile          default/linux/amd64/23.0
        PASS  packages         312 (at most 350)
        FAIL  world_missing    app-misc/screen net-misc/rsync sys-process/cronie
                               app-portage/gentoolkit
        FAIL  world_extra      www-client/w3m
                               -> run the bootstrap script again
        WARN  portage_tree     9 days (expected: at most 7 days)
                               -> emerge --sync
        (2 pass, 1 warn, 2 fail)
    "
  `);
  expect(shown(120)).toMatchInlineSnapshot(`
    "  drone-a (192.0.2.21)  NON-COMPLIANT
        PASS  profile          default/linux/amd64/23.0
        PASS  packages         312 (at most 350)
        FAIL  world_missing    app-misc/screen net-misc/rsync sys-process/cronie app-portage/gentoolkit
        FAIL  world_extra      www-client/w3m
                               -> run the bootstrap script again
        WARN  portage_tree     9 days (expected: at most 7 days)
                               -> emerge --sync
        (2 pass, 1 warn, 2 fail)
    "
  `);
  expect(overallLine([AUDIT])).toBe('  Overall: 0 compliant, 0 warnings, 1 non-compliant (1 drones)');
});

test('a deployment that failed says where, and how to go on', () => {
  const shown = (width: number) => deploymentLines([FAILED], {}, captureTerminal({}, width).terminal).join('\n');

  expect(shown(60)).toMatchInlineSnapshot(`
    "
      Deployment failed: anvil (10.0.0.7), at the step
      "update", after 2m 5s
        emerge @world failed: 2 of 14 packages could not be
        built

      The last lines:
        [ERROR] emerge

      What was done stays done, and the host is as usable as
      it was. When the cause is gone, go on with:
        build-swarmv3 drone deploy 10.0.0.7 --name anvil
    "
  `);
  expect(shown(80)).toMatchInlineSnapshot(`
    "
      Deployment failed: anvil (10.0.0.7), at the step "update", after 2m 5s
        emerge @world failed: 2 of 14 packages could not be built

      The last lines:
        [ERROR] emerge

      What was done stays done, and the host is as usable as it was. When the
      cause is gone, go on with:
        build-swarmv3 drone deploy 10.0.0.7 --name anvil
    "
  `);
  expect(shown(120)).toMatchInlineSnapshot(`
    "
      Deployment failed: anvil (10.0.0.7), at the step "update", after 2m 5s
        emerge @world failed: 2 of 14 packages could not be built

      The last lines:
        [ERROR] emerge

      What was done stays done, and the host is as usable as it was. When the cause is gone, go on with:
        build-swarmv3 drone deploy 10.0.0.7 --name anvil
    "
  `);
});

test.each([
  [['-oProxyCommand=id'], {}, /is no host/],
  [['a;b'], {}, /"a;b" is no host/],
  [['-x@anvil'], {}, /is no host/],
  [['anvil'], { user: '-oProxyCommand=id' }, /--user must be the name of a user/],
  [['anvil'], { port: '0' }, /--port must be/],
  [['anvil'], { jobs: '0' }, /--jobs must be/],
  [['anvil'], { acceptHostKey: ['yes'] }, /--accept-host-key must be a fingerprint/],
  [['anvil', 'bellows'], { name: 'anvil' }, /--name is for one host, and there are 2/],
  [['anvil'], { name: 'x; id' }, /--name must be/],
  [['anvil'], { cpUrl: 'ftp://x' }, /--cp-url must be/],
  [['anvil'], { prefix: 'srv' }, /--prefix must be an absolute path/],
  [['anvil'], { prefix: '/srv', prune: true }, /--prune is for systems/],
])('deploy of %j with %j is refused before anything is run', async (words, more, complaint) => {
  const url = await plane('off');

  const refused = deploy(words, { ...DEPLOY, url, ...more }, captureTerminal({}).terminal);

  await expect(refused).rejects.toMatchObject({ code: 'BAD_SETTING', message: expect.stringMatching(complaint) });
});

const AUDITS: AuditFlags = { jobs: '4' };
const SWITCH: SwitchFlags = { jobs: '4', wait: '5' };
const asked = (url: string, env: Record<string, string> = {}) => {
  const { terminal } = captureTerminal({ ...env, XDG_DATA_HOME: '/nowhere' });
  return {
    deploy: () => deploy(['anvil'], { ...DEPLOY, url }, terminal),
    audit: () => audit([], { ...AUDITS, url }, terminal),
    switch: () => switchDrones('v3', [], { ...SWITCH, url }, terminal),
  };
};
const failureOf = (work: () => Promise<unknown>) =>
  work().then(
    () => undefined,
    (error: unknown) => readFailure(error, {}),
  );

test('a control plane that is not there ends them with status 3 and the usual words', async () => {
  const url = `http://127.0.0.1:${await freePort()}`;
  const commands = asked(url);

  for (const command of [commands.deploy, commands.audit])
    expect(await failureOf(command)).toMatchObject({
      exitCode: 3,
      text: expect.stringContaining(`Cannot connect to control plane at ${url}`),
    });
});

test('without the right to it they end with status 4, and say how to get it', async () => {
  const url = await plane('token');
  const commands = asked(url, { GATEWAY_HOST: '127.0.0.1', V3_GATEWAY_PORT: new URL(url).port, V2_GATEWAY_PORT: '1' });

  for (const command of Object.values(commands))
    expect(await failureOf(command)).toMatchObject({ exitCode: 4, text: expect.stringMatching(/token/) });
});

test('switch does not send drones to an address that means only this machine', async () => {
  const url = await plane('off');

  expect(await failureOf(asked(url).switch)).toMatchObject({
    exitCode: 2,
    text: expect.stringContaining('means this machine only: set GATEWAY_HOST'),
  });
});

test('without drones there is nothing to look at or to switch', async () => {
  const url = await plane('off');
  const env = { GATEWAY_HOST: '127.0.0.1', V3_GATEWAY_PORT: new URL(url).port, V2_GATEWAY_PORT: '1' };

  expect(await failureOf(asked(url).audit)).toMatchObject({
    exitCode: 1,
    text: expect.stringContaining('no drones are known here'),
  });
  expect(await failureOf(asked(url, env).switch)).toMatchObject({
    exitCode: 1,
    text: expect.stringContaining('no drones are known, neither by http://127.0.0.1:1 nor by'),
  });
});

/** A control plane; with tokens not even looking is free. */
async function plane(mode: 'off' | 'token'): Promise<string> {
  const world = await controlPlaneWorld({}, { mode, allowsAnonymous: mode === 'off' });
  onTestFinished(() => world.close());
  const { app } = world.plane();
  await app.listen({ host: '127.0.0.1', port: 0 });
  return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
}
