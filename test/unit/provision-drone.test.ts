import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type ProvisioningWorld, provisioningWorld } from '../../src/testing/provisioning-world.ts';
import { freePort, until } from '../../src/testing/real-swarm.ts';
import { SSHD, type SshServer, sshServer } from './ssh-server.ts';

type Job = Awaited<ReturnType<ProvisioningWorld['client']['provisionJob']>>;

type Setup = { options?: readonly string[]; script?: string[]; timeoutMs?: number; auth?: 'token' | 'off' };

/** A control plane whose ssh knows the server of these tests, and a root that the script works below. */
async function setup(
  ssh: SshServer,
  { options = ssh.options, script = [], timeoutMs = 60_000, auth = 'token' }: Setup = {},
): Promise<ProvisioningWorld> {
  const world = await provisioningWorld({
    auth,
    provisioning: (dir) => ({
      sshOptions: options,
      timeoutMs,
      scriptOptions: ['--root', join(dir, 'root'), '--prefix', '/srv/prefix', ...script],
    }),
  });
  onTestFinished(() => world.close());
  return world;
}

function ended(world: ProvisioningWorld, id: string | undefined): Promise<Job> {
  return until('the job has ended', async () => {
    const job = await world.client.provisionJob({ params: { id: id ?? '' } });
    return job.state !== 'running' && job;
  });
}

async function ask(world: ProvisioningWorld, body: unknown, headers: Record<string, string> = {}) {
  const answer = await fetch(`${world.url}/api/v1/provision/drone`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${world.adminToken}`, ...headers },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

describe.skipIf(SSHD === undefined)('with a real SSH server', () => {
  let ssh: SshServer;
  let at: { ip: string; port: number; user: string };
  let dir: string;
  beforeAll(async () => {
    const world = await provisioningWorld();
    dir = world.dir;
    ssh = await sshServer(join(dir, 'sshd'), { PATH: process.env['PATH'] ?? '' });
    at = { ip: '127.0.0.1', port: ssh.port, user: ssh.user };
    closeWorld = () => world.close();
  });
  let closeWorld: () => Promise<void>;
  afterAll(async () => {
    await ssh.close();
    await closeWorld();
  });

  test('a host becomes a drone: the answer comes at once, the job tells the rest', async () => {
    const world = await setup(ssh);

    const answer = await ask(world, { ...at, name: 'drone-x' });
    const job = await ended(world, answer.body['job'] as string);

    expect(answer).toEqual({
      status: 200,
      body: {
        status: 'provisioning',
        ip: '127.0.0.1',
        name: 'drone-x',
        steps: ['ssh_test: ok', 'bootstrap_started'],
        job: job.id,
      },
    });
    expect(job).toMatchObject({ state: 'done', exit_code: 0, error: null, name: 'drone-x', log_dropped: 0 });
    expect(job.steps.map(({ name }) => name)).toEqual([
      'environment',
      'profile',
      'make.conf',
      'package config',
      'portage tree',
      'world',
      'update',
      'prune',
      'agent',
      'service',
    ]);
    expect(job.steps.every((step) => step.ended_at !== null && step.ended_at >= step.started_at)).toBe(true);
    expect(await world.fileIn('etc/build-swarm/drone.conf')).toContain(
      `GATEWAY_URL="${world.url}"\nNODE_NAME="drone-x"`,
    );
  });

  test('the drone gets a credential by a join token that is good once, short-lived and in no log', async () => {
    const world = await setup(ssh);

    const { body } = await ask(world, { ...at, name: 'drone-x' });
    const job = await ended(world, body['job'] as string);

    const { tokens } = await world.client.tokens({ query: { all: 'true' } });
    expect(tokens.find(({ role }) => role === 'drone')).toMatchObject({ name: 'drone-x' });
    const join = tokens.find(({ role }) => role === 'join');
    expect(join).toMatchObject({ uses_left: 0, name: 'provisioning of drone-x' });
    expect((join?.expires_at ?? Number.POSITIVE_INFINITY) - (join?.created_at ?? 0)).toBeLessThan(300);
    expect(job.log.join('\n')).not.toContain('bsw_');
  });

  test('a join token that a host had no use for is withdrawn', async () => {
    const world = await setup(ssh);
    const first = await ask(world, { ...at, name: 'drone-x' });
    await ended(world, first.body['job'] as string);

    const second = await ask(world, { ...at, name: 'drone-x' });
    const job = await ended(world, second.body['job'] as string);

    expect(job.log.at(-1)).toContain('nothing to change');
    expect((await world.client.tokens({ query: {} })).tokens.filter(({ role }) => role === 'join')).toEqual([]);
  });

  test('who started it and how it ended are events', async () => {
    const world = await setup(ssh);

    const { body } = await ask(world, { ...at, name: 'drone-x' });
    await ended(world, body['job'] as string);
    const { events } = await until('both events are there', async () => {
      const answer = await world.client.eventsHistory({ query: { type: 'control' } });
      return answer.events.some(({ message }) => message === 'Provisioning of drone-x done') && answer;
    });

    const ours = events.filter(({ message }) => message.startsWith('Provisioning'));
    expect(ours.map(({ message }) => message).sort()).toEqual([
      'Provisioning of drone-x done',
      'Provisioning of drone-x started',
    ]);
    for (const { details } of ours) expect(details).toMatchObject({ job: body['job'], by: 'first-admin' });
  });

  test('a script that fails ends the job with what it said and how', async () => {
    const world = await setup(ssh, { script: ['--prefix', '/srv/nothing'] });

    const { body } = await ask(world, { ...at, name: 'drone-x' });
    const job = await ended(world, body['job'] as string);

    expect(job).toMatchObject({ state: 'failed', exit_code: 1 });
    expect(job.error).toContain('--prefix /srv/nothing is no Portage prefix');
    expect(job.steps).toMatchObject([{ name: 'environment', ended_at: null }]);
  });

  test('one host has one job at a time', async () => {
    const world = await setup(ssh);

    const answers = await Promise.all([1, 2, 3].map(() => ask(world, { ...at, name: 'drone-x' })));

    const started = answers.filter(({ status }) => status === 200);
    expect(started).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(2);
    await ended(world, started[0]?.body['job'] as string);
    expect((await ask(world, { ...at, name: 'drone-x' })).status).toBe(200);
  });

  test('a job that takes too long is ended', async () => {
    const world = await setup(ssh, { timeoutMs: 1 });

    const { body } = await ask(world, { ...at, name: 'drone-x' });

    expect(await ended(world, body['job'] as string)).toMatchObject({ state: 'timed_out', exit_code: null });
  });

  test('a control plane that stops ends its jobs and leaves no ssh behind', async () => {
    const world = await provisioningWorld({
      provisioning: (own) => ({ sshOptions: ssh.options, scriptOptions: ['--root', join(own, 'root')] }),
    });
    const { body } = await ask(world, { ...at, name: 'drone-x' });

    await world.close();

    expect(body['status']).toBe('provisioning');
    expect(await until('no session is left', async () => (await ssh.sessions()) === 0)).toBe(true);
  });

  test('the key of an unknown host is not accepted, and the answer says how to', async () => {
    const world = await setup(ssh, { options: ssh.strangerOptions });

    const { status, body } = await ask(world, { ...at, name: 'drone-x' });

    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'ssh_failed', steps: [], name: 'drone-x' });
    expect(body['error']).toMatch(
      /^SSH test failed: Host key verification failed\. The key of this host is not known here/,
    );
    expect(body['error']).toContain(`"ssh -p ${ssh.port} ${ssh.user}@127.0.0.1"`);
    expect(await readdir(join(dir, 'sshd'))).not.toContain('nobody_known');
  });

  test('without a name the drone keeps that of its host, and a name is none of the words of a shell', async () => {
    const world = await setup(ssh, { auth: 'off', script: ['--name', 'the-host'] });

    const { body } = await ask(world, at);
    const job = await ended(world, body['job'] as string);

    expect(body).toMatchObject({ name: null });
    expect(job.state).toBe('done');
    expect(await world.fileIn('etc/build-swarm/drone.conf')).toContain('NODE_NAME="the-host"');
  });

  test('words arrive as they are, whatever a shell would make of them', async () => {
    const nasty = `/srv/$(touch ${join(dir, 'pwned')});'"\`id\``;
    const world = await setup(ssh, { script: ['--prefix', nasty] });

    const { body } = await ask(world, { ...at, name: 'drone-x' });
    const job = await ended(world, body['job'] as string);

    expect(job).toMatchObject({ state: 'failed', error: '--prefix holds letters that are not taken in paths here' });
    expect(await readdir(dir)).not.toContain('pwned');
  });
});

describe('without an SSH server', () => {
  let world: ProvisioningWorld;
  beforeAll(async () => {
    world = await provisioningWorld({
      provisioning: () => ({ sshOptions: ['-F', 'none', '-o', 'UserKnownHostsFile=none'] }),
    });
  });
  afterAll(() => world.close());

  test('a closed port is told as ssh says it', async () => {
    const port = await freePort();

    const { status, body } = await ask(world, { ip: '127.0.0.1', port, name: 'drone-x' });

    expect(status).toBe(200);
    expect(body).toEqual({
      status: 'ssh_failed',
      ip: '127.0.0.1',
      name: 'drone-x',
      steps: [],
      error: `SSH test failed: ssh: connect to host 127.0.0.1 port ${port}: Connection refused`,
    });
    expect((await world.client.provisionJobs()).jobs).toEqual([]);
  });

  test('a host that never answers is given up in ten seconds', async () => {
    const silent = await listening();
    onTestFinished(() => void silent.server.close());

    const { status, body } = await ask(world, { ip: '127.0.0.1', port: silent.port });

    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'ssh_timeout', ip: '127.0.0.1', name: null, steps: [] });
  });

  test('more than four hosts at a time have to wait', async () => {
    const silent = await Promise.all([1, 2, 3, 4, 5].map(listening));
    onTestFinished(() => silent.forEach(({ server }) => void server.close()));

    const asked = silent.map(({ port }) => ask(world, { ip: '127.0.0.1', port }));
    const first = await Promise.race(asked);

    expect(first).toMatchObject({
      status: 429,
      body: { error: expect.stringContaining('4 hosts are being provisioned') },
    });
    expect((await Promise.all(asked)).filter(({ status }) => status === 200)).toHaveLength(4);
  });

  test('a control plane without ssh says so', async () => {
    const other = await provisioningWorld({ provisioning: () => ({ path: '/nowhere' }) });
    onTestFinished(() => other.close());

    expect(await ask(other, { ip: '192.0.2.51', name: 'drone-x' })).toMatchObject({
      status: 200,
      body: { status: 'ssh_not_found', ip: '192.0.2.51', name: 'drone-x', steps: [] },
    });
  });

  test.each([
    [{ ip: '-oProxyCommand=touch x' }, 'ip: must be an IP address or a host name'],
    [{ ip: '10.0.0.1; id' }, 'ip: must be'],
    [{ ip: '10.0.0.1\nid' }, 'ip: must be'],
    [{ ip: '$(id)' }, 'ip: must be'],
    [{ ip: 'root@10.0.0.1' }, 'ip: must be'],
    [{ ip: 10 }, 'ip: '],
    [{ ip: '10.0.0.1', name: 'x; id' }, 'name: must be'],
    [{ ip: '10.0.0.1', name: '--dry-run' }, 'name: must be'],
    [{ ip: '10.0.0.1', user: '-oProxyCommand=id' }, 'user: must be'],
    [{ ip: '10.0.0.1', port: 0 }, 'port: '],
    [{ ip: '10.0.0.1', port: '22 -oProxyCommand=id' }, 'port: '],
  ])('%j is refused before any program is run', async (body, complaint) => {
    const answer = await ask(world, body);

    expect(answer.status).toBe(400);
    expect(answer.body['error']).toContain(complaint);
  });

  test.each([{}, { ip: '' }, { ip: null }])('%j is told as the first version did', async (body) => {
    expect(await ask(world, body)).toEqual({ status: 400, body: { error: 'Missing IP address' } });
  });

  test.each([
    ['POST', '/api/v1/provision/drone'],
    ['GET', '/api/v1/provision/jobs'],
    ['GET', '/api/v1/provision/jobs/x'],
  ])('%s %s is not for everybody', async (method, path) => {
    const answer = await fetch(world.url + path, { method, ...(method === 'POST' && { body: '{"ip":"10.0.0.1"}' }) });

    expect(answer.status).toBe(401);
  });

  test('a job that nobody started is not found', async () => {
    await expect(world.client.provisionJob({ params: { id: 'x' } })).rejects.toMatchObject({ status: 404 });
  });
});

/** A server that takes connections and says nothing. */
async function listening(): Promise<{ server: Server; port: number }> {
  const server = createServer(() => {}).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { server, port: address.port };
}
