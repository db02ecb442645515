import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { tokenText } from '../core/credential.ts';
import { compiling, droneWorld } from '../testing/drone-world.ts';
import type { DroneConfig } from './config.ts';
import { startDrone } from './drone.ts';

const JOIN = tokenText({ id: 'a'.repeat(12), secret: 'a'.repeat(48) });
const OTHER = tokenText({ id: 'b'.repeat(12), secret: 'b'.repeat(48) });
const REFUSED = { status: 401, body: { error: 'token: is unknown, expired or revoked' } };

const STARTING = { status: 503, body: { error: 'starting' } };

function times<T>(count: number, value: T): T[] {
  return Array.from({ length: count }, () => value);
}

async function setup(more: Partial<DroneConfig> = {}) {
  const world = await droneWorld(more);
  onTestFinished(world.close);
  const start = (also: Partial<DroneConfig> = {}) => {
    const drone = startDrone({ ...world.config, ...also });
    onTestFinished(() => drone.stop().catch(() => undefined));
    return drone;
  };
  return {
    ...world,
    start,
    /** Run a drone until it has registered `times` times. */
    registered: async (times: number, also: Partial<DroneConfig> = {}) => {
      const drone = start(also);
      await world.plane.when(() => world.plane.registrations.length >= times);
      await drone.stop();
    },
    enrolments: () => world.plane.calls.get('enroll') ?? 0,
    credentialFile: join(world.stateDir, 'credential.json'),
  };
}

test('a drone enrols once with its join token, and shows a token of its own from then on', async () => {
  const { plane, registered, enrolments, credentialFile } = await setup();

  await registered(1, { joinToken: JOIN });
  await registered(plane.registrations.length + 1, { joinToken: JOIN });
  await registered(plane.registrations.length + 1);

  expect([plane.shown.get('enroll'), plane.shown.get('register')]).toEqual([JOIN, 'own-1']);
  expect(enrolments()).toBe(1);
  expect((await stat(credentialFile)).mode & 0o777).toBe(0o600);
  expect(await readFile(credentialFile, 'utf8')).not.toContain(JOIN.slice(-20));
});

test('a drone that is given another join token enrols again', async () => {
  const { plane, registered, enrolments } = await setup();
  await registered(1, { joinToken: JOIN });

  await registered(plane.registrations.length + 1, { joinToken: OTHER });

  expect([enrolments(), plane.shown.get('register')]).toEqual([2, 'own-2']);
});

test('a token that was given as it is is shown, and not kept', async () => {
  const { plane, registered, credentialFile } = await setup();

  await registered(1, { token: 'given' });

  expect(plane.shown.get('register')).toBe('given');
  await expect(stat(credentialFile)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('a drone waits with its enrolment until the control plane is there', async () => {
  const { plane, registered, enrolments } = await setup();
  plane.answerNext('enroll', ...times(3, STARTING));

  await registered(1, { joinToken: JOIN });

  expect([enrolments(), plane.shown.get('register')]).toEqual([4, 'own-4']);
});

test('a drone that is stopped while it waits with its enrolment ends in order', async () => {
  const { plane, start, enrolments } = await setup();
  plane.answerNext('enroll', ...times(1000, STARTING));

  const drone = start({ joinToken: JOIN });
  await plane.when(() => enrolments() > 2);

  await expect(drone.stop()).resolves.toBeUndefined();
  expect(plane.registrations).toEqual([]);
});

test('a join token that is not taken ends the drone with a sentence, at the first answer', async () => {
  const { plane, start, enrolments } = await setup();
  plane.answerNext('enroll', { status: 403, body: { error: 'token: the join token rack is used up' } });

  await expect(start({ joinToken: JOIN }).done).rejects.toMatchObject({
    code: 'CREDENTIAL_REFUSED',
    exitCode: 77,
    message: expect.stringMatching(/does not let anvil in: token: the join token rack is used up$/),
  });
  expect(enrolments()).toBe(1);
});

test('what is no join token at all is said before anything is asked', async () => {
  const { plane, start } = await setup();

  await expect(start({ joinToken: 'secret' }).done).rejects.toMatchObject({ code: 'BAD_SETTING' });
  expect(plane.calls.size).toBe(0);
});

test('a drone whose token is revoked ends what it builds, keeps what it has to tell, and ends itself', async () => {
  const world = await setup();
  world.plane.queue({ package: '=app-misc/gated-1', dependencies: [] });
  await world.gate('gated');
  const drone = world.start({ token: 'soon revoked' });
  await compiling(world, 1);

  world.plane.answerNext('register', ...times(100, REFUSED));

  await expect(drone.done).rejects.toMatchObject({ code: 'CREDENTIAL_REFUSED' });
  expect(await world.leftRunning()).toEqual([]);
  expect(await world.spooled()).toEqual(['1']);
});

test('a damaged credential is said, and not overwritten', async () => {
  const { registered, start, credentialFile } = await setup();
  await registered(1, { joinToken: JOIN });
  await writeFile(credentialFile, '{');

  await expect(start({ joinToken: JOIN }).done).rejects.toMatchObject({ code: 'DRONE_STATE_UNUSABLE' });
  expect(await readFile(credentialFile, 'utf8')).toBe('{');
});
