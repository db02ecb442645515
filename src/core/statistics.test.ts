import { expect, test } from 'vitest';
import { histogram, quantile } from './histogram.ts';
import {
  courseOf,
  droneStatistics,
  flakyPackages,
  outcomesOf,
  packageStatistics,
  type StatisticsBuild,
} from './statistics.ts';
import { waitsOf } from './waiting.ts';

const build = (more: Partial<StatisticsBuild> = {}): StatisticsBuild => ({
  ...{ package: '=c/a-1', name: 'c/a', drone: 'anvil', outcome: 'built', durationS: 10, endedAt: 1_000 },
  ...{ sessionId: 's-1', failureClass: null },
  ...more,
});
const failed = (more: Partial<StatisticsBuild> = {}) => build({ outcome: 'failed', failureClass: 'compile', ...more });

test('times of builds that failed or were given back count for nothing', () => {
  const all = outcomesOf([build({ durationS: 10 }), build({ durationS: 30 }), failed({ durationS: 500 })]);

  expect(all).toMatchObject({ builds: 3, built: 2, failed: 1, returned: 0, buildS: 40, p50S: 20 });
  expect(outcomesOf([])).toMatchObject({ builds: 0, p50S: null, p90S: null });
});

test('a histogram begins and ends where there is something, and loses nothing', () => {
  const bins = histogram([3, 4.9, 5, 59.9, 100_000]);

  expect(bins[0]).toEqual({ fromS: 2, toS: 5, count: 2 });
  expect(bins.at(-1)).toEqual({ fromS: 28_800, toS: null, count: 1 });
  expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(5);
  expect(histogram([])).toEqual([]);
});

test('quantiles lie between the values', () => {
  expect([0, 0.5, 1].map((share) => quantile([1, 2, 10, 20], share))).toEqual([1, 6, 20]);
});

test('a package is flaky that failed and was built in one session, not in two', () => {
  const flaky = flakyPackages([
    ...[failed(), build({ endedAt: 2_000 }), failed({ failureClass: 'test' })],
    ...[failed({ package: '=c/b-1', sessionId: 's-1' }), build({ package: '=c/b-1', sessionId: 's-2' })],
    ...[failed({ package: '=c/d-1', sessionId: null }), build({ package: '=c/d-1', sessionId: null })],
  ]);

  expect(flaky).toEqual([
    {
      ...{ package: '=c/a-1', built: 1, failed: 2, sessions: 1, failureClasses: ['compile', 'test'], lastAt: 2_000 },
    },
  ]);
});

test('a trend takes the middles of both halves, and says nothing of a few builds', () => {
  const of = (...seconds: number[]) => packageStatistics(seconds.map((durationS) => build({ durationS })))[0]?.trend;

  expect(of(10, 10, 900, 20, 20, 20)).toBe(2);
  expect(of(10, 20, 30)).toBeNull();
});

test('drones are counted by the hour of the whole time', () => {
  const span = { from: 0, to: 2 * 3_600_000 };
  const builds = [build(), build(), build({ drone: 'bellows', durationS: 90 }), failed({ drone: 'bellows' })];

  expect(droneStatistics(builds, span)).toMatchObject([
    { drone: 'bellows', built: 1, failed: 1, builtPerHour: 0.5 },
    { drone: 'anvil', built: 2, builtPerHour: 1 },
  ]);
});

test('the course has a slice for each part of the time, with the classes of failures in it', () => {
  const builds = [build({ endedAt: 0 }), failed({ endedAt: 999 }), failed({ endedAt: 1_000, failureClass: null })];
  const { course, failures } = courseOf(builds, { from: 0, to: 1_000 }, 2);

  expect(course.map(({ at, built, failed: lost }) => [at, built, lost])).toEqual([
    [0, 1, 0],
    [500, 0, 2],
  ]);
  expect(failures).toEqual([
    { failureClass: 'compile', failed: 1, course: [0, 1] },
    { failureClass: null, failed: 1, course: [0, 1] },
  ]);
});

test('a package waits from when it could be built until a drone takes it', () => {
  const row = (id: number, at: number, state: string, isReady: boolean) => ({ id, at, state, isReady, createdAt: 100 });
  const changes = [
    ...[row(1, 4_100, 'needed', true), row(1, 9_000, 'delegated', false)],
    ...[row(2, 5_000, 'needed', false), row(2, 7_000, 'needed', true)],
    ...[row(3, 6_000, 'needed', false), row(3, 8_000, 'delegated', false)],
  ];

  expect(waitsOf(changes, 0)).toEqual([4, 2, 0]);
  expect(waitsOf(changes, 200)).toEqual([2, 0]);
});
