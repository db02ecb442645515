import fc from 'fast-check';
import { expect, test } from 'vitest';
import { averageInBuckets, averageOfSwarm, type Moment } from './metrics-buckets.ts';

function moment(at: number, nodeId: string | null, cpuPercent: number | null = null): Moment {
  const nothing = { ramPercent: null, load1m: null, diskFreeMb: null };
  const counts = { needed: 0, delegated: 0, received: 0, blocked: 0 };
  return { id: at, at, nodeId, cpuPercent, ...nothing, ...counts };
}

/** So many samples, 15 seconds apart, of the swarm and of so many drones. */
function samples(count: number, drones: number): Moment[] {
  const nodes = [null, ...Array.from({ length: drones }, (_, index) => `d-${index}`)];
  return Array.from({ length: count }, (_, step) => nodes.map((node) => moment(step * 15_000, node, step))).flat();
}

test('an hour of ten drones fits, and its first quarter is as visible as its last', () => {
  const { rows, bucketMs } = averageInBuckets(samples(240, 10), { buckets: 500, maxRows: 500 });

  const perQuarter = [0, 1, 2, 3].map(
    (quarter) => rows.filter(({ at }) => Math.floor(at / 900_000) === quarter).length,
  );
  expect(rows.length).toBeLessThanOrEqual(500);
  expect(rows.length).toBeGreaterThan(450);
  expect(Math.min(...perQuarter) / Math.max(...perQuarter)).toBeGreaterThan(0.8);
  expect(bucketMs).toBeCloseTo((239 * 15_000) / 45, 0);
});

test('a row is the average of its drone in its time, and what was not said does not count', () => {
  const moments = [moment(0, 'a', 10), moment(1, 'a', null), moment(2, 'a', 20), moment(3, 'b', 99)];

  const { rows } = averageInBuckets(moments, { buckets: 1, maxRows: 500 });

  expect(rows.map(({ nodeId, cpuPercent }) => [nodeId, cpuPercent])).toEqual([
    ['a', 15],
    ['b', 99],
  ]);
});

test('the swarm as a whole has its own counts, and the mean of what its drones measured', () => {
  const moments = [
    { ...moment(0, null), received: 4 },
    moment(0, 'a', 10),
    moment(0, 'b', 30),
    { ...moment(60_000, null), received: 9 },
    moment(60_000, 'a', 50),
    moment(60_000, 'b', null),
  ];

  const { rows, bucketMs } = averageOfSwarm(moments, 2);

  expect(bucketMs).toBe(30_000);
  expect(rows).toMatchObject([
    { at: 0, nodeId: null, cpuPercent: 20, received: 4 },
    { at: 60_000, nodeId: null, cpuPercent: 50, received: 9 },
  ]);
  expect(averageOfSwarm([moment(0, 'a', 10)], 2).rows).toEqual([]);
});

test('with more drones than rows the swarm itself is still there', () => {
  const { rows } = averageInBuckets(samples(3, 700), { buckets: 500, maxRows: 500 });

  expect(rows).toHaveLength(500);
  expect(rows.filter(({ nodeId }) => nodeId === null)).toHaveLength(1);
});

test('whatever is asked, there are no more rows than allowed, oldest first, within the time and the values', () => {
  const history = fc.array(
    fc.record({
      at: fc.integer({ min: 0, max: 10 ** 9 }),
      nodeId: fc.constantFrom(null, 'a', 'b', 'c'),
      cpu: fc.double({ min: 0, max: 100, noNaN: true }),
    }),
    { maxLength: 200 },
  );
  fc.assert(
    fc.property(history, fc.integer({ min: 1, max: 600 }), fc.integer({ min: 4, max: 50 }), (all, buckets, maxRows) => {
      const moments = all.map(({ at, nodeId, cpu }) => moment(at, nodeId, cpu));

      const { rows } = averageInBuckets(moments, { buckets, maxRows });

      const times = rows.map(({ at }) => at);
      expect(rows.length).toBeLessThanOrEqual(Math.min(maxRows, buckets * 4));
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      expect(rows.length === 0).toBe(moments.length === 0);
      for (const { cpuPercent } of rows) {
        expect(cpuPercent).toBeGreaterThanOrEqual(0);
        expect(cpuPercent).toBeLessThanOrEqual(100);
      }
    }),
  );
});
