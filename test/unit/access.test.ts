import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { AuthSettings } from '../../src/http/auth.ts';
import { controlPlaneWorld } from '../../src/testing/control-plane-world.ts';

type Issued = { id: string; token: string; role: string; uses_left: number | null; expires_at: number | null };

async function setup(auth: AuthSettings = { mode: 'token', allowsAnonymous: true }) {
  const world = await controlPlaneWorld({}, auth);
  onTestFinished(() => world.close());
  const tokenFile = join(world.dir, 'admin-token');
  const ask = async (method: 'GET' | 'POST' | 'DELETE', url: string, token?: string, body?: unknown) => {
    const { statusCode, headers, json } = await world.plane().app.inject({
      method,
      url,
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
    });
    return { status: statusCode, headers, body: json<Record<string, unknown>>() };
  };
  const admin = auth.mode === 'token' ? (await readFile(tokenFile, 'utf8')).trim() : '';
  const create = async (body: Record<string, unknown>) => {
    const answer = await ask('POST', '/api/v1/tokens', admin, { name: 'test', ...body });
    if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
    return answer.body as Issued; // The reply was checked against its schema.
  };
  const enrol = (join: string | undefined, id: string) => ask('POST', '/api/v1/enroll', join, { id, name: id });
  const audit = async () => {
    const { body } = await ask('GET', '/api/v1/events', admin);
    return body['events'] as { type: string; message: string; details: Record<string, unknown> }[];
  };
  return { world, tokenFile, ask, admin, create, enrol, audit };
}

test('the first start leaves an admin token for its owner only, and later starts leave it as it is', async () => {
  const { world, tokenFile, ask, admin } = await setup();

  await world.restart();

  expect((await stat(tokenFile)).mode & 0o777).toBe(0o600);
  expect(await readFile(tokenFile, 'utf8')).toBe(`${admin}\n`);
  expect((await ask('GET', '/api/v1/whoami', admin)).body).toMatchObject({ name: 'first-admin', role: 'admin' });
});

test('when no admin is left, the next start makes one', async () => {
  const { world, tokenFile, ask, admin } = await setup();
  const { tokens } = (await ask('GET', '/api/v1/tokens', admin)).body as { tokens: Issued[] };
  await ask('DELETE', `/api/v1/tokens/${tokens[0]?.id}`, admin);

  await world.restart();

  const made = (await readFile(tokenFile, 'utf8')).trim();
  expect((await ask('GET', '/api/v1/tokens', admin)).status).toBe(401);
  expect((await ask('GET', '/api/v1/tokens', made)).status).toBe(200);
});

test('where nobody is asked, no token is made, and health and whoami say so', async () => {
  const { tokenFile, ask } = await setup({ mode: 'off', allowsAnonymous: true });

  expect((await ask('GET', '/api/v1/health')).body).toMatchObject({ status: 'ok', auth: 'off' });
  expect((await ask('GET', '/api/v1/whoami')).body).toMatchObject({ name: 'anyone', role: 'admin', auth: 'off' });
  expect((await ask('POST', '/api/v1/control', undefined, { action: 'pause' })).status).toBe(200);
  await expect(stat(tokenFile)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('an operator controls the swarm, a viewer and a passer-by do not', async () => {
  const { ask, create } = await setup();
  const [operator, viewer] = [await create({ role: 'operator' }), await create({ role: 'viewer' })];
  const pause = (token?: string) => ask('POST', '/api/v1/control', token, { action: 'pause' });

  expect((await pause()).status).toBe(401);
  expect((await pause()).headers['www-authenticate']).toMatch(/^Bearer/);
  expect(await pause(viewer.token)).toMatchObject({
    status: 403,
    body: { error: expect.stringContaining('operator') },
  });
  expect((await pause(operator.token)).status).toBe(200);
  expect((await ask('GET', '/api/v1/health')).body).toMatchObject({ auth: 'token' });
});

test('unknown, wrong, expired and revoked tokens are answered alike', async () => {
  const { world, ask, create } = await setup();
  const expired = await create({ role: 'operator', expires_in_s: 60 });
  const revoked = await create({ role: 'operator' });
  const other = await create({ role: 'operator' });
  await world.plane().access.revokeToken(revoked.id, { name: 'test', role: 'admin', address: 'test' });
  world.clock.advance(60_000);
  const wrong = [
    `bsw_${'0'.repeat(12)}_${'0'.repeat(48)}`,
    `${other.token.slice(0, -4)}0000`,
    expired.token,
    revoked.token,
    'no token at all',
  ];

  const answers = await Promise.all(wrong.map((token) => ask('GET', '/api/v1/status', token)));

  for (const { status, body } of answers)
    expect({ status, body }).toEqual({ status: 401, body: { error: 'token: is unknown, expired or revoked' } });
  expect((await ask('GET', '/api/v1/status', other.token)).status).toBe(200);
});

test('a revoked token opens nothing from the next request on, also one that was just used', async () => {
  const { ask, admin, create } = await setup();
  const { id, token } = await create({ role: 'operator' });
  const before = await ask('GET', '/api/v1/whoami', token);

  const [revoked, after] = await Promise.all([
    ask('DELETE', `/api/v1/tokens/${id}`, admin),
    ask('GET', '/api/v1/whoami', token).then(() => ask('GET', '/api/v1/whoami', token)),
  ]);

  expect([before.status, revoked.status, after.status]).toEqual([200, 200, 401]);
  expect((await ask('DELETE', `/api/v1/tokens/${id}`, admin)).status).toBe(200);
  expect((await ask('DELETE', '/api/v1/tokens/absent', admin)).status).toBe(404);
});

test('a join token makes a drone that speaks for itself only, across a restart', async () => {
  const { world, ask, create, enrol } = await setup();
  const pass = await create({ role: 'join' });

  const { status, body } = await enrol(pass.token, 'anvil');
  await world.restart();

  const token = String(body['token']);
  const register = (id: string) => ask('POST', '/api/v1/register', token, { id, name: id });
  expect({ status, role: body['role'], drone: body['drone_id'] }).toEqual({
    status: 200,
    role: 'drone',
    drone: 'anvil',
  });
  expect((await register('anvil')).status).toBe(200);
  expect(await register('bellows')).toMatchObject({ status: 403, body: { error: expect.stringMatching(/^id: /) } });
  expect(await ask('POST', '/api/v1/register', token, { id: 'anvil', name: 'sweeper-1' })).toMatchObject({
    status: 403,
    body: { error: expect.stringMatching(/^name: .*anvil/) as string },
  });
  expect((await ask('GET', '/api/v1/work?id=bellows', token)).status).toBe(403);
  expect((await ask('GET', '/api/v1/work?id=anvil', token)).status).toBe(200);
  expect((await ask('POST', '/api/v1/control', token, { action: 'pause' })).status).toBe(403);
});

test('a join token opens nothing else, and nothing else enrols', async () => {
  const { ask, admin, create, enrol } = await setup();
  const pass = await create({ role: 'join' });

  expect((await ask('GET', '/api/v1/status', pass.token)).status).toBe(403);
  expect((await ask('POST', '/api/v1/register', pass.token, { id: 'a', name: 'a' })).status).toBe(403);
  expect((await enrol(undefined, 'anvil')).status).toBe(401);
  expect(await enrol(admin, 'anvil')).toMatchObject({ status: 403, body: { error: expect.stringContaining('join') } });
});

test('a join token is good for as many drones as it says; a day and one drone unless it says so', async () => {
  const { world, create, enrol } = await setup();
  const [one, two] = [await create({ role: 'join' }), await create({ role: 'join', uses: 2 })];

  const statuses = [];
  for (const [{ token }, id] of [
    [one, 'a'],
    [one, 'b'],
    [two, 'c'],
    [two, 'd'],
    [two, 'e'],
  ] as const)
    statuses.push((await enrol(token, id)).status);
  const late = await create({ role: 'join' });
  world.clock.advance(24 * 3_600_000);

  expect(statuses).toEqual([200, 403, 200, 200, 403]);
  expect((await enrol(one.token, 'f')).body).toEqual({ error: 'token: is unknown, expired or revoked' });
  expect((await enrol(late.token, 'f')).status).toBe(401);
});

test('of ten drones that enrol at once with a join token for three, three get in', async () => {
  const { create, enrol } = await setup();
  const { token } = await create({ role: 'join', uses: 3 });

  const answers = await Promise.all(Array.from({ length: 10 }, (_, number) => enrol(token, `drone-${number}`)));

  expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
});

test('a drone that lost the answer enrols again at no cost, until it has used its token', async () => {
  const { ask, create, enrol } = await setup();
  const { token } = await create({ role: 'join' });

  const lost = await enrol(token, 'anvil');
  const kept = await enrol(token, 'anvil');
  const [oldToken, newToken] = [String(lost.body['token']), String(kept.body['token'])];

  expect(kept.status).toBe(200);
  expect((await ask('GET', '/api/v1/whoami', oldToken)).status).toBe(401);
  expect((await ask('GET', '/api/v1/whoami', newToken)).status).toBe(200);
  expect((await enrol(token, 'anvil')).status).toBe(403);
  expect((await ask('GET', '/api/v1/whoami', newToken)).status).toBe(200);
});

test('enrolling again with another join token replaces the credential of the drone', async () => {
  const { ask, admin, create, enrol, audit } = await setup();
  const first = await enrol((await create({ role: 'join' })).token, 'anvil');

  const second = await enrol((await create({ role: 'join' })).token, 'anvil');

  expect((await ask('GET', '/api/v1/whoami', String(first.body['token']))).status).toBe(401);
  expect((await ask('GET', '/api/v1/whoami', String(second.body['token']))).body).toMatchObject({ drone_id: 'anvil' });
  const { tokens } = (await ask('GET', '/api/v1/tokens', admin)).body as { tokens: Issued[] };
  expect(tokens.filter(({ role }) => role === 'drone')).toHaveLength(1);
  expect((await audit()).map(({ message }) => message)).toContain('anvil enrolled again');
});

test('a join token for one drone enrols no other', async () => {
  const { create, enrol } = await setup();
  const { token } = await create({ role: 'join', drone_id: 'anvil' });

  expect(await enrol(token, 'bellows')).toMatchObject({ status: 403, body: { error: expect.stringMatching(/^id: /) } });
  expect((await enrol(token, 'anvil')).status).toBe(200);
});

test.each([
  ['a role that is none', { role: 'root' }, /^role/],
  ['no name', { role: 'viewer', name: '' }, /^name/],
  ['a drone without its id', { role: 'drone' }, /^drone_id/],
  ['an id for an operator', { role: 'operator', drone_id: 'anvil' }, /^drone_id/],
  ['uses of an admin', { role: 'admin', uses: 2 }, /^uses/],
  ['no uses', { role: 'join', uses: 0 }, /^uses/],
  ['an end in the past', { role: 'viewer', expires_in_s: -1 }, /^expires_in_s/],
])('a token with %s is refused with the name of the field', async (_, body, named) => {
  const { ask, admin } = await setup();

  const answer = await ask('POST', '/api/v1/tokens', admin, { name: 'test', ...body });

  expect(answer).toMatchObject({ status: 400, body: { error: expect.stringMatching(named) } });
});

test('who made, revoked and enrolled what, and from where, is an event; no secret is in any', async () => {
  const { ask, admin, create, enrol, audit } = await setup();
  const pass = await create({ role: 'join', name: 'rack 1' });
  await enrol(pass.token, 'anvil');
  await ask('DELETE', `/api/v1/tokens/${pass.id}`, admin);

  const events = (await audit()).filter(({ details }) => 'token_id' in details);

  expect(events.map(({ details: { action, by, from } }) => ({ action, by, from }))).toEqual([
    { action: 'token_created', by: 'control plane', from: 'local' },
    { action: 'token_created', by: 'first-admin', from: '127.0.0.1' },
    { action: 'drone_enrolled', by: 'join token rack 1', from: '127.0.0.1' },
    { action: 'token_revoked', by: 'first-admin', from: '127.0.0.1' },
  ]);
  expect(JSON.stringify(events)).not.toContain(pass.token.split('_')[2]);
});

test('no token can be read out of the database, and none is listed', async () => {
  const { world, ask, admin, create, enrol } = await setup();
  const pass = await create({ role: 'join' });
  const drone = await enrol(pass.token, 'anvil');
  const secrets = [admin, pass.token, String(drone.body['token'])].map((token) => String(token.split('_')[2]));

  const listed = JSON.stringify((await ask('GET', '/api/v1/tokens?all=true', admin)).body);
  const files = await Promise.all(
    ['swarm.db', 'swarm.db-wal'].map((name) => readFile(join(world.dir, name), 'latin1')),
  );

  for (const secret of secrets) expect([listed, ...files].some((text) => text.includes(secret))).toBe(false);
});

test('the last use of a token is known to the minute, however often it is used', async () => {
  const { world, ask, admin, create } = await setup();
  const { id, token } = await create({ role: 'viewer' });
  const lastUse = async () => {
    const { tokens } = (await ask('GET', '/api/v1/tokens', admin)).body as {
      tokens: (Issued & { last_used_at: number | null })[];
    };
    return tokens.find((each) => each.id === id)?.last_used_at;
  };

  expect(await lastUse()).toBeNull();
  await ask('GET', '/api/v1/whoami', token);
  const first = await lastUse();
  world.clock.advance(59_000);
  await ask('GET', '/api/v1/whoami', token);
  expect(await lastUse()).toBe(first);
  world.clock.advance(1000);
  await ask('GET', '/api/v1/whoami', token);
  expect(await lastUse()).toBe(Number(first) + 60);
});
