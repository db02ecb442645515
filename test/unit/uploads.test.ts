import { readdir, readFile, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { parsePackagesIndex } from '../../src/portage/packages-index.ts';
import { type ControlPlaneWorld, controlPlaneWorld } from '../../src/testing/control-plane-world.ts';
import { planOf } from '../../src/testing/plans.ts';
import { packageOf } from './forged-package.ts';

const LIB = 'app-misc/lib-1';
const APP = 'app-misc/app-1';

const worlds: ControlPlaneWorld[] = [];
afterEach(async () => {
  await Promise.all(worlds.splice(0).map((world) => world.close()));
});

/** Two drones, and an app that needs a lib. */
async function setup(): Promise<ControlPlaneWorld> {
  const world = await controlPlaneWorld();
  worlds.push(world);
  await world.join('anvil');
  await world.join('bellows');
  await world.queuePlan(planOf([LIB, APP], [[APP, 'build', LIB]]));
  return world;
}

async function indexed(world: ControlPlaneWorld) {
  return parsePackagesIndex(await readFile(join(world.dir, 'binhost', 'Packages'), 'utf8')).packages;
}

async function build(world: ControlPlaneWorld, drone: string, name: string): Promise<void> {
  const { attempt = 0, package: granted } = await world.ask(drone);
  expect(granted).toBe(`=app-misc/${name}-1`);
  await world.upload(drone, attempt, await packageOf(name));
  expect(await world.report(drone, attempt, `=app-misc/${name}-1`)).toMatchObject({ accepted: true });
}

test('a spoilt second delivery does not take away the good first one', async () => {
  const world = await setup();
  const { attempt = 0 } = await world.ask('anvil');
  await world.upload('anvil', attempt, await packageOf('lib'));

  expect((await world.upload('anvil', attempt, Buffer.from('not a package'))).status).toBe(422);
  expect(await world.report('anvil', attempt, `=${LIB}`)).toMatchObject({ accepted: true });

  expect((await indexed(world)).map((block) => block['CPV'])).toEqual([LIB]);
});

test('of two deliveries at once, the one that is published is the one that is indexed', async () => {
  const world = await setup();
  const { attempt = 0 } = await world.ask('anvil');
  const variants = await Promise.all(
    Array.from({ length: 8 }, (_, index) => packageOf('lib', { DESCRIPTION: `variant ${index}` })),
  );

  await Promise.all(variants.map((bytes) => world.upload('anvil', attempt, bytes)));
  expect(await world.report('anvil', attempt, `=${LIB}`)).toMatchObject({ accepted: true });

  const [block] = await indexed(world);
  const { createHash } = await import('node:crypto');
  const published = await readFile(join(world.dir, 'binhost', block?.['PATH'] ?? ''));
  expect(createHash('sha1').update(published).digest('hex')).toBe(block?.['SHA1']);
});

test('what was delivered for a build that is over does not stay on the disk', async () => {
  const world = await setup();
  const { attempt = 0 } = await world.ask('anvil');
  await world.upload('anvil', attempt, await packageOf('lib', { DESCRIPTION: 'first' }));
  await world.upload('anvil', attempt, await packageOf('lib', { DESCRIPTION: 'second' }));
  await world.report('anvil', attempt, `=${LIB}`, { status: 'returned' });

  await world.plane().reconcile();

  expect(await readdir(join(world.dir, 'staging'))).toEqual([]);
});

test('a package whose place in the binhost another build took meanwhile gets the next one', async () => {
  const world = await setup();
  await world.post('/api/v1/queue', { packages: ['app-misc/lib'] });
  const first = await world.ask('anvil');
  const second = await world.ask('bellows');
  expect([first.package, second.package]).toEqual(['=app-misc/lib-1', 'app-misc/lib']);
  await world.upload('anvil', first.attempt ?? 0, await packageOf('lib', { DESCRIPTION: 'first' }));
  await world.upload('bellows', second.attempt ?? 0, await packageOf('lib', { DESCRIPTION: 'second' }));

  expect(await world.report('bellows', second.attempt ?? 0, second.package ?? '')).toMatchObject({ accepted: true });
  expect(await world.report('anvil', first.attempt ?? 0, first.package ?? '')).toMatchObject({ accepted: true });

  expect(await indexed(world)).toMatchObject([
    { PATH: 'app-misc/lib/lib-1-1.gpkg.tar', BUILD_ID: '1' },
    { PATH: 'app-misc/lib/lib-1-2.gpkg.tar', BUILD_ID: '1' },
  ]);
  for (const [number, what] of [
    [1, 'second'],
    [2, 'first'],
  ]) {
    const file = await readFile(join(world.dir, 'binhost', `app-misc/lib/lib-1-${number}.gpkg.tar`));
    expect(file.equals(await packageOf('lib', { DESCRIPTION: String(what) }))).toBe(true);
  }
});

test('the very same file under two attempts is published once', async () => {
  const world = await setup();
  await world.post('/api/v1/queue', { packages: ['app-misc/lib'] });
  const bytes = await packageOf('lib');
  const orders = [await world.ask('anvil'), await world.ask('bellows')];
  for (const [index, { attempt = 0, package: granted }] of orders.entries()) {
    const drone = index === 0 ? 'anvil' : 'bellows';
    expect((await world.upload(drone, attempt, bytes)).status).toBe(200);
    expect(await world.report(drone, attempt, granted ?? '')).toMatchObject({ accepted: true });
  }

  expect(await indexed(world)).toHaveLength(1);
});

test('a package whose file is gone is needed again, and its dependents wait for it', async () => {
  const world = await setup();
  await build(world, 'anvil', 'lib');
  const [block] = await indexed(world);
  await rm(join(world.dir, 'binhost', block?.['PATH'] ?? ''));

  await world.restart();

  const rows = await world.queue();
  expect(rows.map((row) => [row.package, row.status, row.ready])).toEqual([
    [`=${LIB}`, 'needed', true],
    [`=${APP}`, 'needed', false],
  ]);
  await build(world, 'anvil', 'lib');
  await build(world, 'bellows', 'app');
});

test('an upload and a log without a body are refused by name', async () => {
  const world = await setup();
  const { attempt = 0 } = await world.ask('anvil');
  await world.plane().app.listen({ port: 0 });
  const { port } = world.plane().app.server.address() as { port: number };
  const path = `/api/v1/attempts/${attempt}`;

  const upload = await bodiless(port, 'PUT', `${path}/package?id=anvil&sha256=${'a'.repeat(64)}`);
  const log = await bodiless(port, 'POST', `${path}/log?id=anvil&offset=0`);

  expect([upload, log]).toEqual([422, 200]);
});

/** As `curl -X POST` sends it: neither a body nor a word about its length. */
function bodiless(port: number, method: string, path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asked = request({ port, method, path }, (reply) => {
      reply.resume();
      resolve(reply.statusCode);
    });
    asked.removeHeader('transfer-encoding');
    asked.useChunkedEncodingByDefault = false;
    asked.on('error', reject);
    asked.end();
  });
}
