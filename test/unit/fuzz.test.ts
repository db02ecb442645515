import fc from 'fast-check';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { api } from '../../src/contract/api.ts';
import { openApi } from '../../src/contract/openapi.ts';
import { type ArbitraryRequest, arbitraryRequest, nonsenseRequest } from '../../src/testing/arbitrary-requests.ts';
import { type ControlPlaneWorld, controlPlaneWorld } from '../../src/testing/control-plane-world.ts';
import { planOf } from '../../src/testing/plans.ts';

const RUNS_PER_ENDPOINT = 25;
const NONSENSE_RUNS = 200;
/** No request may take longer, whatever is in it. */
const DEADLINE_MS = 5_000;
/** The agent is there only once the program was built. */
const MAY_BE_MISSING = new Set(['/api/v1/agent', '/api/v1/agent/version']);

/** Values that mean something to the world below. */
const KNOWN = {
  id: ['anvil', 'bellows', '1'],
  drone_id: ['anvil'],
  name: ['anvil'],
  attempt: [1, 2],
  package: ['=app-misc/a-1', '=app-misc/b-1'],
  packages: [['app-misc/c'], ['=app-misc/a-1', 'app-misc/d']],
  action: ['pause', 'resume', 'unblock', 'unground', 'reset', 'rebalance', 'clear_failures', 'retry_failures'],
  status: ['success', 'failed', 'returned'],
  q: ['SELECT * FROM nodes', 'SELECT 1e999', "SELECT x'00ff'", 'SELECT', 'WITH a AS (SELECT 1) SELECT * FROM a'],
  topics: ['events', 'log:1'],
};

const ENDPOINTS = Object.entries(openApi(api, '3.2.0').paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
);

let world: ControlPlaneWorld;
beforeAll(async () => {
  // No host is ever called: without a PATH there is no ssh.
  vi.stubEnv('PATH', '');
  world = await controlPlaneWorld({}, undefined, (settings) => ({
    ...settings,
    wire: { ...settings.wire, isOn: true },
  }));
  await world.join('anvil');
  await world.join('bellows');
  await world.queuePlan(planOf(['app-misc/a-1', 'app-misc/b-1']));
  await world.ask('anvil');
  await world.ask('bellows');
});
afterAll(() => world.close());

// A stream answers at once and then goes on; stream.test.ts is about it.
const ENDING = ENDPOINTS.filter(({ path }) => path !== api.stream.path);

test.each(ENDING)('$method $path answers whatever it is sent', async ({ method, path, operation }) => {
  await fc.assert(
    fc.asyncProperty(arbitraryRequest(method, path, operation, KNOWN), async (request) => {
      expectSane(await answerTo(request), path);
    }),
    { numRuns: RUNS_PER_ENDPOINT },
  );
});

test.each(ENDPOINTS.filter(({ method }) => method === 'GET'))('HEAD $path ends', async ({ path }) => {
  const url = path.replace(/\{\w+\}/g, '1');

  const answer = await answerTo({ method: 'HEAD', url, headers: {}, payload: undefined });

  expectSane(answer, path);
  expect(answer.body).toBe('');
});

test('requests without any sense are answered', async () => {
  await fc.assert(
    fc.asyncProperty(nonsenseRequest(), async (request) => {
      expectSane(await answerTo(request), request.url);
    }),
    { numRuns: NONSENSE_RUNS },
  );
});

test('after all that, the swarm works and its database is whole', async () => {
  await world.post('/api/v1/control', { action: 'expect_portage_timestamp' });
  await world.post('/api/v1/control', { action: 'resume' });
  // Nothing is kept for the drones that were made up meanwhile: they are not heard of again.
  world.clock.advance(120_000);
  await world.plane().reconcile();
  await world.join('fresh');
  await world.queuePlan(planOf(['app-misc/afterwards-1']));

  const granted: string[] = [];
  const held: number[] = [];
  for (;;) {
    const { package: name, attempt } = await world.ask('fresh', held);
    if (typeof name !== 'string' || attempt === undefined) break;
    granted.push(name);
    held.push(attempt);
    await world.report('fresh', attempt, name, { status: 'failed', failure_class: 'compile' });
  }

  expect(granted).toContain('=app-misc/afterwards-1');
  const { connection } = world.database();
  expect(connection.pragma('integrity_check', { simple: true })).toBe('ok');
  expect(connection.pragma('foreign_key_check')).toEqual([]);
});

/** The answer, if there is one in time; the clock of the swarm runs on for those who said that they wait. */
async function answerTo(request: ArbitraryRequest) {
  const { payload, ...rest } = request;
  const asked = { ...rest, method: rest.method as 'GET', ...(payload === undefined ? {} : { payload }) };
  const answer = world.plane().app.inject(asked);
  const ticking = setInterval(() => world.clock.advance(5_000), 50);
  let late: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    late = setTimeout(() => reject(new Error(`no answer to ${request.method} ${request.url}`)), DEADLINE_MS);
  });
  try {
    return await Promise.race([answer, deadline]);
  } finally {
    clearInterval(ticking);
    clearTimeout(late);
  }
}

type Answered = Awaited<ReturnType<typeof answerTo>>;

function expectSane({ statusCode, body, headers }: Answered, path: string): void {
  if (!(MAY_BE_MISSING.has(path) && statusCode === 503))
    expect({ statusCode, body }).toMatchObject({ statusCode: fine });
  expect(headers['set-cookie']).toBeUndefined();
  if (statusCode < 400 || body === '') return;
  expect(JSON.parse(body)).toMatchObject({ error: expect.any(String) as string });
  expect(body).not.toMatch(/node_modules|\.[jt]s:\d+/);
}

const fine = {
  asymmetricMatch: (status: unknown) => typeof status === 'number' && status < 500,
  toString: () => 'below 500',
};
