import { expect, test } from 'vitest';
import { droneFacts, readyPackage } from '../../testing/scheduling.ts';
import { classOf, classRejection, couldHold, roomOn, roomRejection } from './admission.ts';
import { startedBuild } from './drone-facts.ts';
import { DEFAULT_SCHEDULE_POLICY as RULES } from './schedule-policy.ts';

const anvil = droneFacts('anvil', { memoryMb: 10_000, diskFreeBytes: 50, slots: 4, arch: 'amd64', labels: ['ssd'] });
const running = (over: Parameters<typeof readyPackage>[1]) => startedBuild(readyPackage(9, over), 0);

test('a learned peak must fit beside what runs, with the reserve left free', () => {
  const room = roomOn(anvil, [running({ memoryMb: 5_000 })], RULES);

  expect(roomRejection(readyPackage(1, { memoryMb: 4_500 }), anvil, room, RULES)).toBeUndefined();
  expect(roomRejection(readyPackage(1, { memoryMb: 4_501 }), anvil, room, RULES)).toEqual({
    rule: 'memory',
    needsMb: 4_501,
    freeMb: 4_500,
  });
});

test('disk that running builds still need is not there for the next', () => {
  const room = roomOn(anvil, [running({ diskBytes: 30 })], RULES);

  expect(roomRejection(readyPackage(1, { diskBytes: 21 }), anvil, room, RULES)).toEqual({
    rule: 'disk',
    needsBytes: 21,
    freeBytes: 20,
  });
});

test('packages of unknown peak can fill every slot of a small drone', () => {
  const small = droneFacts('small', { memoryMb: 1_000, slots: 4 });
  const builds = [1, 2, 3].map(() => running({}));

  expect(roomRejection(readyPackage(1), small, roomOn(small, builds, RULES), RULES)).toBeUndefined();
});

test('a drone that does not say what it has refuses nothing for it', () => {
  const silent = droneFacts('silent');
  const giant = readyPackage(1, { memoryMb: 1e6, diskBytes: 1e15, arch: 'amd64' });

  expect(roomRejection(giant, silent, roomOn(silent, [], RULES), RULES)).toBeUndefined();
  expect(couldHold(giant, silent, RULES)).toBe(true);
});

test('architecture, labels and the giants beside it decide for a whole class', () => {
  const rejectionOf = (over: Parameters<typeof readyPackage>[1], builds = [running({ group: 'giants' })]) =>
    classRejection(classOf(readyPackage(1, over)), anvil, roomOn(anvil, builds, RULES), RULES);

  expect(rejectionOf({ arch: 'arm64' })).toEqual({ rule: 'arch', needs: 'arm64', has: 'amd64' });
  expect(rejectionOf({ labels: ['ssd', 'gpu'] })).toEqual({ rule: 'labels', missing: ['gpu'] });
  expect(rejectionOf({ group: 'giants' })).toEqual({ rule: 'group', group: 'giants', limit: 1 });
  expect(rejectionOf({ group: 'giants' }, [])).toBeUndefined();
  expect(rejectionOf({ labels: ['ssd'], arch: 'amd64' })).toBeUndefined();
});

test('a class is refused only if each of its packages would be', () => {
  const room = roomOn(anvil, [running({ memoryMb: 5_000 })], RULES);
  const amounts = Array.from({ length: 90 }, (_, at) => 100 * (at + 1));

  const refused = amounts.filter((memoryMb) =>
    classRejection(classOf(readyPackage(1, { memoryMb })), anvil, room, RULES),
  );

  expect(refused.length).toBeGreaterThan(20);
  expect(Math.min(...refused)).toBeGreaterThan(4_500);
});

test('a drone with neighbours could hold what fits there alone', () => {
  expect(couldHold(readyPackage(1, { memoryMb: 9_500 }), anvil, RULES)).toBe(true);
  expect(couldHold(readyPackage(1, { memoryMb: 9_501 }), anvil, RULES)).toBe(false);
  expect(couldHold(readyPackage(1), { ...anvil, closedBecause: 'paused' }, RULES)).toBe(false);
});
