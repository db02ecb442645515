import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, expect, test } from 'vitest';
import type { WireDetail, WireEntry } from '../../app/wire-ports.ts';
import { protocol, protocolDetail, protocolStats } from '../../contract/wire.ts';
import { type ControlPlaneWorld, controlPlaneWorld } from '../../testing/control-plane-world.ts';

const worlds: ControlPlaneWorld[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close();
});

type Auth = Parameters<typeof controlPlaneWorld>[1];

async function setup({ bodyBytes = 65_536, auth }: { bodyBytes?: number; auth?: Auth } = {}) {
  const plane = await controlPlaneWorld({}, auth, (settings) => ({
    ...settings,
    wire: { ...settings.wire, isOn: true, bodyBytes },
  }));
  worlds.push(plane);
  const entries = async (query = '') =>
    (await plane.get<{ entries: WireEntry[] }>(`/api/v1/protocol?${query}`)).body.entries;
  return {
    ...plane,
    send: (method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'OPTIONS', url: string, payload?: string | Buffer) =>
      plane.plane().app.inject({ method, url, ...(payload !== undefined && { payload }) }),
    entries,
    last: async () => (await entries('order=desc&limit=1'))[0],
    detail: async (id: number) => (await plane.get<WireDetail>(`/api/v1/protocol/detail?id=${id}`)).body,
  };
}

test('a drone’s day is in the log in the words of the contract', async () => {
  const world = await setup();
  await world.join('anvil', { ip: '192.0.2.21', capabilities: { cores: 8, attempts: true } });
  await world.post('/api/v1/queue', { packages: ['=app-misc/jq-1.7'] });
  const { attempt = 0 } = await world.ask('anvil');
  await world.ask('anvil', [attempt]);
  await world.report('anvil', attempt, '=app-misc/jq-1.7', { status: 'failed', build_duration_s: 12.34 });
  await world.post('/api/v1/control', { action: 'pause' });
  await world.get('/api/v1/health');
  await world.post('/api/v1/nodes/anvil/pause', {});
  await world.remove('/api/v1/nodes/anvil');

  const entries = await world.entries();

  const said = entries.map((each) => [each.msg_type, each.request_summary, each.response_summary]);
  expect(said).toEqual([
    ['register', 'REGISTER anvil ip=192.0.2.21 cores=8', '200 registered'],
    ['queue', 'QUEUE 1 packages', '200 queued=1'],
    ['work_request', 'GET /work drone=anvil', '200 package==app-misc/jq-1.7'],
    ['work_request', 'GET /work drone=anvil', '200 no_work'],
    ['complete', 'COMPLETE =app-misc/jq-1.7 status=failed 12.3s', expect.stringMatching(/^200 accepted=(True|False)$/)],
    ['control', 'CONTROL action=pause', '200 paused'],
    ['health_check', 'GET /api/v1/health', '200 ok'],
    ['node_pause', 'POST node_pause node=anvil', '200'],
    ['node_delete', 'DELETE node_delete node=anvil', expect.any(String)],
  ]);
  expect(entries[0]).toMatchObject({
    drone_id: 'anvil',
    source_node: 'anvil',
    source_ip: '127.0.0.1',
    actor: 'anyone',
  });
  expect(entries[1]).toMatchObject({ session_id: 's-1' });
  expect(entries[2]).toMatchObject({ drone_id: 'anvil', package: '=app-misc/jq-1.7', query: 'id=anvil&holding=' });
  expect(entries[4]).toMatchObject({ drone_id: 'anvil', package: '=app-misc/jq-1.7' });
  expect(entries[7]).toMatchObject({ drone_id: 'anvil' });
});

test('both forms of the list of nodes are recorded and counted, also where they are too long to be kept', async () => {
  const world = await setup({ bodyBytes: 1024 });
  for (const name of ['anvil', 'bellows', 'crucible']) await world.join(name);

  await world.get('/api/v1/nodes');
  await world.get('/api/v1/nodes?format=legacy');
  await world.get('/api/v1/status');

  const [list, old, status] = (await world.entries()).slice(3);
  expect(list).toMatchObject({ msg_type: 'node_list', response_summary: '200 3 nodes', query: null });
  expect(old).toMatchObject({ msg_type: 'node_list', response_summary: '200 3 nodes', query: 'format=legacy' });
  expect(status).toMatchObject({ msg_type: 'status_query', response_summary: '200 N=0 D=0 R=0' });
  expect(await world.detail(list?.id ?? 0)).toMatchObject({ response_truncated: true });
});

test('an answer that is written as bytes is kept as text, up to the last character that fits', async () => {
  const world = await setup({ bodyBytes: 1024 });
  for (let index = 0; index < 20; index += 1)
    await world.join(`anvil-${index}`, { metrics: { room: 'Große Halle 🐝' } });
  const { payload } = await world.send('GET', '/api/v1/nodes');

  const entry = await world.last();

  const detail = await world.detail(entry?.id ?? 0);
  expect(detail).toMatchObject({ response_truncated: true, content_length: Buffer.byteLength(payload) });
  expect(detail.response_body).toBe(payload.slice(0, 1024));
});

test('an answer that is written as bytes and fits is kept whole', async () => {
  const world = await setup();
  await world.join('anvil');
  const { payload } = await world.send('GET', '/api/v1/nodes');

  const entry = await world.last();

  expect(await world.detail(entry?.id ?? 0)).toMatchObject({ response_truncated: false, response_body: payload });
});

test('a queueing that is too long to be kept is still counted', async () => {
  const world = await setup({ bodyBytes: 1024 });
  const packages = Array.from({ length: 200 }, (_, index) => `=app-misc/thing${index}-1.0`);

  await world.post('/api/v1/queue', { packages });

  const entry = await world.last();
  expect(entry).toMatchObject({
    request_summary: 'QUEUE 200 packages',
    response_summary: '200 queued=200',
    session_id: 's-1',
  });
  const detail = await world.detail(entry?.id ?? 0);
  expect(detail).toMatchObject({ request_truncated: true, request_bytes: JSON.stringify({ packages }).length });
  expect(detail.request_body).toBe(JSON.stringify({ packages }).slice(0, 1024));
});

test.each([
  ['POST', '/api/v1/queue', '{"packages":', 400, '{"packages":'],
  ['POST', '/api/v1/queue', '{"packages":[]}', 400, '{"packages":[]}'],
  ['GET', '/api/v1/nowhere', undefined, 404, null],
  ['GET', '/%zz', undefined, 400, null],
  ['OPTIONS', '/api/v1/queue', undefined, 204, null],
] as const)('%s %s with %s, which is refused or no use, is recorded', async (...row) => {
  const [method, url, body, status, kept] = row;
  const world = await setup();

  const answer = await world.send(method, url, body);

  const entry = await world.last();
  expect(entry).toMatchObject({ method, path: url, status_code: answer.statusCode, aborted: false });
  expect(entry?.content_length).toBe(answer.rawPayload.length);
  expect(await world.detail(entry?.id ?? 0)).toMatchObject({ request_body: kept });
  if (method !== 'OPTIONS') expect(answer.statusCode).toBe(status);
});

test('questions about the log are not in it', async () => {
  const world = await setup();
  await world.get('/api/v1/health');

  for (const path of ['', '/detail?id=1', '/stats', '/density', '/export', '?since=0'])
    await world.send('GET', `/api/v1/protocol${path}`);
  await world.send('GET', '//api/v1/protocol');

  expect((await world.entries()).map((each) => each.path)).toEqual(['/api/v1/health']);
});

test('of an upload only the size is recorded', async () => {
  const world = await setup();
  await world.join('anvil');

  await world.upload('anvil', 7, Buffer.alloc(5000, 'x'));

  const entry = await world.last();
  expect(entry).toMatchObject({
    msg_type: 'upload',
    drone_id: 'anvil',
    request_summary: 'PUT upload attempt=7 drone=anvil',
  });
  expect(await world.detail(entry?.id ?? 0)).toMatchObject({ request_body: null, request_bytes: 5000 });
});

test('secrets are in neither body, nor in the address', async () => {
  const world = await setup({ auth: { mode: 'token', allowsAnonymous: true } });
  const { token } = await world.plane().access.createToken(
    { kind: 'admin', name: 'root', lifetimeMs: null, droneId: null, uses: null },
    {
      name: 'test',
      role: 'admin',
      address: '-',
    },
  );
  const headers = { authorization: `Bearer ${token}` };
  const made = await world.plane().app.inject({
    method: 'POST',
    url: `/api/v1/tokens?token=${token}`,
    headers,
    payload: { role: 'viewer', name: 'x' },
  });
  await world.plane().app.inject({ url: '/api/v1/protocol', headers });

  expect(made.statusCode).toBe(200);
  const kept = JSON.stringify(rowsOf(world.dir));
  expect(kept).toContain('[redacted]');
  expect(kept).toContain('"root"');
  expect(kept).not.toContain(token);
  expect(kept).not.toContain(made.json<{ token: string }>().token);
});

test('only operators see bodies; everybody sees the list', async () => {
  const world = await setup({ auth: { mode: 'token', allowsAnonymous: true } });

  expect((await world.get('/api/v1/protocol')).status).toBe(200);
  expect((await world.get('/api/v1/protocol/stats')).status).toBe(200);
  expect((await world.get('/api/v1/protocol/detail?id=1')).status).toBe(401);
  expect((await world.get('/api/v1/protocol/export')).status).toBe(401);
});

test('who goes away before the answer is recorded as such, with the time he waited', async () => {
  const world = await setup();
  await world.join('anvil');
  const { app } = world.plane();
  await app.listen({ port: 0, host: '127.0.0.1' });
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write('GET /api/v1/work?id=anvil&wait=60 HTTP/1.1\r\nHost: x\r\n\r\n');
  await once(app.server, 'request');

  socket.destroy();

  let entry = await world.last();
  while (entry?.msg_type !== 'work_request') entry = await world.last();
  expect(entry).toMatchObject({ status_code: 499, aborted: true, response_summary: '499 aborted', content_length: 0 });
  expect(entry.latency_ms).toBeGreaterThan(0);
});

test('replies about the log are as the contract says', async () => {
  const world = await setup();
  await world.join('anvil');

  const list = await world.get('/api/v1/protocol');
  const detail = await world.get('/api/v1/protocol/detail?id=1');
  const stats = await world.get('/api/v1/protocol/stats');

  expect(protocol.reply.strict().parse(list.body).entries).toHaveLength(1);
  expect(protocolDetail.reply.strict().parse(detail.body)).toMatchObject({ id: 1 });
  expect(protocolStats.reply.strict().parse(stats.body)).toMatchObject({ total: 1, dropped: 0, queued: 0 });
  expect(await world.get('/api/v1/protocol/detail?id=99')).toEqual({ status: 404, body: { error: 'Entry not found' } });
  expect(await world.get('/api/v1/protocol/density?buckets=0&start=1&end=2')).toEqual({
    status: 200,
    body: { density: [], start: 1, end: 2 },
  });
  expect((await world.get('/api/v1/protocol?limit=-1')).status).toBe(200);
});

test.each([
  'density?start=inf',
  'density?end=NaN',
  'density?buckets=x',
  'stats?since=1e999',
  'detail?id=1.5',
  'export?format=xml',
])('a question with %s is refused with a sentence', async (question) => {
  const world = await setup();

  const { status, body } = await world.get(`/api/v1/protocol/${question}`);

  expect(status).toBe(400);
  expect(body['error']).toMatch(/^query /);
});

test('what was recorded is there after a restart', async () => {
  const world = await setup();
  await world.join('anvil');

  await world.restart();

  expect((await world.entries()).map(({ id, msg_type }) => [id, msg_type])).toEqual([[1, 'register']]);
});

test('a log that is switched off says so, and nothing else changes', async () => {
  const plane = await controlPlaneWorld();
  worlds.push(plane);

  expect((await plane.get('/api/v1/health')).status).toBe(200);
  expect(await plane.get('/api/v1/protocol')).toEqual({
    status: 503,
    body: { error: 'the protocol log is switched off' },
  });
});

function rowsOf(dir: string): unknown[] {
  const file = new Database(join(dir, 'protocol.db'), { readonly: true });
  try {
    return file.prepare('SELECT * FROM protocol_log').all();
  } finally {
    file.close();
  }
}
