import { fastify } from 'fastify';
import { expect, onTestFinished, test } from 'vitest';
import type { Authenticate } from '../app/authenticate.ts';
import { api } from '../contract/api.ts';
import type { Access, Endpoint } from '../contract/endpoint.ts';
import type { Credential, CredentialKind } from '../core/credential.ts';
import { actorOf } from './actor.ts';
import { type AuthSettings, knowCallers } from './auth.ts';
import { takeRawBodies } from './body.ts';
import { answerProblems } from './problems.ts';
import { route } from './route.ts';

const ENDPOINTS = Object.entries<Endpoint>(api);
const REACHED = 299;

/** Every row of the contract behind the real checks; whoever gets through is answered 299 and who he is. */
async function setup(auth: AuthSettings = { mode: 'token', allowsAnonymous: true }) {
  const app = fastify({ routerOptions: { maxParamLength: 256 } });
  onTestFinished(() => app.close());
  const authenticate: Authenticate = (text) => HOLDERS.get(text);
  // What is in a request is not checked here, only who sends it.
  app.setValidatorCompiler(() => () => true);
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
  answerProblems(app, {});
  knowCallers(app, { auth, authenticate, now: Date.now });
  app.get('/binhost/Packages', async (request, reply) => reply.code(REACHED).send(actorOf(request)));
  for (const raw of [true, false]) {
    await app.register(async (scope) => {
      if (raw) takeRawBodies(scope);
      for (const [, endpoint] of ENDPOINTS.filter(([, each]) => (each.raw === 'body') === raw)) {
        route(scope, endpoint, async (_, { request, reply }) => reply.code(REACHED).send(actorOf(request)));
      }
    });
  }
  return {
    call: async (
      endpoint: Endpoint,
      token?: string,
      { id = 'anvil', inBody }: { id?: string; inBody?: string } = {},
    ) => {
      const { statusCode, headers, json } = await app.inject({
        method: endpoint.method,
        url: `${endpoint.path.replaceAll(/:\w+/g, '7')}?id=${id}`,
        headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
        ...(endpoint.body === undefined ? {} : { payload: { id: inBody ?? id } }),
      });
      return { status: statusCode, headers, body: json<Record<string, unknown>>() };
    },
    get: (url: string, headers: Record<string, string> = {}) => app.inject({ method: 'GET', url, headers }),
  };
}

const HOLDERS = new Map(
  (['admin', 'operator', 'viewer', 'drone', 'join'] as const).map((kind) => [`bsw_${kind}`, holder(kind)]),
);

function holder(kind: CredentialKind): Credential {
  return {
    ...{ id: kind, kind, name: `the ${kind}`, droneId: kind === 'drone' ? 'anvil' : null },
    ...{ createdAt: 0, expiresAt: null, revokedAt: null, lastUsedAt: null, usesLeft: null, joinedWith: null },
  };
}

const MAY: Record<string, readonly Access[]> = {
  stranger: ['open'],
  anonymous: ['open', 'viewer'],
  join: ['open'],
  viewer: ['open', 'viewer'],
  drone: ['open', 'viewer', 'drone'],
  operator: ['open', 'viewer', 'operator'],
  admin: ['open', 'viewer', 'drone', 'operator', 'admin'],
};

test.each(Object.keys(MAY))('%s gets through to exactly the endpoints that are for him', async (who) => {
  const { call } = await setup({ mode: 'token', allowsAnonymous: who === 'anonymous' });
  const token = who === 'anonymous' || who === 'stranger' ? undefined : `bsw_${who}`;
  const refusal = token === undefined ? 401 : 403;

  const answers = new Map<string, number>();
  for (const [name, endpoint] of ENDPOINTS) answers.set(name, (await call(endpoint, token)).status);

  const expected = ENDPOINTS.map(
    ([name, { access }]) => [name, MAY[who]?.includes(access) ? REACHED : refusal] as const,
  );
  expect(Object.fromEntries(answers)).toEqual(Object.fromEntries(expected));
});

test.each(ENDPOINTS)('%s takes no token that is wrong, whoever may call it', async (_, endpoint) => {
  const { call } = await setup();

  const { status, headers, body } = await call(endpoint, 'bsw_wrong');

  expect({ status, body }).toEqual({ status: 401, body: { error: expect.stringMatching(/^token: /) } });
  expect(headers['www-authenticate']).toMatch(/^Bearer/);
});

test('where nobody is asked, everybody is an admin by the name of anyone, whatever he shows', async () => {
  const { call } = await setup({ mode: 'off', allowsAnonymous: false });

  for (const [, endpoint] of ENDPOINTS) {
    for (const token of [undefined, 'bsw_wrong', 'bsw_viewer']) {
      const { status, body } = await call(endpoint, token);
      expect({ status, body }).toEqual({
        status: REACHED,
        body: { name: 'anyone', role: 'admin', address: '127.0.0.1' },
      });
    }
  }
});

const OF_DRONES = ENDPOINTS.filter(([, { access }]) => access === 'drone');

test.each(OF_DRONES)('%s: a drone names no other drone, in the query or in the body', async (_, endpoint) => {
  const { call } = await setup();

  const itself = await call(endpoint, 'bsw_drone');
  const inQuery = await call(endpoint, 'bsw_drone', { id: 'bellows' });
  const inBody = await call(endpoint, 'bsw_drone', { inBody: 'bellows' });
  const byAdmin = await call(endpoint, 'bsw_admin', { id: 'bellows' });

  expect(itself.status).toBe(REACHED);
  expect(inQuery).toMatchObject({ status: 403, body: { error: 'id: this token speaks for the drone anvil only' } });
  expect(inBody.status).toBe(endpoint.body === undefined ? REACHED : 403);
  expect(byAdmin.status).toBe(REACHED);
});

test.each([
  ['Authorization: Bearer', { authorization: 'Bearer bsw_operator' }],
  ['bearer in small letters', { authorization: 'bearer bsw_operator' }],
  ['X-Admin-Key', { 'x-admin-key': 'bsw_operator' }],
  ['X-Admin-Key behind a proxy with passwords', { 'x-admin-key': 'bsw_operator', authorization: basic('ann:secret') }],
  ['the password of Basic', { authorization: basic('any:bsw_operator') }],
])('%s shows a token', async (_, headers) => {
  const { get } = await setup();

  const answer = await get('/api/v1/status', headers);

  expect(answer.json()).toEqual({ name: 'the operator', role: 'operator', address: '127.0.0.1' });
});

test.each([
  ['no header at all', {}],
  ['an empty key', { 'x-admin-key': '' }],
  ['Bearer and nothing', { authorization: 'Bearer ' }],
  ['a password for a proxy', { authorization: basic('ann:secret') }],
])('%s shows nothing', async (_, headers) => {
  const { get } = await setup();

  const answer = await get('/api/v1/status', headers);

  expect(answer.json()).toMatchObject({ name: 'anyone', role: 'viewer' });
});

test.each([
  ['another scheme', { authorization: 'Digest bsw_operator' }],
  ['two keys', { authorization: 'Bearer bsw_operator, Bearer bsw_viewer' }],
  ['a wrong key beside nothing', { 'x-admin-key': 'admin' }],
])('%s is wrong', async (_, headers) => {
  const { get } = await setup();

  expect((await get('/api/v1/status', headers)).statusCode).toBe(401);
});

test('with anonymous viewing closed, emerge is asked for a password and may look with the token of a viewer', async () => {
  const { get } = await setup({ mode: 'token', allowsAnonymous: false });

  const asked = await get('/binhost/Packages');
  const shown = await get('/binhost/Packages', { authorization: basic('any:bsw_viewer') });

  expect(asked.statusCode).toBe(401);
  expect(asked.headers['www-authenticate']).toMatch(/^Basic realm="/);
  expect(shown.statusCode).toBe(REACHED);
});

test('an address that showed too many wrong tokens has to wait, but is let in with the right one', async () => {
  const { call } = await setup();

  const wrong = [];
  for (let count = 0; count < 12; count += 1) wrong.push(await call(api.status, 'bsw_wrong'));
  const right = await call(api.status, 'bsw_viewer');
  const none = await call(api.status);

  expect(wrong.map(({ status }) => status)).toEqual([...Array(10).fill(401), 429, 429]);
  expect(Number(wrong.at(-1)?.headers['retry-after'])).toBeGreaterThan(0);
  expect([right.status, none.status]).toEqual([REACHED, REACHED]);
});

function basic(pair: string): string {
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}
