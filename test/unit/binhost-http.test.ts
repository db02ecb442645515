import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parsePackagesIndex } from '../../src/portage/packages-index.ts';
import { type ControlPlaneWorld, controlPlaneWorld } from '../../src/testing/control-plane-world.ts';
import { planOf } from '../../src/testing/plans.ts';
import { fixtureBytes } from '../portage/fixture.ts';

const CPV = 'app-misc/variants-1.0';
const BYTES = fixtureBytes('packages/variants-1.0-1.gpkg.tar');
const PATH = '/binhost/app-misc/variants/variants-1.0-1.gpkg.tar';

let world: ControlPlaneWorld;

/** A binhost with the package that a real emerge made. */
beforeAll(async () => {
  world = await controlPlaneWorld();
  await world.join('anvil');
  const plan = planOf([CPV]);
  await world.queuePlan({ ...plan, nodes: plan.nodes.map((node) => ({ ...node, iuse: ['debug', 'fast', 'small'] })) });
  const { attempt = 0 } = await world.ask('anvil');
  await world.upload('anvil', attempt, BYTES);
  await world.report('anvil', attempt, `=${CPV}`);
});
afterAll(() => world.close());

function get(url: string, headers: Record<string, string> = {}) {
  return world.plane().app.inject({ method: 'GET', url, headers });
}

test('a package is served byte for byte', async () => {
  const answer = await get(PATH);

  expect(answer.statusCode).toBe(200);
  expect(answer.rawPayload.equals(BYTES)).toBe(true);
});

test('the index has the entry that Portage itself wrote for this package', async () => {
  const { packages } = parsePackagesIndex((await get('/binhost/Packages')).body);
  const portage = parsePackagesIndex(fixtureBytes('binhost/Packages').toString()).packages.find(
    (block) => block['CPV'] === CPV,
  );
  const { MTIME: _, ...ours } = packages[0] ?? {};

  // CHOST and REPO stand in the header of Portage's index.
  const { MTIME: __, ...theirs } = { ...portage, CHOST: 'x86_64-pc-linux-gnu', REPO: 'swarmtest' } as Record<
    string,
    string
  >;
  expect({ ...ours, BUILD_TIME: '', MD5: '', SHA1: '', SIZE: '' }).toEqual({
    ...theirs,
    BUILD_TIME: '',
    MD5: '',
    SHA1: '',
    SIZE: '',
  });
  expect(ours['SIZE']).toBe(String(BYTES.length));
});

test('Packages.gz is Packages, and is not declared as an encoding of it', async () => {
  const [plain, packed] = [await get('/binhost/Packages'), await get('/binhost/Packages.gz')];

  expect(packed.headers['content-encoding']).toBeUndefined();
  expect(gunzipSync(packed.rawPayload).toString()).toBe(plain.body);
  expect(plain.headers['last-modified']).toBe(
    new Date(Number(parsePackagesIndex(plain.body).header['TIMESTAMP']) * 1000).toUTCString(),
  );
});

test('ranges of a package are served, so that a broken download goes on', async () => {
  const answer = await get(PATH, { range: 'bytes=512-1023' });

  expect(answer.statusCode).toBe(206);
  expect(answer.headers['content-range']).toBe(`bytes 512-1023/${BYTES.length}`);
  expect(answer.rawPayload.equals(BYTES.subarray(512, 1024))).toBe(true);
  expect((await get(PATH, { range: 'bytes=99999999-' })).statusCode).toBe(416);
});

test('who has a file already is told so, by its tag or by its date', async () => {
  const { etag, 'last-modified': date } = (await get(PATH)).headers;

  expect((await get(PATH, { 'if-none-match': String(etag) })).statusCode).toBe(304);
  expect((await get(PATH, { 'if-modified-since': String(date) })).statusCode).toBe(304);
  expect((await get(PATH, { 'if-none-match': '"another"' })).statusCode).toBe(200);
});

test('emerge is told that its index is current only when it is this very one', async () => {
  const { headers, body } = await get('/binhost/Packages.gz');
  const timestampMs = Date.parse(String(headers['last-modified']));
  const asEmergeAsks = (copyOfMs: number) =>
    get('/binhost/Packages.gz', { 'if-modified-since': new Date(copyOfMs + 5000).toUTCString() });

  expect(body.length).toBeGreaterThan(0);
  expect((await asEmergeAsks(timestampMs)).statusCode).toBe(304);
  // Comparing dates would answer 304 to all of these: published within five seconds of what the client has.
  for (const seconds of [1, 2, 3, 4, 5])
    expect((await asEmergeAsks(timestampMs - seconds * 1000)).statusCode).toBe(200);
  expect((await get('/binhost/Packages.gz', { 'if-none-match': String(headers['etag']) })).statusCode).toBe(304);
});

test('nothing but published files is served', async () => {
  for (const url of [
    '/binhost/../swarm.db',
    '/binhost/%2e%2e/swarm.db',
    '/binhost/nothing',
    '/binhost/app-misc',
    '/swarm.db',
    '/staging/',
  ]) {
    expect((await get(url)).statusCode).toBeGreaterThanOrEqual(400);
  }
});
