import { once } from 'node:events';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { followSwarm, type SwarmMessage } from '../../src/client/stream.ts';
import { type ControlPlaneWorld, controlPlaneWorld } from '../../src/testing/control-plane-world.ts';
import { planOf } from '../../src/testing/plans.ts';

const opened: { close(): Promise<void> | void }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close();
});

type Listener = {
  readonly seen: SwarmMessage[];
  /** The first message of which this is true, with the clock moved on until it comes. */
  find(wanted: (message: SwarmMessage) => boolean): Promise<SwarmMessage>;
  stop(): void;
};

async function setup({ checksReplies = true } = {}) {
  const world = await controlPlaneWorld({}, undefined, undefined, { checksReplies });
  opened.push(world);
  await world.plane().app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = world.plane().app.server.address() as AddressInfo;
  return { world, port, baseUrl: `http://127.0.0.1:${port}` };
}

function listen(
  { world, baseUrl }: { world: ControlPlaneWorld; baseUrl: string },
  wish: { topics?: readonly string[]; since?: string } = {},
): Listener {
  const gone = new AbortController();
  opened.push({ close: () => gone.abort() });
  const seen: SwarmMessage[] = [];
  void (async () => {
    for await (const message of followSwarm({ baseUrl }, { ...wish, signal: gone.signal })) seen.push(message);
  })();
  return {
    seen,
    stop: () => gone.abort(),
    find: async (wanted) => {
      for (;;) {
        const found = seen.find(wanted);
        if (found) return found;
        world.clock.advance(250);
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  };
}

const isHello = ({ event }: SwarmMessage) => event === 'hello';

function isEvent(type: string) {
  return (message: SwarmMessage) => message.event === 'events' && message.data.type === type;
}

test('what happens is told with the ids of the event log', async () => {
  const server = await setup();
  const listener = listen(server, { topics: ['events'] });
  await listener.find(isHello);

  await server.world.join('anvil');

  const told = await listener.find(isEvent('register'));
  const { body } = await server.world.get<{ events: { id: number; type: string }[] }>('/api/v1/events');
  const logged = body.events.find(({ type }) => type === 'register');
  expect(told).toMatchObject({ id: String(logged?.id), data: { id: logged?.id, drone_id: 'anvil' } });
});

test('a client that comes back gets every event it missed, once', async () => {
  const server = await setup();
  const { world } = server;
  const first = listen(server, { topics: ['events'] });
  const { id } = await first.find(isHello);
  first.stop();
  for (const name of ['a', 'b', 'c']) await world.join(name);

  const second = listen(server, { topics: ['events'], since: id ?? '' });
  await second.find((message) => message.event === 'events' && message.data.drone_id === 'c');
  await world.join('d');
  await second.find((message) => message.event === 'events' && message.data.drone_id === 'd');

  const drones = second.seen.flatMap((message) => (message.event === 'events' ? [message.data.drone_id] : []));
  expect(drones).toEqual(['a', 'b', 'c', 'd']);
});

test('who was away for too long is told to read the state again, and goes on from now', async () => {
  const server = await setup();
  const { world } = server;
  const { connection } = world.database();
  await world.join('anvil');
  connection.exec(
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500)
     INSERT INTO events (timestamp, event_type, message, details_json) SELECT 1, 'control', 'x', '{}' FROM n`,
  );

  const listener = listen(server, { topics: ['events'], since: '0' });
  const resync = await listener.find(({ event }) => event === 'resync');

  expect(resync).toMatchObject({ id: '1501', data: { topics: ['events'] } });
  await world.join('bellows');
  expect(await listener.find(({ event }) => event === 'events')).toMatchObject({ id: '1502' });
});

test('an id of another database is answered with a resync, not with silence', async () => {
  const server = await setup();

  const listener = listen(server, { topics: ['events'], since: '999999' });

  expect(await listener.find(({ event }) => event === 'resync')).toMatchObject({ id: '0' });
});

test('changes of the queue are told by row and in numbers', async () => {
  const server = await setup();
  const { world } = server;
  await world.join('anvil');
  const listener = listen(server, { topics: ['queue'] });
  await listener.find(isHello);

  await world.post('/api/v1/queue', { packages: ['app-misc/jq'] });
  const queued = await listener.find(({ event }) => event === 'queue');
  await world.ask('anvil');
  const granted = await listener.find(
    ({ event, data }) => event === 'queue' && (data as { changed: unknown[] | null }).changed?.length === 1,
  );

  expect(queued.data).toMatchObject({ counts: { needed: 1, total: 1 }, ready: 1, changed: null });
  expect(granted.data).toMatchObject({
    counts: { needed: 0, delegated: 1 },
    changed: [{ package: 'app-misc/jq', status: 'delegated', drone_id: 'anvil', assigned_to: 'anvil' }],
  });
});

test('heartbeats tell how a drone is and how far its builds are', async () => {
  const server = await setup();
  const { world } = server;
  await world.join('anvil');
  await world.post('/api/v1/queue', { packages: ['app-misc/jq'] });
  const { attempt } = await world.ask('anvil');
  const listener = listen(server, { topics: ['nodes', 'progress'] });
  await listener.find(isHello);

  await world.join('anvil', {
    metrics: { cpu_percent: 71.5, ram_percent: 20, load_1m: 3 },
    running: [{ attempt, package: 'app-misc/jq', phase: 'compile', elapsed_s: 12 }],
  });

  const nodes = await listener.find(({ event }) => event === 'nodes');
  const progress = await listener.find(({ event }) => event === 'progress');
  expect(nodes.data).toMatchObject({ changed: [{ id: 'anvil', online: true, cpu_percent: 71.5, running: 1 }] });
  const build = { attempt, package: 'app-misc/jq', phase: 'compile', elapsed_s: 12 };
  expect(progress.data).toEqual({ builds: [{ ...build, drone_id: 'anvil', drone: 'anvil', expected_s: null }] });
});

test('heartbeats that go the quick lane are told of as well', async () => {
  const server = await setup({ checksReplies: false });
  const { world, baseUrl } = server;
  await world.join('anvil');
  await world.post('/api/v1/queue', { packages: ['app-misc/jq'] });
  const { attempt } = await world.ask('anvil');
  const listener = listen(server, { topics: ['nodes', 'progress'] });
  await listener.find(isHello);

  const running = [{ attempt, package: 'app-misc/jq', phase: 'compile', elapsed_s: 12 }];
  const body = JSON.stringify({ id: 'anvil', name: 'anvil', running, metrics: { cpu_percent: 71.5 } });
  const headers = { 'content-type': 'application/json' };
  // Not by fetch, which says that it is a browser, and browsers go the ordinary way.
  const answer = await plainPost(baseUrl, { path: '/api/v1/register', headers, body });

  expect(answer).toBe(200);
  const nodes = await listener.find(({ event }) => event === 'nodes');
  const progress = await listener.find(({ event }) => event === 'progress');
  expect(nodes.data).toMatchObject({ changed: [{ id: 'anvil', cpu_percent: 71.5, running: 1 }] });
  expect(progress.data).toMatchObject({ builds: [{ attempt, phase: 'compile' }] });
});

/** The status of the answer to a plain POST. */
function plainPost(
  baseUrl: string,
  { path, headers, body }: { path: string; headers: Record<string, string>; body: string },
): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const length = Buffer.byteLength(body);
    const asked = request(baseUrl + path, { method: 'POST', headers: { ...headers, 'content-length': length } });
    asked.on('error', reject).on('response', (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asked.end(body);
  });
}

test('how long a build is expected to take is told with how far it is, where something is known', async () => {
  const server = await setup();
  const { world } = server;
  await world.join('anvil');
  const plan = planOf(['app-misc/jq-1']);
  await world.queuePlan({ ...plan, nodes: plan.nodes.map((node) => ({ ...node, expected_s: 100 })) });
  const { attempt } = await world.ask('anvil');
  // Whoever asks makes the dispatcher look at what was handed out.
  await world.join('bellows');
  await world.ask('bellows');
  const listener = listen(server, { topics: ['progress'] });
  await listener.find(isHello);

  await world.join('anvil', { running: [{ attempt, package: '=app-misc/jq-1', phase: 'compile', elapsed_s: 12 }] });

  const progress = await listener.find(({ event }) => event === 'progress');
  const [build] = (progress.data as { builds: { expected_s: number }[] }).builds;
  expect(build?.expected_s).toBeGreaterThanOrEqual(100);
});

async function withBuild(world: ControlPlaneWorld): Promise<number> {
  await world.join('anvil');
  await world.post('/api/v1/queue', { packages: ['app-misc/jq'] });
  const { attempt } = await world.ask('anvil');
  return attempt ?? 0;
}

async function append(world: ControlPlaneWorld, attempt: number, offset: number, text: string): Promise<void> {
  const url = `/api/v1/attempts/${attempt}/log?id=anvil&offset=${offset}`;
  const { statusCode } = await world.plane().app.inject({ method: 'POST', url, payload: Buffer.from(text) });
  expect(statusCode).toBe(200);
}

test('the lines of a build are told as they come, whole, and the end of the build with them', async () => {
  const server = await setup();
  const { world } = server;
  const attempt = await withBuild(world);
  await append(world, attempt, 0, 'one\ntwo ½\nthr');
  const listener = listen(server, { topics: [`log:${attempt}`] });

  const first = await listener.find(({ event }) => event === 'log');
  await append(world, attempt, 14, 'ee\n');
  const second = await listener.find(({ event, data }) => event === 'log' && 'offset' in data && data.offset > 0);
  await append(world, attempt, 17, 'no end');
  await world.report('anvil', attempt, 'app-misc/jq', {
    status: 'failed',
    error_detail: 'x',
    failure_class: 'compile',
  });
  const last = await listener.find(({ event, data }) => event === 'log' && 'ended' in data && data.ended);

  expect(first).toMatchObject({ id: `;${attempt}:11`, data: { offset: 0, next: 11, text: 'one\ntwo ½\n' } });
  expect(second.data).toMatchObject({ offset: 11, next: 17, text: 'three\n' });
  expect(last.data).toMatchObject({ offset: 17, next: 23, text: 'no end' });
});

test('a log is followed from the byte at which it was left', async () => {
  const server = await setup();
  const attempt = await withBuild(server.world);
  await append(server.world, attempt, 0, 'one\ntwo\n');

  const listener = listen(server, { topics: [`log:${attempt}`], since: `;${attempt}:4` });

  expect(await listener.find(({ event }) => event === 'log')).toMatchObject({ data: { offset: 4, text: 'two\n' } });
});

test('a topic that does not exist is refused with its name and those that do', async () => {
  const { world } = await setup();

  const { status, body } = await world.get('/api/v1/stream?topics=events,weather');

  expect(status).toBe(400);
  expect(body['error']).toMatch(/topics.*events, queue, nodes, progress, estimates, log:<attempt>/);
});

/** A raw request for the stream; what arrives is not read until somebody does. */
async function rawRequest(port: number, path: string, headers = ''): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  opened.push({ close: () => void socket.destroy() });
  await once(socket, 'connect');
  socket.pause();
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n`);
  return socket;
}

test('the answer goes through proxies as it comes, and tells the browser when to come back', async () => {
  const { port } = await setup();
  const socket = await rawRequest(port, '/api/v1/stream?topics=events', 'Last-Event-ID: 0\r\n');

  let text = '';
  for await (const bytes of socket) {
    text += String(bytes);
    if (text.includes('data:')) break;
  }

  expect(text).toMatch(/^HTTP\/1.1 200/);
  expect(text.toLowerCase()).toContain('content-type: text/event-stream; charset=utf-8');
  expect(text.toLowerCase()).toContain('cache-control: no-store');
  expect(text.toLowerCase()).toContain('x-accel-buffering: no');
  expect(text).toContain('retry: 2000\nid: 0\nevent: hello\n');
});

test('when the control plane stops, listeners are told and let go, and waiting drones are answered', async () => {
  const server = await setup();
  const { world, baseUrl } = server;
  await world.join('anvil');
  const listener = listen(server, { topics: ['events'] });
  await listener.find(isHello);
  const waiting = fetch(`${baseUrl}/api/v1/work?id=anvil&wait=60`);
  while (world.clock.sleepers() === 0) await new Promise((resolve) => setImmediate(resolve));

  await world.plane().app.close();

  expect(listener.seen.at(-1)).toMatchObject({ event: 'bye' });
  expect(await (await waiting).json()).toMatchObject({ package: null, reason: expect.any(String) });
});
