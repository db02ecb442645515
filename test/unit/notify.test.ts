import { createHmac } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Api } from '../../src/contract/api.ts';
import type { ReplyOf } from '../../src/contract/endpoint.ts';
import { resolveSettings } from '../../src/settings/resolve.ts';
import { type ServerSettings, serverSettings } from '../../src/settings/server-settings.ts';
import { controlPlaneWorld } from '../../src/testing/control-plane-world.ts';
import { freePort, until } from '../../src/testing/real-swarm.ts';

type Received = { readonly path: string; readonly headers: IncomingHttpHeaders; readonly body: string };
type Answer = { readonly status: number; readonly headers?: Record<string, string> };

/** A real server that takes posts; `answers` are given in their order, then 200. */
async function receiver(...answers: Answer[]) {
  const received: Received[] = [];
  const left = [...answers];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      received.push({ path: request.url ?? '', headers: request.headers, body });
      const { status, headers = {} } = left.shift() ?? { status: 200 };
      response.writeHead(status, headers).end('the secret is in the answer: hunter2');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  // It listens on a port.
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received };
}

async function directory(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'notify-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

/** What the settings make of these variables. */
function told(env: Record<string, string>): ServerSettings['notifications'] {
  const flags = { '--data': '/nowhere/at/all', '--config': 'off' };
  return serverSettings(resolveSettings({ flags, env, uid: 1000 })).notifications;
}

async function setup(env: Record<string, string>) {
  const notifications = told(env);
  const world = await controlPlaneWorld({ retryBackoffMs: 0, distinctDronesToBlock: 1 }, undefined, (settings) => ({
    ...settings,
    notifications,
  }));
  onTestFinished(async () => {
    await world.plane().services.stop();
    await world.close();
  });
  world.plane().services.start();
  const tick = async (ms = 5_000) => {
    const service = () =>
      world
        .plane()
        .services.states()
        .find(({ name }) => name === 'notify');
    await until('the service sleeps', async () => service()?.isRunning === false);
    const before = service()?.runs ?? 0;
    world.clock.advance(ms);
    await until('people were told', async () => (service()?.runs ?? 0) > before && service()?.isRunning === false);
  };
  // From here on there is news.
  await tick();
  const list = async () => (await world.get<ReplyOf<Api['notifications']>>('/api/v1/notifications')).body;
  return { world, tick, list };
}

type Payload = { title: string; text: string; items: { kind: string; title: string; text: string }[] };

test('a webhook is posted as JSON and signed, so that its receiver can check it', async () => {
  const { url, received } = await receiver();
  const { world, tick } = await setup({
    SWARM_NOTIFY_WEBHOOK_URL: `${url}/hook/hunter2`,
    SWARM_NOTIFY_WEBHOOK_SECRET: 'a-long-secret',
  });

  await world.post('/api/v1/queue', { packages: ['app-misc/jq'], session_name: 'mine' });
  await blockEverything(world);
  await tick();

  const { path, headers, body } = received[0] ?? { path: '', headers: {}, body: '' };
  const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature } = headers;
  const expected = createHmac('sha256', 'a-long-secret')
    .update(`${id as string}.${at as string}.${body}`)
    .digest('base64');
  expect([path, signature, headers['content-type']]).toEqual(['/hook/hunter2', `v1,${expected}`, 'application/json']);
  const payload = JSON.parse(body) as Payload;
  expect(payload.items.map(({ kind, title }) => [kind, title])).toContainEqual([
    'package_blocked',
    'app-misc/jq is blocked',
  ]);
});

/** A drone fails what there is; one failure blocks a package here. */
async function blockEverything(world: Awaited<ReturnType<typeof setup>>['world']): Promise<void> {
  await world.join('d-1', { capabilities: { cores: 64, slots: 16, attempts: true } });
  for (;;) {
    const { attempt, package: name } = await world.ask('d-1');
    if (attempt === undefined || name == null) return;
    const failure = { status: 'failed', failure_class: 'compile', confidence: 'certain', first_error: 'no such file' };
    await world.report('d-1', attempt, name, failure);
  }
}

test('many packages that are blocked together are one message', async () => {
  const { url, received } = await receiver();
  const { world, tick } = await setup({ SWARM_NOTIFY_WEBHOOK_URL: url, SWARM_NOTIFY_ABOUT: 'package_blocked' });
  await world.post('/api/v1/queue', { packages: Array.from({ length: 12 }, (_, n) => `app-misc/p${n}`) });

  await blockEverything(world);
  await tick();

  expect(received).toHaveLength(1);
  const payload = JSON.parse(received[0]?.body ?? '{}') as Payload;
  expect([payload.title, payload.items.length]).toEqual(['12 packages blocked', 12]);
});

test('a drone is told to be down after a while, and back only to those who heard that it was down', async () => {
  const { url, received } = await receiver();
  const { world, tick } = await setup({
    SWARM_NOTIFY_NTFY_URL: `${url}/my-farm`,
    SWARM_NOTIFY_NTFY_TOKEN: 'tk_hunter2',
  });
  await world.join('d-1', { name: 'anvil' });

  // Offline for a minute: nobody has to know.
  await tick(40_000);
  await tick(60_000);
  await world.join('d-1', { name: 'anvil' });
  await tick(200_000);
  expect(received.map(({ body }) => body)).toEqual([]);

  await tick(200_000);
  await tick();
  await world.join('d-1', { name: 'anvil' });
  await tick();

  const said = received.map(({ path, headers, body }) => {
    const { topic, title, priority } = JSON.parse(body) as Record<string, unknown>;
    return [path, headers.authorization, topic, title, priority];
  });
  expect(said).toEqual([
    ['/', 'Bearer tk_hunter2', 'my-farm', 'anvil is down', 4],
    ['/', 'Bearer tk_hunter2', 'my-farm', 'anvil is back', 3],
  ]);
});

test('what cannot be delivered is tried again with longer and longer pauses, and then given up', async () => {
  const { url, received } = await receiver(...Array.from({ length: 9 }, () => ({ status: 503 })));
  const { world, tick, list } = await setup({
    SWARM_NOTIFY_MATRIX_URL: `${url}/webhook/hunter2`,
    SWARM_NOTIFY_TRIES: '3',
    SWARM_NOTIFY_BACKOFF_S: '10',
    SWARM_NOTIFY_ABOUT: 'session_done',
  });
  await finishSession(world);
  await tick();
  expect(received).toHaveLength(1);
  await tick(5_000);
  expect(received).toHaveLength(1);
  await tick(10_000);
  expect(received).toHaveLength(2);
  await tick(15_000);
  expect(received).toHaveLength(2);
  await tick(10_000);
  expect(received).toHaveLength(3);
  await tick(3_600_000);

  expect(received).toHaveLength(3);
  const { notifications, channels } = await list();
  expect(channels).toEqual([{ channel: 'matrix', target: new URL(url).host }]);
  expect(notifications[0]).toMatchObject({
    kind: 'session_done',
    deliveries: [{ channel: 'matrix', state: 'failed', tries: 3, next_at: null, error: 'the server answered 503' }],
  });
  expect(JSON.stringify({ notifications, channels })).not.toContain('hunter2');
});

async function finishSession(world: Awaited<ReturnType<typeof setup>>['world']): Promise<void> {
  await world.post('/api/v1/queue', { packages: ['app-misc/one'], session_name: 'small <b>' });
  await blockEverything(world);
  world.clock.advance(2_000);
  await until('the session has ended', async () => {
    await world.plane().reconcile();
    const { body: found } = await world.get<ReplyOf<Api['events']>>('/api/v1/events?since=0');
    return found.events.some(({ type, message }) => type === 'session' && message.includes('completed'));
  });
}

test('there are no more messages in an hour than were asked for; what is more comes together, and nothing is lost', async () => {
  const { url, received } = await receiver();
  const { world, tick } = await setup({
    SWARM_NOTIFY_WEBHOOK_URL: url,
    SWARM_NOTIFY_PER_HOUR: '2',
    SWARM_NOTIFY_ABOUT: 'package_blocked',
  });
  for (let n = 0; n < 5; n += 1) {
    await world.post('/api/v1/queue', { packages: [`app-misc/p${n}`] });
    await blockEverything(world);
    await tick();
  }
  expect(received).toHaveLength(2);

  await tick(3_600_000);

  const titles = received.flatMap(({ body }) => (JSON.parse(body) as Payload).items.map(({ title }) => title));
  expect(received).toHaveLength(3);
  expect(titles.toSorted()).toEqual(Array.from({ length: 5 }, (_, n) => `app-misc/p${n} is blocked`));
});

test('a restart tells nothing twice and loses nothing', async () => {
  const { url, received } = await receiver({ status: 500 });
  const { world, tick } = await setup({ SWARM_NOTIFY_WEBHOOK_URL: url, SWARM_NOTIFY_ABOUT: 'package_blocked' });
  await world.post('/api/v1/queue', { packages: ['app-misc/jq'] });
  await blockEverything(world);
  await tick();
  expect(received).toHaveLength(1);

  await world.plane().services.stop();
  await world.restart();
  world.plane().services.start();
  await tick(60_000);
  await tick(60_000);

  expect(received.map(({ headers }) => headers['webhook-id'])).toEqual([
    received[0]?.headers['webhook-id'],
    received[0]?.headers['webhook-id'],
  ]);
});

test('e-mail goes by the sendmail of the host, and a name of a package makes no header', async () => {
  const dir = await directory();
  const sendmail = join(dir, 'sendmail');
  await writeFile(sendmail, `#!/bin/sh\nprintf '%s\\n' "$@" >'${dir}/args'\nexec cat >"${dir}/mail-$$"\n`);
  await chmod(sendmail, 0o755);
  const { world } = await setup({
    SWARM_NOTIFY_EMAIL: 'root, ops@example.org',
    SWARM_NOTIFY_EMAIL_FROM: 'swarm@example.org',
    SWARM_NOTIFY_SENDMAIL: sendmail,
  });

  const { status, body } = await world.post<ReplyOf<Api['testNotifications']>>('/api/v1/notifications/test', {});

  expect([status, body.results]).toMatchObject([200, [{ channel: 'email', sent: true, error: null }]]);
  expect(await readFile(join(dir, 'args'), 'utf8')).toBe('-i\n-f\nswarm@example.org\n--\nroot\nops@example.org\n');
  const [name = ''] = (await readdir(dir)).filter((each) => each.startsWith('mail-'));
  const [head = '', text = ''] = (await readFile(join(dir, name), 'utf8')).split('\n\n');
  expect(head).toContain('To: root, ops@example.org\nSubject: [build-swarm] Build Swarm can reach you\n');
  expect(Buffer.from(text, 'base64').toString()).toContain('somebody asked the control plane for it');
});

test('a test says how each way fared, and no way at all is said so; redirects are not followed', async () => {
  const moved = await receiver({ status: 302, headers: { location: 'http://127.0.0.1:1/' } });
  const env = {
    SWARM_NOTIFY_WEBHOOK_URL: `http://user:hunter2@127.0.0.1:${await freePort()}/x`,
    SWARM_NOTIFY_NTFY_URL: `${moved.url}/t`,
  };
  const { world } = await setup(env);

  const { body } = await world.post<ReplyOf<Api['testNotifications']>>('/api/v1/notifications/test', {});
  const one = await world.post('/api/v1/notifications/test', { channel: 'email' });

  expect(body.results.map(({ channel, sent, error }) => [channel, sent, error])).toEqual([
    ['webhook', false, 'the server cannot be reached (ECONNREFUSED)'],
    ['ntfy', false, 'the server answered 302, which names another place'],
  ]);
  expect([one.status, one.body]).toMatchObject([409, { error: expect.stringContaining('email') as string }]);
});

test('disks that run full are told once, and again only after there was room', async () => {
  const { url, received } = await receiver();
  const { world, tick } = await setup({ SWARM_NOTIFY_WEBHOOK_URL: url, SWARM_NOTIFY_ABOUT: 'disk_low' });
  const say = async (freeMb: number) => {
    await world.join('d-1', { name: 'anvil', metrics: { cpu_percent: 1, disk_free_mb: freeMb } });
    await tick(20_000);
    await world.join('d-1', { name: 'anvil', metrics: { cpu_percent: 1, disk_free_mb: freeMb } });
    await tick(20_000);
    await world.join('d-1', { name: 'anvil', metrics: { cpu_percent: 1, disk_free_mb: freeMb } });
    await tick(21_000);
    await tick(1_000);
  };
  await say(50_000);
  await say(900);
  await say(800);
  await say(2_100);
  await say(50_000);
  await say(100);

  const texts = received
    .flatMap(({ body }) => (JSON.parse(body) as Payload).items)
    .filter(({ title }) => title.includes('anvil'));
  expect(texts.map(({ text }) => text)).toEqual([
    'anvil has little room: 900 MB free',
    'anvil has little room: 100 MB free',
  ]);
});

test('other words come from a file, which is refused when it names what there is not', async () => {
  const dir = await directory();
  const file = join(dir, 'words.json');
  await writeFile(file, JSON.stringify({ drone_down: { title: 'Hilfe, {drone} ist weg' } }));
  expect(told({ SWARM_NOTIFY_TEMPLATES: file }).templates.drone_down.title).toBe('Hilfe, {drone} ist weg');

  await writeFile(file, JSON.stringify({ drone_down: { title: '{package} ist weg' } }));
  expect(() => told({ SWARM_NOTIFY_TEMPLATES: file })).toThrow(/drone_down knows no \{package\}/);
  await writeFile(file, JSON.stringify({ drone_gone: { title: 'x' } }));
  expect(() => told({ SWARM_NOTIFY_TEMPLATES: file })).toThrow(/cannot be used/);
});

test('settings that are secret are not in what is said when they are wrong', () => {
  const env = { SWARM_NOTIFY_WEBHOOK_URL: 'ftp://hunter2', SWARM_NOTIFY_WEBHOOK_SECRET: 'hunter2' };

  expect(() => told(env)).toThrow(/SWARM_NOTIFY_WEBHOOK_URL must be/);
  expect(() => told(env)).not.toThrow(/hunter2/);
});
