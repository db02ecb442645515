import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { Client } from '../../src/client/client.ts';
import { ended, type RealSwarm, realSwarm } from '../../src/testing/real-swarm.ts';
import { fixtureBytes } from '../portage/fixture.ts';

const swarms: RealSwarm[] = [];
afterEach(async () => {
  for (const swarm of swarms.splice(0)) await swarm.close();
});

/** The chain below net-libs/swarmhttp: ten packages, six deep. */
const TARGETS = ['net-libs/swarmhttp'];

test('kill -9 of the control plane and of drones at the worst moments loses nothing and builds nothing twice', async () => {
  const swarm = await setup();
  const plan = await swarm.plan(TARGETS);
  let controlPlane = await swarm.startControlPlane();
  const midBuild = await swarm.startDrone('drone-1', { BUILD_SWARM_FAULT: 'mid-build' });
  const afterUpload = await swarm.startDrone('drone-2', { BUILD_SWARM_FAULT: 'after-upload' });
  const { session_id: session } = await swarm.client.queueAdd({ body: { plan, session_name: 'faults' } });

  for (const [drone, name] of [
    [midBuild, 'drone-1'],
    [afterUpload, 'drone-2'],
  ] as const) {
    await swarm.until(`${name} kills itself`, async () => drone.signalCode === 'SIGKILL');
    await swarm.startDrone(name);
  }
  await swarm.until('some packages are received', async () => (await swarm.client.status()).received >= 4);
  await ended(controlPlane, 'SIGKILL');
  controlPlane = await swarm.startControlPlane();
  await sessionEnd(swarm, session);

  const merged = plan.nodes.map((node) => node.cpv).toSorted();
  const queue = await swarm.client.queueList({ query: { session: session ?? '' } });
  expect(queue.filter((row) => row.status !== 'received')).toEqual([]);
  await expectWholeIndex(swarm, merged);
  // Every build that ended is a package; what was killed in the middle was handed back, and blames nobody.
  const ends = swarm.rows<{ state: string; n: number }>(
    'SELECT state, count(*) AS n FROM attempts GROUP BY state ORDER BY state',
  );
  expect(ends).toContainEqual({ state: 'received', n: merged.length });
  expect(ends.filter((row) => row.state !== 'received')).toEqual([{ state: 'returned', n: 1 }]);
  expect(swarm.rows('SELECT package FROM queue WHERE failure_count > 0')).toEqual([]);
});

test('a drone that never comes back loses its build to another when its lease is over', async () => {
  const swarm = await setup();
  const plan = await swarm.plan(['dev-util/sgen']);
  process.env['SWARM_LEASE_S'] = '3';
  await swarm.startControlPlane();
  delete process.env['SWARM_LEASE_S'];
  const lost = await swarm.startDrone('drone-1', { BUILD_SWARM_FAULT: 'mid-build' });
  const { session_id: session } = await swarm.client.queueAdd({ body: { plan } });
  await swarm.until('drone-1 kills itself', async () => lost.signalCode === 'SIGKILL');

  await swarm.startDrone('drone-2');
  await sessionEnd(swarm, session);

  const ends = swarm.rows<{ state: string; drone_name: string }>(
    "SELECT state, drone_name FROM attempts WHERE package = '=dev-util/sgen-1.2' ORDER BY id",
  );
  expect(ends).toEqual([
    { state: 'reclaimed', drone_name: 'drone-1' },
    { state: 'received', drone_name: 'drone-2' },
  ]);
});

test('damaged and false packages are refused with the reason, and real drones build the package again', async () => {
  const swarm = await setup();
  const plan = await swarm.plan(['app-misc/variants']);
  await swarm.startControlPlane();
  const { session_id: session } = await swarm.client.queueAdd({ body: { plan } });
  const good = fixtureBytes('packages/variants-1.0-1.gpkg.tar');
  const other = fixtureBytes('packages/swarmhttp-1.8-1.gpkg.tar');
  const flipped = Buffer.from(good);
  flipped.writeUInt8(flipped.readUInt8(8192) ^ 1, 8192);

  const reasons: string[] = [];
  for (const [index, bytes] of [flipped, good.subarray(0, good.length - 4096), other].entries()) {
    reasons.push(await sabotage(swarm.client, `saboteur-${index}`, bytes));
  }
  expect(reasons).toEqual([
    expect.stringMatching(/Manifest|header|hash/),
    expect.stringMatching(/./),
    expect.stringContaining('it is net-libs/swarmhttp-1.8, planned was app-misc/variants-1.0'),
  ]);
  expect(await swarm.index()).toEqual([]);

  await swarm.startDrone('drone-1');
  await sessionEnd(swarm, session);
  await expectWholeIndex(swarm, plan.nodes.map((node) => node.cpv).toSorted());
});

async function setup(): Promise<RealSwarm> {
  const swarm = await realSwarm();
  swarms.push(swarm);
  return swarm;
}

async function sessionEnd(swarm: RealSwarm, session: string | null): Promise<void> {
  await swarm.until('the session is completed', async () => {
    const { sessions } = await swarm.client.sessions();
    return sessions.find((each) => each.id === session)?.status === 'completed';
  });
}

/** The index lists each package once, and every file it names is there, whole. */
async function expectWholeIndex(swarm: RealSwarm, cpvs: readonly string[]): Promise<void> {
  const blocks = await swarm.index();
  expect(blocks.map((block) => block['CPV'])).toEqual(cpvs);
  for (const block of blocks) {
    const path = join(swarm.dir, 'data', 'binhost', block['PATH'] ?? '');
    expect(existsSync(path)).toBe(true);
    expect((await stat(path)).size).toBe(Number(block['SIZE']));
  }
}

/** Take the package as a drone would, deliver these bytes, and give the reason for which they are refused. */
async function sabotage(client: Client, id: string, bytes: Buffer): Promise<string> {
  const capabilities = { cores: 2, slots: 1, attempts: true };
  await client.register({ body: { id, name: id, capabilities, running: [] } });
  const { attempt = 0, package: granted } = await client.work({ query: { id, wait: 20, holding: '' } });
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const refusal = await client.uploadPackage({ params: { attempt }, query: { id, sha256 }, body: bytes }).then(
    () => 'it was taken',
    (error: Error) => error.message,
  );
  const report = {
    id,
    attempt,
    package: granted ?? '',
    status: 'upload_failed',
    failure_class: 'corrupt' as const,
    error_detail: refusal,
  };
  expect(await client.complete({ body: report })).toMatchObject({ accepted: false, state: 'needed' });
  return refusal;
}
