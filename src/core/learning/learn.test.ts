import fc from 'fast-check';
import { expect, test } from 'vitest';
import { speedOf } from './drone-speed.ts';
import { estimateDuration } from './duration.ts';
import { DEFAULT_LEARNING, emptyKnowledge } from './knowledge.ts';
import { knowledgeFrom, learn } from './learn.ts';
import { estimatePeakMemory } from './peaks.ts';
import type { LearningSample } from './sample.ts';

const anyPackage = fc.record({
  name: fc.constantFrom('dev-libs/a', 'dev-libs/b', 'dev-libs/c', 'dev-util/d'),
  version: fc.constantFrom('1', '2'),
  use: fc.constantFrom('', 'ssl', 'ssl zlib'),
});
const anyMeasure = fc.option(fc.double());
const anyBuild = fc.record({
  kind: fc.constant('built' as const),
  droneId: fc.constantFrom('anvil', 'bellows', '__proto__'),
  coresPerBuild: fc.constantFrom(null, 0, 8, 24),
  durationS: fc.oneof(fc.double(), fc.integer({ min: 0, max: 1_000 })),
  peakMemoryMb: anyMeasure,
  diskMb: anyMeasure,
  sourceBytes: anyMeasure,
});
const anyOom = fc.record({ kind: fc.constant('oom' as const), killedAtMb: fc.double() });
const anySample: fc.Arbitrary<LearningSample> = fc
  .tuple(anyPackage, fc.oneof({ weight: 9, arbitrary: anyBuild }, anyOom), fc.integer({ min: 0, max: 2 ** 41 }))
  .map(([identity, rest, at]) => ({ ...identity, ...rest, at }));
const anyHistory = fc.array(anySample, { maxLength: 60 });
/** Few different times, so that many builds end together. */
const oftenTogether = anySample.map((sample) => ({ ...sample, at: sample.at % 8 }));
const TASK = { name: 'dev-libs/a', version: '1', use: 'ssl', sourceBytes: 1_000 };

test('the same history teaches the same, in whatever order it is told', () => {
  fc.assert(
    fc.property(fc.array(oftenTogether, { maxLength: 60 }), (history) => {
      expect(knowledgeFrom(history.toReversed())).toEqual(knowledgeFrom(history));
    }),
  );
});

test('learning build by build ends where learning the whole history does', () => {
  fc.assert(
    fc.property(anyHistory, (history) => {
      const inTime = history.toSorted((a, b) => a.at - b.at).filter(({ at }, index, all) => at !== all[index - 1]?.at);
      const knowledge = emptyKnowledge();

      for (const sample of inTime) learn(knowledge, sample);

      expect(knowledge).toEqual(knowledgeFrom(inTime));
    }),
  );
});

test('whatever was measured, an estimate is a number or unknown, and a copy gives the same', () => {
  fc.assert(
    fc.property(anyHistory, (history) => {
      const knowledge = knowledgeFrom(history);
      const copy = structuredClone(knowledge);

      const duration = estimateDuration(knowledge, TASK, 2 ** 41);
      const peak = estimatePeakMemory(knowledge, TASK);

      if (duration.source !== 'unknown') {
        expect(duration.p50S).toBeGreaterThan(0);
        expect(duration.p90S).toBeGreaterThanOrEqual(duration.p50S);
        expect(duration.logSigma).toBeGreaterThan(0);
      }
      if (peak !== null) expect(peak.mb).toBeGreaterThan(0);
      expect(speedOf(knowledge, { droneId: 'anvil', coresPerBuild: 8 }).slowness).toBeGreaterThan(0);
      expect(estimateDuration(copy, TASK, 2 ** 41)).toEqual(duration);
      expect(estimatePeakMemory(copy, TASK)).toEqual(peak);
    }),
  );
});

test('a question changes nothing', () => {
  fc.assert(
    fc.property(anyHistory, (history) => {
      const knowledge = knowledgeFrom(history);
      const before = structuredClone(knowledge);

      estimateDuration(knowledge, TASK, 2 ** 41);
      speedOf(knowledge, { droneId: 'nobody', coresPerBuild: 4 });
      estimatePeakMemory(knowledge, { ...TASK, name: 'dev-libs/new' });

      expect(knowledge).toEqual(before);
    }),
  );
});

test('memory is bounded: the packages and drones of longest ago and all but the last builds are forgotten', () => {
  const settings = { ...DEFAULT_LEARNING, samplesPerPackage: 3, packagesRemembered: 10, dronesRemembered: 4 };
  const knowledge = emptyKnowledge(settings);
  const nothing = { peakMemoryMb: null, diskMb: null, sourceBytes: 1_000 };

  for (let index = 0; index < 2_000; index += 1) {
    const identity = { name: `dev-libs/p${index % 50}`, version: '1', use: '' };
    const machine = { droneId: `d${index % 7}`, coresPerBuild: 8 };
    learn(knowledge, { kind: 'built', ...identity, ...machine, ...nothing, durationS: 1 + index, at: index });
    learn(knowledge, {
      kind: 'built',
      ...identity,
      ...machine,
      ...nothing,
      name: 'dev-libs/often',
      durationS: 9,
      at: index,
    });
  }

  expect(knowledge.packages.size).toBe(10);
  expect(knowledge.packages.get('dev-libs/often')?.builds.map(({ at }) => at)).toEqual([1_999, 1_998, 1_997]);
  expect(knowledge.drones.size).toBe(4);
  expect([...knowledge.drones.values()].every(({ shared }) => shared.length <= 64)).toBe(true);
  expect(knowledge.overall.values.length).toBeLessThanOrEqual(256);
  expect(knowledge.sizes.points.length).toBeLessThanOrEqual(128);
});

test('a late report of an old build does not pass for the newest', () => {
  const history = [5, 3, 4, 1, 2].map((at): LearningSample => {
    const rest = { droneId: 'anvil', coresPerBuild: 8, peakMemoryMb: at, diskMb: null, sourceBytes: null };
    return { kind: 'built', name: TASK.name, version: '1', use: 'ssl', durationS: 10 * at, ...rest, at };
  });
  const knowledge = emptyKnowledge({ ...DEFAULT_LEARNING, samplesPerPackage: 2 });

  for (const sample of history) learn(knowledge, sample);

  expect(knowledge.packages.get(TASK.name)?.builds.map(({ at }) => at)).toEqual([5, 4]);
});
