import { expect, test } from 'vitest';
import { createStillness, type Sighting } from './stillness.ts';

const LOOK_MS = 2_000;
const NOTHING: Sighting = {
  elapsedMs: LOOK_MS,
  dueMs: LOOK_MS,
  saidNew: false,
  repeatedLines: 0,
  cpuMs: 0,
  hasGrown: false,
};

/** The stillness after each of `count` looks of the same kind. */
function after(count: number, sighting: Partial<Sighting>): number {
  const still = createStillness();
  let stillMs = 0;
  for (let look = 0; look < count; look += 1) stillMs = still({ ...NOTHING, ...sighting });
  return stillMs;
}

test.each<[string, Partial<Sighting>, number]>([
  ['does nothing at all', {}, 200_000],
  ['says something new now and then', { saidNew: true }, 0],
  ['writes', { hasGrown: true }, 0],
  ['computes without a word', { cpuMs: 2_000 }, 0],
  ['computes on a machine that is much too busy', { cpuMs: 100 }, 0],
  ['looks again every now and then', { cpuMs: 20 }, 200_000],
  ['prints the same line as fast as it can', { cpuMs: 2_000, repeatedLines: 1_000_000 }, 200_000],
  ['computes and repeats itself a little', { cpuMs: 2_000, repeatedLines: 10 }, 0],
])('a build that %s', (_, sighting, stillMs) => {
  expect(after(100, sighting)).toBe(stillMs);
});

test('a machine that slept for an hour blames nobody for it', () => {
  expect(after(1, { elapsedMs: 3_600_000 })).toBe(2 * LOOK_MS);
});

test('little work adds up to progress', () => {
  const still = createStillness();
  const sightings = [0, 0, 0, 240].map((cpuMs) => still({ ...NOTHING, cpuMs }));

  expect(sightings).toEqual([2_000, 4_000, 6_000, 0]);
});
