import { expect, test } from 'vitest';
import type { Bar } from './bars.ts';
import { barFrom } from './bars-for-tests.ts';
import { dronesWithLanes, firstAfter, lanesOf } from './lanes.ts';

const NOW = 1_000;
const names = (lanes: readonly (readonly Bar[])[]) => lanes.map((lane) => lane.map((bar) => bar.package));

test('builds that overlap are in different slots, each in the first that is free', () => {
  const bars = [barFrom('a', 0, 10), barFrom('b', 5, 20), barFrom('c', 10, 15), barFrom('d', 16, 30)];

  expect(names(lanesOf(bars, 1, NOW))).toEqual([['a', 'c', 'd'], ['b']]);
});

test('the next build of a slot may be noted a moment before the end of the one before', () => {
  expect(names(lanesOf([barFrom('a', 0, 10), barFrom('b', 9.5, 20)], 1, NOW))).toEqual([['a', 'b']]);
});

test('slots that nothing was built in are there too', () => {
  expect(names(lanesOf([barFrom('a', 0, 10)], 3, NOW))).toEqual([['a'], [], []]);
});

test('a running build holds its slot until now, and what is foreseen takes the slot that is free first', () => {
  const running = { ...barFrom('a', 0, null), expectedTo: 1_200 };
  const planned = { ...barFrom('c', 1_050, 1_100), state: 'planned' as const };

  expect(names(lanesOf([running, barFrom('b', 10, null), planned], 2, NOW))).toEqual([['a'], ['b', 'c']]);
});

test('no two builds of a lane overlap, however many there are', () => {
  const bars = Array.from({ length: 2_000 }, (_, at) =>
    barFrom(`p${at}`, (at * 7_919) % 10_000, ((at * 7_919) % 10_000) + 1 + (at % 90)),
  );

  const overlaps = lanesOf(bars, 4, NOW).flatMap((lane) =>
    lane.filter((bar, at) => at > 0 && bar.from < (lane[at - 1]?.to ?? 0) - 1),
  );

  expect(overlaps).toEqual([]);
});

test('drones come by name as people count, also those that are gone', () => {
  const bars = [{ ...barFrom('a', 0, 1), drone: 'drone-10' }];

  const drones = dronesWithLanes(bars, new Map([['drone-9', 2]]), NOW);

  expect(drones.map(({ name, lanes }) => [name, lanes.length])).toEqual([
    ['drone-9', 2],
    ['drone-10', 1],
  ]);
});

test('the first bar that can be seen is found', () => {
  const lane = [barFrom('a', 0, 10), barFrom('b', 20, 30), barFrom('c', 40, null)];

  expect([5, 10, 29, 35, 2_000].map((at) => firstAfter(lane, at, NOW))).toEqual([0, 1, 1, 2, 3]);
});
