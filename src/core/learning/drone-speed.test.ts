import { expect, test } from 'vitest';
import { speedOf } from './drone-speed.ts';
import { emptyKnowledge } from './knowledge.ts';
import { knowledgeFrom } from './learn.ts';
import type { BuildSample } from './sample.ts';

/** A fixed sequence that looks like chance, from 0 to 1. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

type Machine = { readonly droneId: string; readonly coresPerBuild: number | null; readonly slowness: number };

const FLEET: readonly Machine[] = [
  { droneId: 'anvil', coresPerBuild: 16, slowness: 0.9 },
  { droneId: 'bellows', coresPerBuild: 8, slowness: 1 },
  { droneId: 'crucible', coresPerBuild: 8, slowness: 1.6 },
  { droneId: 'drill', coresPerBuild: 14, slowness: 0.5 },
  { droneId: 'emery', coresPerBuild: 24, slowness: 0.6 },
];

/** Packages built several times in turn, each time by some drone, ±50 %. */
function history(fleet: readonly Machine[], { builds = 1_500, packages = 150, seed = 7, outliers = 0 }): BuildSample[] {
  const next = chance(seed);
  return Array.from({ length: builds }, (_, index) => {
    const machine = fleet[Math.floor(next() * fleet.length)];
    const wild = next() < outliers ? 20 : 1;
    const durationS = 20 * (1 + (index % packages)) * (machine?.slowness ?? 1) * (0.5 + next()) * wild;
    const name = `dev-libs/package${index % packages}`;
    const { droneId, coresPerBuild } = machine ?? { droneId: '', coresPerBuild: null };
    const nothing = { peakMemoryMb: null, diskMb: null, sourceBytes: null };
    return { kind: 'built', name, version: '1', use: 'ssl', droneId, coresPerBuild, durationS, ...nothing, at: index };
  });
}

/** Learned slowness over true slowness; a common factor means nothing. */
function factorErrors(fleet: readonly Machine[], samples: readonly BuildSample[]): number[] {
  const knowledge = knowledgeFrom(samples);
  const ratios = fleet.map((drone) => speedOf(knowledge, drone).slowness / drone.slowness);
  const middle = ratios.toSorted((a, b) => a - b)[Math.floor(ratios.length / 2)] ?? 1;
  return ratios.map((ratio) => Math.abs(ratio / middle - 1));
}

test('a drone that shares no package with others is as fast as its cores let expect', () => {
  const alone = FLEET.slice(0, 1);
  const knowledge = knowledgeFrom(history(alone, {}));
  const slowness = (coresPerBuild: number | null) => speedOf(knowledge, { droneId: 'anvil', coresPerBuild }).slowness;

  expect(speedOf(knowledge, { droneId: 'anvil', coresPerBuild: 16 })).toMatchObject({ source: 'prior', samples: 0 });
  expect(slowness(8)).toBeCloseTo(1, 9);
  expect(slowness(16)).toBeCloseTo(0.2 + 0.8 / 2, 9);
  expect(slowness(4)).toBeCloseTo(0.2 + 0.8 * 2, 9);
  expect(slowness(null)).toBe(1);
});

test('the factors of a mixed fleet are found within a tenth from builds that differ by half', () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const errors = factorErrors(FLEET, history(FLEET, { seed }));
    expect(Math.max(...errors)).toBeLessThan(0.15);
    expect(errors.toSorted((a, b) => a - b)[3]).toBeLessThan(0.1);
  }
});

test('they are still found if no drone says its cores, or one build of twenty takes twenty times as long', () => {
  const silent = FLEET.map((machine) => ({ ...machine, coresPerBuild: null }));

  expect(Math.max(...factorErrors(silent, history(silent, {})))).toBeLessThan(0.2);
  expect(Math.max(...factorErrors(FLEET, history(FLEET, { outliers: 0.05 })))).toBeLessThan(0.2);
});

test('a reference second stays one, however long the history', () => {
  const equal = FLEET.map((machine) => ({ ...machine, coresPerBuild: 8, slowness: 1 }));
  const knowledge = knowledgeFrom(history(equal, { builds: 20_000 }));

  const logs = equal.map((drone) => Math.log(speedOf(knowledge, drone).slowness));

  expect(Math.abs(logs.reduce((sum, log) => sum + log, 0) / logs.length)).toBeLessThan(0.05);
});

test('one shared package moves a drone only part of the way from what its cores let expect', () => {
  const [fast, slow] = [
    { droneId: 'anvil', coresPerBuild: 8 },
    { droneId: 'bellows', coresPerBuild: 8 },
  ];
  const [first] = history(FLEET, {});
  const both = [
    { ...(first as BuildSample), ...fast, durationS: 100, at: 1 },
    { ...(first as BuildSample), ...slow, durationS: 400, at: 2 },
  ];

  const speed = speedOf(knowledgeFrom(both), slow);

  expect(speed).toMatchObject({ source: 'learned', samples: 1 });
  expect(speed.slowness).toBeGreaterThan(1.1);
  expect(speed.slowness).toBeLessThan(2);
});

test('a drone with other cores is another machine, of which nothing is learned yet', () => {
  const knowledge = knowledgeFrom(history(FLEET, {}));

  expect(speedOf(knowledge, { droneId: 'anvil', coresPerBuild: 16 }).source).toBe('learned');
  expect(speedOf(knowledge, { droneId: 'anvil', coresPerBuild: 32 }).source).toBe('prior');
  expect(speedOf(emptyKnowledge(), { droneId: 'anvil', coresPerBuild: 16 }).source).toBe('prior');
});
