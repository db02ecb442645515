import { afterEach, expect, test, vi } from 'vitest';
import { askWireLog } from '../../app/wire-log.ts';
import type { WireFilter } from '../../app/wire-ports.ts';
import { completion, WIRE_NOW, type WireLogWorld, wireLogWorld } from '../../testing/wire-log-world.ts';

const worlds: WireLogWorld[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close();
});

async function setup(...options: Parameters<typeof wireLogWorld>): Promise<WireLogWorld> {
  const world = await wireLogWorld(...options);
  worlds.push(world);
  return world;
}

test('what was recorded before a question is in its answer, oldest first', async () => {
  const world = await setup();

  world.record(completion('app-misc/jq'), {});

  expect(await world.list()).toMatchObject([
    {
      id: 1,
      timestamp: WIRE_NOW / 1000,
      msg_type: 'complete',
      drone_id: 'd-1',
      package: 'app-misc/jq',
      request_summary: 'COMPLETE app-misc/jq status=success 12.3s',
      response_summary: '200 accepted=True',
    },
    { id: 2, msg_type: 'status_query', response_summary: '200 N=1 D=2 R=3', latency_ms: 1.5, content_length: 39 },
  ]);
});

test('what nobody asks for is written by itself', async () => {
  const world = await setup({ flushEveryMs: 20 });

  world.record({});

  await vi.waitUntil(() => world.log().counters().queued === 0);
  expect(await world.ids()).toEqual([1]);
});

test('pages go forward from an id and backward before one', async () => {
  const world = await setup();
  world.record(...Array.from({ length: 10 }, () => ({})));

  expect(await world.ids({ since: 3 }, { limit: 3 })).toEqual([4, 5, 6]);
  expect(await world.ids({}, { limit: 3, order: 'desc' })).toEqual([10, 9, 8]);
  expect(await world.ids({ before: 8 }, { limit: 3, order: 'desc' })).toEqual([7, 6, 5]);
  expect(await world.ids({}, { limit: 0 })).toEqual([]);
  expect(await world.ids({ since: -5, before: 3 })).toEqual([1, 2]);
});

test('a search finds what lies many windows of ids apart, in either order', async () => {
  const world = await setup();
  world.record(completion('x/first'), ...Array.from({ length: 11_998 }, () => ({})), completion('x/last'));

  expect(await world.ids({ type: 'complete' })).toEqual([1, 12_000]);
  expect(await world.ids({ type: 'complete' }, { order: 'desc' })).toEqual([12_000, 1]);
});

test('each filter leaves out what does not fit', async () => {
  const world = await setup();
  world.record(completion('app-misc/jq'), completion('app-misc/a%b_c', 'd-2', { status: 400, latencyMs: 80 }), {
    at: WIRE_NOW + 5000,
    url: '/api/v1/nope?x=1',
  });
  world.record({ method: 'POST', url: '/api/v1/sessions/s-7/abort', at: WIRE_NOW + 4000 });
  const found = (filter: WireFilter) => world.ids(filter);

  expect(await found({ type: 'complete' })).toEqual([1, 2]);
  expect(await found({ drone: 'd-2' })).toEqual([2]);
  expect(await found({ method: 'post' })).toEqual([1, 2, 4]);
  expect(await found({ status: 400 })).toEqual([2]);
  expect(await found({ minStatus: 400, maxStatus: 499 })).toEqual([2]);
  expect(await found({ maxStatus: 399 })).toEqual([1, 3, 4]);
  expect(await found({ session: 's-7' })).toEqual([4]);
  expect(await found({ minLatencyMs: 80 })).toEqual([2]);
  expect(await found({ path: '/nope' })).toEqual([3]);
  expect(await found({ sinceTime: WIRE_NOW / 1000 + 5 })).toEqual([3]);
  expect(await found({ untilTime: WIRE_NOW / 1000 })).toEqual([1, 2]);
  expect(await found({ type: 'complete', drone: 'd-1', status: 400 })).toEqual([]);
});

test('a package is searched for as it is written, wildcards of SQL included', async () => {
  const world = await setup();
  world.record(completion('app-misc/a%b_c'), completion('app-misc/axxbxc'), completion('app-misc/a\\d'));
  const found = (name: string) => world.ids({ package: name });

  expect(await found('a%b_c')).toEqual([1]);
  expect(await found('%')).toEqual([1]);
  expect(await found('a\\d')).toEqual([3]);
  expect(await found('MISC/AX')).toEqual([2]);
});

test('a drone is found by the name it registered with, also after a restart', async () => {
  const world = await setup();
  const requestBody = '{"id":"d-1","name":"anvil","ip":"192.0.2.7","capabilities":{"cores":8}}';
  world.record({ method: 'POST', url: '/api/v1/register', requestBody, responseBody: '{"status":"registered"}' });
  world.record(completion('x/y', 'd-1'), completion('x/y', 'd-2'));

  expect(await world.ids({ drone: 'anvil' })).toEqual([1, 2]);
  await world.reopen();
  expect(await world.ids({ drone: 'anvil' })).toEqual([1, 2]);
});

test('a body is kept whole up to the limit and cut and marked beyond it', async () => {
  const world = await setup({ bodyLimitChars: 20 });
  world.record({ requestBody: 'a'.repeat(20), responseBody: 'b'.repeat(21) });

  expect(await world.detail(1)).toMatchObject({
    request_body: 'a'.repeat(20),
    request_truncated: false,
    response_body: 'b'.repeat(20),
    response_truncated: true,
  });
  expect(await world.detail(2)).toBeUndefined();
});

test('stats count by type, most frequent first, of all times or after one', async () => {
  const world = await setup();
  world.record({ latencyMs: 1 }, { latencyMs: 3, at: WIRE_NOW + 1000 }, completion('x/y'));

  expect(await world.log().stats(null)).toMatchObject({
    total: 3,
    rows: 3,
    by_type: [
      { msg_type: 'status_query', count: 2, avg_latency: 2, max_latency: 3 },
      { msg_type: 'complete', count: 1 },
    ],
  });
  expect(await world.log().stats(WIRE_NOW / 1000)).toMatchObject({ total: 1, rows: 3 });
});

test('stats count by drone where that is asked for, without the waiting for work', async () => {
  const world = await setup();
  const beat = { method: 'POST', url: '/api/v1/register', requestBody: JSON.stringify({ id: 'd1', name: 'anvil' }) };
  world.record({ ...beat, latencyMs: 2 }, { ...beat, latencyMs: 4 });
  world.record({ method: 'GET', url: '/api/v1/work?id=d1', latencyMs: 30_000 }, { latencyMs: 1 });

  expect((await world.log().stats(null)).by_drone).toBeUndefined();
  expect((await world.log().stats(null, true)).by_drone).toEqual([
    { drone_id: 'd1', count: 2, avg_latency: 3, max_latency: 4 },
  ]);
});

test('density counts an entry exactly at the end, and one exactly at the start', async () => {
  const world = await setup();
  const start = WIRE_NOW / 1000;
  world.record({ at: WIRE_NOW }, { at: WIRE_NOW + 5_000 }, { at: WIRE_NOW + 10_000 });
  const density = (range: { start: number; end: number; buckets: number }) => world.log().density(range);

  expect(await density({ start, end: start + 10, buckets: 5 })).toEqual([1, 0, 1, 0, 1]);
  expect(await density({ start, end: start, buckets: 2 })).toEqual([1, 0]);
  expect(await density({ start: start + 1, end: start, buckets: 2 })).toEqual([0, 0]);
});

test('an export holds everything up to its beginning, in pieces, as lines or as HAR 1.2', async () => {
  const world = await setup();
  const requestBody = '{"packages":["app-misc/jq"]}';
  world.record({ method: 'POST', url: '/api/v1/queue?a=b%20c&a=d', requestBody, requestBytes: 28 });
  world.record(...Array.from({ length: 450 }, () => ({})));
  const questions = askWireLog({ wireLog: world.log(), clock: { now: () => WIRE_NOW } });
  const origin = { baseUrl: 'http://swarm.example', version: '3.2.0' };

  const lines = await text(questions.exportAll({}, 'ndjson', origin));
  const har = harOf(await text(questions.exportAll({}, 'har', origin)));
  const none = harOf(await text(questions.exportAll({ type: 'none' }, 'har', origin)));

  expect(
    lines
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { id: number }).id),
  ).toEqual(Array.from({ length: 451 }, (_, index) => index + 1));
  expect(har.log).toMatchObject({ version: '1.2', creator: { name: 'Build Swarm', version: '3.2.0' } });
  expect(har.log.entries).toHaveLength(451);
  expect(har.log.entries[0]).toMatchObject({
    startedDateTime: new Date(WIRE_NOW - 1.5).toISOString(),
    time: 1.5,
    request: {
      method: 'POST',
      url: 'http://swarm.example/api/v1/queue?a=b%20c&a=d',
      httpVersion: 'HTTP/1.1',
      cookies: [],
      queryString: [
        { name: 'a', value: 'b c' },
        { name: 'a', value: 'd' },
      ],
      postData: { mimeType: 'application/json', text: requestBody },
      headersSize: -1,
      bodySize: 28,
    },
    response: { status: 200, statusText: 'OK', content: { size: 39 }, redirectURL: '', headersSize: -1, bodySize: 39 },
    cache: {},
    timings: { send: 0, wait: 1.5, receive: 0 },
  });
  expect(none.log.entries).toEqual([]);
});

async function text(pieces: AsyncIterable<string>): Promise<string> {
  let all = '';
  for await (const piece of pieces) all += piece;
  return all;
}

function harOf(document: string): { log: { entries: unknown[] } } {
  // Fields are compared one by one.
  return JSON.parse(document) as { log: { entries: unknown[] } };
}
