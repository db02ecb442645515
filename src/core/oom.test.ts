import fc from 'fast-check';
import { expect, test } from 'vitest';
import { afterOutOfMemory, DEFAULT_MEMORY_POLICY, type OutOfMemory } from './oom.ts';

const POLICY = DEFAULT_MEMORY_POLICY;
const BUILD: OutOfMemory = { jobs: 8, memoryMb: 16_000, peakMb: 15_000, neighbours: 0, neededMb: null };

const after = (build: Partial<OutOfMemory>, fleetMb: readonly (number | null)[]) =>
  afterOutOfMemory({ ...BUILD, ...build }, fleetMb, POLICY);

test('where no drone is much larger it is tried with half the jobs', () => {
  expect(after({}, [16_000, 16_000])).toMatchObject({ kind: 'smaller', maxJobs: 4, needsMemoryMb: 7_500 });
});

test('a drone with much more memory takes it with all its jobs', () => {
  expect(after({}, [16_000, 64_000])).toMatchObject({ kind: 'elsewhere', maxJobs: 8, needsMemoryMb: 22_500 });
});

test('a small build beside large neighbours is only given more room', () => {
  expect(after({ peakMb: 3_000, neighbours: 2 }, [16_000])).toMatchObject({
    ...{ kind: 'beside-fewer', maxJobs: 8, needsMemoryMb: 4_500 },
  });
});

test('with a single job it can only go where there is more', () => {
  expect(after({ jobs: 1 }, [16_000, 24_000])).toMatchObject({ kind: 'elsewhere', needsMemoryMb: 22_500 });
});

test('a drone that does not say what it has is tried before all is given up', () => {
  expect(after({ jobs: 1 }, [16_000, null]).kind).toBe('elsewhere');
});

test('where even one job needs more than any drone has, somebody must act', () => {
  const next = after({ jobs: 1 }, [16_000, 8_000]);

  expect(next).toMatchObject({ kind: 'hopeless', needsMemoryMb: 22_500 });
  expect(next.reason).toContain('the largest drone has 16000 MB');
});

test('a build of which nothing was measured is tried smaller too', () => {
  expect(after({ jobs: null, peakMb: null, memoryMb: null }, [16_000])).toMatchObject({ kind: 'smaller', maxJobs: 2 });
});

test('however often it runs out of memory, there is an end, and no try is like the one before', () => {
  const megabytes = fc.integer({ min: 100, max: 1_000_000 });
  const first = fc.record({
    jobs: fc.option(fc.integer({ min: 1, max: 512 })),
    memoryMb: megabytes,
    peakMb: fc.option(megabytes),
    neighbours: fc.nat({ max: 3 }),
  });
  fc.assert(
    fc.property(first, fc.array(megabytes, { minLength: 1, maxLength: 8 }), (start, fleetMb) => {
      let build: OutOfMemory = { ...start, neededMb: null };
      let tries = 0;
      for (; tries < 60; tries += 1) {
        const next = afterOutOfMemory(build, [...fleetMb, start.memoryMb], POLICY);
        if (next.kind === 'hopeless') break;
        const isSmaller = (next.maxJobs ?? Infinity) < (build.jobs ?? Infinity);
        expect(isSmaller || next.needsMemoryMb > (build.neededMb ?? 0)).toBe(true);
        // The smallest drone that it may go to.
        const memoryMb = Math.min(...[...fleetMb, start.memoryMb].filter((each) => each >= next.needsMemoryMb));
        if (!Number.isFinite(memoryMb)) break;
        build = { ...build, jobs: next.maxJobs, neededMb: next.needsMemoryMb, memoryMb };
      }
      expect(tries).toBeLessThan(50);
    }),
  );
});
