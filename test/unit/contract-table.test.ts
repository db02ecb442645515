import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { api, type EndpointName } from '../../src/contract/api.ts';
import type { Access, Endpoint } from '../../src/contract/endpoint.ts';
import type { JsonSchema } from '../../src/contract/json-schema.ts';
import { type Operation, openApi } from '../../src/contract/openapi.ts';
import type { AuthSettings } from '../../src/http/auth.ts';
import { type ControlPlaneWorld, controlPlaneWorld } from '../../src/testing/control-plane-world.ts';
import { addressOf, CALLS, type Call } from './contract-calls.ts';

const ENDPOINTS = Object.entries(api) as readonly [EndpointName, Endpoint][];
const OPERATIONS = new Map(
  Object.values(openApi(api, '3.2.0').paths).flatMap((methods) =>
    Object.values(methods).map((operation): [string, Operation] => [operation.operationId, operation]),
  ),
);

type Listening = { readonly world: ControlPlaneWorld; readonly url: string };

async function listen(auth?: AuthSettings): Promise<Listening> {
  const world = await controlPlaneWorld({}, auth, (settings) => ({
    ...settings,
    wire: { ...settings.wire, isOn: true },
  }));
  const { app } = world.plane();
  await app.listen({ host: '127.0.0.1', port: 0 });
  return { world, url: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}` };
}

function send({ url }: Listening, endpoint: Endpoint, call: Call, token?: string): Promise<Response> {
  const body = call.bytes ?? (call.body === undefined ? undefined : JSON.stringify(call.body));
  return fetch(url + addressOf(endpoint.path, call), {
    method: endpoint.method,
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) }),
    ...(token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }),
  });
}

describe('where everybody may do everything', () => {
  let open: Listening;
  beforeAll(async () => {
    open = await listen();
    await open.world.join('caller');
  });
  afterAll(() => open.world.close());

  test.each(ENDPOINTS)('%s takes a valid request and answers as the contract says', async (name, endpoint) => {
    const call = await CALLS[name](open.world);

    const response = await send(open, endpoint, call);

    expect([200, call.orStatus]).toContain(response.status);
    if (response.status !== 200) expect(await response.json()).toEqual({ error: expect.any(String) as string });
    else if (endpoint.raw === 'reply') {
      const [mediaType = ''] = endpoint.replyMediaType?.split(';') ?? [];
      expect(response.headers.get('content-type')?.startsWith(mediaType)).toBe(true);
      await response.body?.cancel();
    } else {
      expect(response.headers.get('content-type')).toMatch(/^application\/json/);
      expect(endpoint.reply.safeParse(await response.json())).toMatchObject({ success: true });
    }
  });

  const WRONG = ENDPOINTS.flatMap(([name, endpoint]) =>
    wrongCalls(name).map(({ field, call }) => ({ name, endpoint, field, call })),
  );

  test.each(WRONG)('$name refuses a wrong $field with a sentence that names it', async ({ endpoint, field, call }) => {
    const response = await send(open, endpoint, call);

    expect(response.status).toBe(400);
    expect((await response.json()) as object).toEqual({
      error: expect.stringMatching(new RegExp(field, 'i')) as string,
    });
  });

  test('every endpoint that takes something has something to refuse', () => {
    const taking = ENDPOINTS.filter(([name]) => {
      const { parameters, requestBody } = operationOf(name);
      return parameters.length > 0 || requestBody?.content['application/json'] !== undefined;
    });

    // Flags: any text but `true` means no.
    const lenient = new Set(['tokens', 'backup']);
    const refusing = new Set<string>(WRONG.map(({ name }) => name));
    expect(taking.map(([name]) => name).filter((name) => !refusing.has(name) && !lenient.has(name))).toEqual([]);
  });
});

/** For each field with limits a request that is wrong there and, as far as it matters, right elsewhere. */
function wrongCalls(name: EndpointName): { field: string; call: Call }[] {
  const { parameters, requestBody } = operationOf(name);
  const params = Object.fromEntries(parameters.filter((each) => each.in === 'path').map((each) => [each.name, '1']));
  const inAddress = parameters.flatMap((each) => {
    const value = wrongText(each.schema);
    if (value === undefined) return [];
    const call = each.in === 'path' ? { params: { ...params, [each.name]: value } } : { query: { [each.name]: value } };
    // Other parameters that are missing would be complained about first.
    const others = parameters.filter((other) => other.in === 'query' && other.required && other.name !== each.name);
    const query = Object.fromEntries(others.map((other) => [other.name, rightText(other.name)]));
    return [
      { field: each.name, call: { params, ...call, query: { ...query, ...('query' in call ? call.query : {}) } } },
    ];
  });
  const { properties = {}, required = [] } = requestBody?.content['application/json']?.schema ?? {};
  const rest = Object.fromEntries(required.map((field) => [field, rightValue(field)]));
  const inBody = Object.entries(properties).map(([field, schema]) => ({
    field,
    call: { params, body: { ...rest, [field]: wrongValue(schema) } },
  }));
  return [...inAddress, ...inBody];
}

function wrongText({ type, pattern, maxLength, enum: choices }: JsonSchema): string | undefined {
  if (type === 'integer' || type === 'number') return 'seven';
  if (pattern !== undefined || choices !== undefined) return '!!';
  return maxLength === undefined || maxLength > 10_000 ? undefined : 'x'.repeat(maxLength + 1);
}

function rightText(field: string): string {
  return (
    {
      sha256: '0'.repeat(64),
      role: 'viewer',
      offset: '0',
      package: 'app-misc/a',
      action: 'pause',
      verdict: 'compliant',
    }[field] ?? 'a'
  );
}

function rightValue(field: string): unknown {
  return field === 'targets' ? ['app-misc/a'] : rightText(field);
}

function wrongValue({ type, anyOf }: JsonSchema): unknown {
  const types = [type, ...(anyOf ?? []).map((each) => each.type)].flat();
  return types.includes('object') ? 7 : {};
}

function operationOf(name: string): Operation {
  const operation = OPERATIONS.get(name);
  if (operation === undefined) throw new Error(`${name} is not in the document`);
  return operation;
}

describe('where callers must show who they are', () => {
  let closed: Listening;
  const tokens = new Map<string, string>();
  beforeAll(async () => {
    closed = await listen({ mode: 'token', allowsAnonymous: false });
    const admin = (await readFile(join(closed.world.dir, 'admin-token'), 'utf8')).trim();
    tokens.set('admin', admin);
    for (const role of ['viewer', 'drone', 'operator']) {
      const body = { role, name: role, ...(role === 'drone' ? { drone_id: 'mine' } : {}) };
      const response = await send(closed, api.createToken, { body }, admin);
      tokens.set(role, ((await response.json()) as { token: string }).token);
    }
  });
  afterAll(() => closed.world.close());

  /** Everything that is needed to be refused for what the caller is, and not for what he sends. */
  const NOTHING: Call = { params: { id: 'a', attempt: 1 } };

  test.each(ENDPOINTS.filter(([, { access }]) => access !== 'open'))(
    '%s answers 401 to a stranger and to a wrong token',
    async (_name, endpoint) => {
      // Who shows wrong tokens too often is answered 429 for a while.
      closed.world.clock.advance(60_000);
      for (const token of [undefined, 'bsw_000000000000_wrong']) {
        const response = await send(closed, endpoint, NOTHING, token);

        expect(response.status).toBe(401);
        expect(response.headers.get('www-authenticate')).toMatch(/^Bearer/);
        expect(await response.json()).toEqual({ error: expect.any(String) as string });
      }
    },
  );

  const TOO_LITTLE: Readonly<Record<Access, readonly string[]>> = {
    open: [],
    viewer: [],
    drone: ['viewer', 'operator'],
    operator: ['viewer', 'drone'],
    admin: ['viewer', 'drone', 'operator'],
  };

  test.each(ENDPOINTS.filter(([, { access }]) => TOO_LITTLE[access].length > 0))(
    '%s answers 403 to those who may do less',
    async (_name, endpoint) => {
      for (const role of TOO_LITTLE[endpoint.access]) {
        const response = await send(closed, endpoint, NOTHING, tokens.get(role));

        expect({ role, status: response.status }).toEqual({ role, status: 403 });
        expect(await response.json()).toEqual({ error: expect.any(String) as string });
      }
    },
  );

  test.each(ENDPOINTS.filter(([name, { access }]) => access === 'open' && name !== 'enroll'))(
    '%s asks nobody who he is',
    async (name, endpoint) => {
      const response = await send(closed, endpoint, await CALLS[name](closed.world));

      expect([401, 403]).not.toContain(response.status);
      await response.body?.cancel();
    },
  );
});
