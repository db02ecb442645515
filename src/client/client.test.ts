import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { SwarmError } from '../core/errors.ts';
import { ApiError } from './api-error.ts';
import { type ClientOptions, createClient } from './client.ts';

type Received = { method: string; url: string; headers: IncomingMessage['headers']; body: Buffer };
type Answer = (response: ServerResponse, received: Received) => void;

async function setup(answer: Answer, options: Partial<ClientOptions> = {}) {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const one = {
      method: request.method ?? '',
      url: request.url ?? '',
      headers: request.headers,
      body: Buffer.concat(chunks),
    };
    received.push(one);
    answer(response, one);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () =>
    new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  onTestFinished(async () => void (await close()));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { received, client: createClient({ baseUrl, ...options }), baseUrl, close };
}

const json =
  (status: number, body: unknown): Answer =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };

const caught = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.fail('the call should have failed'),
    (error: unknown) => error,
  );

test('a request goes to the path of the contract with its query and gives the parsed reply', async () => {
  const { client, received } = await setup(json(200, { package: '=app-misc/jq-1.7', attempt: 7, surplus: true }));

  const reply = await client.work({ query: { id: 'anvil', wait: 2.5, holding: '3,4' } });

  expect(reply).toEqual({ package: '=app-misc/jq-1.7', attempt: 7 });
  expect(received).toMatchObject([{ method: 'GET', url: '/api/v1/work?id=anvil&wait=2.5&holding=3%2C4' }]);
});

test('a query value that is not given is not sent', async () => {
  const { client, received } = await setup(json(200, { package: null }));

  await client.work({ query: { id: 'anvil', wait: undefined } });

  expect(received.map((one) => one.url)).toEqual(['/api/v1/work?id=anvil']);
});

test('a path parameter cannot leave its segment', async () => {
  const { client, received } = await setup(json(200, { status: 'paused', name: 'x' }));

  await client.pauseNode({ params: { id: '../a b/ü?x#y' } });

  expect(received.map((one) => one.url)).toEqual(['/api/v1/nodes/..%2Fa%20b%2F%C3%BC%3Fx%23y/pause']);
  await expect(client.pauseNode({ params: { id: '..' } })).rejects.toThrow(TypeError);
});

test('a body is sent as JSON, with the token when there is one', async () => {
  const { client, received } = await setup(json(200, { status: 'registered' }), { token: 'secret' });

  await client.register({ body: { id: 'anvil', capabilities: { cores: 4 } } });

  expect(received[0]?.headers).toMatchObject({ 'content-type': 'application/json', authorization: 'Bearer secret' });
  expect(JSON.parse(String(received[0]?.body))).toEqual({ id: 'anvil', capabilities: { cores: 4 } });
});

test('an iterable of bytes is uploaded whole, piece by piece', async () => {
  const { client, received } = await setup(
    json(200, { status: 'verified', cpv: 'a/b-1', build_id: 1, size_bytes: 3_000_000, sha256: '0'.repeat(64) }),
  );
  async function* pieces() {
    for (let index = 0; index < 30; index += 1) yield new Uint8Array(100_000).fill(index);
  }

  const reply = await client.uploadPackage({
    params: { attempt: 12 },
    query: { id: 'anvil', sha256: 'a'.repeat(64) },
    body: pieces(),
  });

  expect(reply.cpv).toBe('a/b-1');
  expect(received[0]).toMatchObject({
    method: 'PUT',
    url: `/api/v1/attempts/12/package?id=anvil&sha256=${'a'.repeat(64)}`,
  });
  expect(received[0]?.headers).toMatchObject({
    'content-type': 'application/octet-stream',
    'transfer-encoding': 'chunked',
  });
  expect(received[0]?.body.length).toBe(3_000_000);
  expect(received[0]?.body[2_950_000]).toBe(29);
});

test('bytes in memory and streams are sent as they are', async () => {
  const { client, received } = await setup(json(200, { next: 3 }));
  const call = { params: { attempt: 1 }, query: { id: 'anvil', offset: 0 } };

  await client.appendLog({ ...call, body: new Uint8Array([0, 255, 10]) });
  await client.appendLog({ ...call, body: new Blob([new Uint8Array([1, 2])]).stream() });

  expect(received.map((one) => [...one.body])).toEqual([
    [0, 255, 10],
    [1, 2],
  ]);
});

test('a reply of bytes is given unread', async () => {
  const { client } = await setup((response) => response.writeHead(200).end(Buffer.from([0, 255, 1])));

  const reply = await client.readLog({ params: { attempt: 3 }, query: { offset: 0 } });

  expect([...new Uint8Array(await reply.arrayBuffer())]).toEqual([0, 255, 1]);
});

test('an error of the control plane carries its status, its words and the whole answer', async () => {
  const { client } = await setup(json(409, { error: 'attempt 7 is not current', next: 12 }));

  const error = await caught(client.readLog({ params: { attempt: 7 }, query: { offset: 0 } }));

  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({ status: 409, message: 'attempt 7 is not current', body: { next: 12 } });
});

test('an error page that is not JSON is an ApiError with the request named', async () => {
  const { client } = await setup((response) => response.writeHead(502).end('<html>'));

  const error = await caught(client.health());

  expect(error).toMatchObject({ status: 502, message: 'GET /api/v1/health was answered 502', body: '<html>' });
});

test('an answer of another shape than the contract is refused', async () => {
  const { client } = await setup(json(200, { status: 'ok', uptime_s: 'long' }));

  const error = await caught(client.health());

  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({ status: 200, body: { uptime_s: 'long' } });
});

test('nobody at the address is SERVER_UNREACHABLE with the reason', async () => {
  const { client, close } = await setup(json(200, {}));
  await close();

  const error = await caught(client.health());

  expect(error).toBeInstanceOf(SwarmError);
  expect(error).toMatchObject({ code: 'SERVER_UNREACHABLE', message: expect.stringContaining('ECONNREFUSED') });
  expect((error as Error).cause).toBeInstanceOf(TypeError);
});

test('no answer in time is SERVER_UNREACHABLE', async () => {
  const { client } = await setup(() => undefined, { timeoutMs: 50 });

  const error = await caught(client.health());

  expect(error).toMatchObject({ code: 'SERVER_UNREACHABLE', message: expect.stringContaining('within 50 ms') });
});

test('an answer that stops half way is SERVER_UNREACHABLE', async () => {
  const { client } = await setup((response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('{"status":', () => response.destroy());
  });

  expect(await caught(client.health())).toMatchObject({ code: 'SERVER_UNREACHABLE' });
});

test('a call ends with the reason of its signal', async () => {
  const stopped = new Error('stopped');
  const controller = new AbortController();
  const { client } = await setup(() => controller.abort(stopped));

  const error = await caught(client.health({}, { signal: controller.signal }));

  expect(error).toBe(stopped);
  expect(await caught(client.health({}, { signal: controller.signal }))).toBe(stopped);
});
