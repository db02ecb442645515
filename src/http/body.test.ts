import type { AddressInfo } from 'node:net';
import { type FastifyInstance, fastify } from 'fastify';
import { expect, onTestFinished, test } from 'vitest';
import { isWholeAnswer, rawConnection, requestText } from '../testing/raw-http.ts';
import { takeJsonBodies } from './body.ts';
import { isNestedDeeper } from './depth.ts';
import { answerProblems } from './problems.ts';

const DEADLINE_MS = 100;

async function setup() {
  const app: FastifyInstance = fastify();
  answerProblems(app, {});
  takeJsonBodies(app, DEADLINE_MS);
  let handled = 0;
  app.post('/', async ({ body }) => {
    handled += 1;
    return body;
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const connection = await rawConnection((app.server.address() as AddressInfo).port);
  onTestFinished(async () => {
    connection.destroy();
    await app.close();
  });
  return { connection, handled: () => handled };
}

test('a body that does not arrive in time is given up, and the connection closed', async () => {
  const { connection, handled } = await setup();

  connection.send(`${requestText('POST', '/', { headers: { 'Content-Length': '100' } })}{"half":`);

  expect(await connection.closed()).toMatch(
    /^HTTP\/1\.1 408 [^]*\{"error":"body: did not arrive within 0.1 seconds"\}$/,
  );
  expect(handled()).toBe(0);
});

test('a body that comes byte by byte is put together', async () => {
  const { connection } = await setup();
  const body = '{"name":"Käse"}';

  connection.send(requestText('POST', '/', { headers: { 'Content-Length': String(Buffer.byteLength(body)) } }));
  for (const byte of Buffer.from(body)) await new Promise((sent) => connection.socket.write(Buffer.of(byte), sent));

  expect(await connection.until(isWholeAnswer)).toContain(Buffer.from(body).toString('latin1'));
});

test.each([
  ['', 0, false],
  ['[]', 0, true],
  ['[[[]]]', 3, false],
  ['[[[[]]]]', 3, true],
  ['[[],[],[],[],[]]', 2, false],
  ['{"a":{"b":{"c":1}}}', 3, false],
  ['{"a":{"b":{"c":{}}}}', 3, true],
  [`["${'['.repeat(99)}"]`, 1, false],
  ['["\\"[[[[[["]', 1, false],
  ['["\\\\",[[[[', 3, true],
  [`"${'['.repeat(99)}`, 1, false],
])('%s is nested deeper than %i: %s', (json, limit, isDeeper) => {
  expect(isNestedDeeper(Buffer.from(json), limit)).toBe(isDeeper);
});
