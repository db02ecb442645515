import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type DurationEstimate, estimateDuration, neutralDuration } from './duration.ts';
import { emptyKnowledge } from './knowledge.ts';
import { knowledgeFrom, learn } from './learn.ts';
import type { BuildSample } from './sample.ts';

const TASK = { name: 'dev-libs/boost', version: '1.85.0', use: 'nls', sourceBytes: 1e8 };
const DAY_MS = 86_400_000;
const NOW = 1_000 * DAY_MS;

function build(durationS: number, change: Partial<BuildSample> = {}): BuildSample {
  const machine = { droneId: 'anvil', coresPerBuild: 8 };
  const nothing = { peakMemoryMb: null, diskMb: null };
  return { kind: 'built', ...TASK, ...machine, ...nothing, durationS, at: NOW - DAY_MS, ...change };
}

/** Builds one hour apart, the last one now. */
function inTurn(durations: readonly number[]): BuildSample[] {
  return durations.map((durationS, index) => build(durationS, { at: NOW - (durations.length - index) * 3_600_000 }));
}

function estimate(samples: readonly BuildSample[], now = NOW): DurationEstimate {
  return estimateDuration(knowledgeFrom(samples), TASK, now);
}

const others = (count: number, change: Partial<BuildSample> = {}) =>
  Array.from({ length: count }, (_, index) => build(60 * (1 + index), { name: `dev-libs/other${index}`, ...change }));

test('what nothing is known of is said to be unknown, and has a number only for ranking', () => {
  const unknown = { p50S: null, p90S: null, logSigma: null, source: 'unknown', samples: 0 };

  expect(estimate([])).toEqual(unknown);
  expect(estimate(others(2))).toEqual(unknown);
  expect(neutralDuration(emptyKnowledge()).p50S).toBeCloseTo(120);
  expect(neutralDuration(knowledgeFrom(others(200))).p50S).toBeGreaterThan(3_000);
});

test('the source is the nearest there is: flags, version, name, category, size', () => {
  const elsewhere = others(16).map((sample) => ({ ...sample, name: sample.name.replace('dev-libs', 'dev-util') }));
  const steps = [
    elsewhere,
    others(3),
    [build(100, { version: '1.84.0' })],
    [build(100, { use: 'static-libs' })],
    [build(100)],
  ];

  const found = steps.map((_, index) => estimate(steps.slice(0, index + 1).flat()));

  expect(found.map(({ source, samples }) => [source, samples])).toEqual([
    ['size', 16],
    ['category', 3],
    ['name', 1],
    ['version', 1],
    ['same', 1],
  ]);
});

test('the less alike the builds are, the wider is the spread', () => {
  const change = [{}, { use: 'other' }, { version: '1.84.0' }, { name: 'dev-libs/other' }];
  const sigmas = change.map((each) => {
    const samples = [1, 2, 3].map((index) =>
      build(100, { ...each, name: `${each.name ?? TASK.name}${each.name ? index : ''}` }),
    );
    return estimate(samples).logSigma ?? Number.NaN;
  });

  expect(sigmas).toEqual(sigmas.toSorted((a, b) => a - b));
  expect(new Set(sigmas).size).toBe(4);
});

test('a single build claims no certainty, and twelve that agree claim more', () => {
  const one = estimate([build(100)]);
  const twelve = estimate(inTurn(Array<number>(12).fill(100)));

  expect((one.p90S ?? 0) / (one.p50S ?? 0)).toBeGreaterThan(1.5);
  expect(twelve.logSigma).toBeLessThan((one.logSigma ?? 0) / 2);
});

test('a single outlier among five or more builds moves the estimate by less than a quarter', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 95, max: 105 }), { minLength: 5, maxLength: 11 }),
      fc.nat(),
      fc.constantFrom(1, 10_000, 1_000_000),
      (durations, place, outlier) => {
        const without = estimate(inTurn(durations)).p50S ?? 0;
        const with_ = estimate(inTurn(durations.toSpliced(place % (durations.length + 1), 0, outlier))).p50S ?? 0;

        expect(with_ / without).toBeGreaterThan(0.75);
        expect(with_ / without).toBeLessThan(1.25);
      },
    ),
  );
});

test('when a package takes three times as long from now on, the fourth build has said so', () => {
  const before = Array<number>(12).fill(100);
  const after = [0, 1, 2, 3, 4].map((count) => estimate(inTurn([...before, ...Array<number>(count).fill(300)])));

  expect(after[1]?.p50S).toBeLessThan(110);
  expect(after[4]?.p50S).toBeGreaterThan(290);
  // Until then it is not sure of itself: what comes is within reach.
  expect(after[3]?.p90S).toBeGreaterThan(200);
});

test('two builds of the new version outweigh many of the old one, and one is steadied by them', () => {
  const old = Array.from({ length: 8 }, (_, index) =>
    build(100, { version: '1.84.0', at: NOW - (20 - index) * DAY_MS }),
  );

  const [one, two] = [[300], [300, 300]].map((fresh) => estimate([...old, ...inTurn(fresh)]).p50S ?? 0);

  expect(one).toBeGreaterThan(100);
  expect(one).toBeLessThan(290);
  expect(two).toBeGreaterThan(one ?? 0);
  expect(two).toBeGreaterThan(200);
});

test('an estimate gets less sure as the builds it rests on get old', () => {
  const sigmas = [0, 100, 1_000, 20_000].map(
    (days) => estimate([build(100)], NOW + days * DAY_MS).logSigma ?? Number.NaN,
  );

  expect(sigmas).toEqual(sigmas.toSorted((a, b) => a - b));
  expect(sigmas[3]).toBeGreaterThan(sigmas[0] ?? 0);
});

test('seconds of a slow drone are turned into reference seconds', () => {
  // 2 cores: 0.2 + 0.8 × 8 / 2 = 3.4 times the reference.
  expect(estimate([build(340, { droneId: 'brick', coresPerBuild: 2 })]).p50S).toBeCloseTo(100);
});

test('between 85 and 95 of a hundred builds end by their P90, whatever the noise is like', () => {
  for (const [seed, half] of [
    [3, 0.5],
    [5, 0.2],
    [9, 0.9],
  ] as const) {
    const next = chance(seed);
    const took = (index: number) => 50 * (1 + (index % 97)) * (1 - half + 2 * half * next());
    const knowledge = emptyKnowledge();
    let below = 0;
    for (let index = 0; index < 4_000; index += 1) {
      const sample = build(took(index), { name: `dev-libs/package${index % 400}`, at: NOW + index });
      const { p90S } = estimateDuration(knowledge, sample, sample.at);
      if (index >= 1_000 && p90S !== null && sample.durationS <= p90S) below += 1;
      learn(knowledge, sample);
    }
    expect(below / 3_000).toBeGreaterThan(0.85);
    expect(below / 3_000).toBeLessThan(0.95);
  }
});

/** A fixed sequence that looks like chance, from 0 to 1. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
