import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyKnowledge } from './knowledge.ts';
import { knowledgeFrom, learn } from './learn.ts';
import { estimateDisk, estimatePeakMemory } from './peaks.ts';
import type { BuildSample, LearningSample } from './sample.ts';

const TASK = { name: 'dev-lang/rust', version: '1.82.0', use: 'clippy', sourceBytes: null };

function build(at: number, peakMemoryMb: number | null, change: Partial<BuildSample> = {}): BuildSample {
  const machine = { droneId: 'anvil', coresPerBuild: 8 };
  return { kind: 'built', ...TASK, ...machine, durationS: 60, peakMemoryMb, diskMb: null, at, ...change };
}

function oom(at: number, killedAtMb: number): LearningSample {
  return { kind: 'oom', ...TASK, killedAtMb, at };
}

test('memory and disk that were never measured are unknown', () => {
  const knowledge = knowledgeFrom([build(1, null), build(2, 0), build(3, Number.NaN)]);

  expect(estimatePeakMemory(knowledge, TASK)).toBeNull();
  expect(estimateDisk(knowledge, TASK)).toBeNull();
  expect(estimatePeakMemory(knowledge, { ...TASK, name: 'dev-lang/go' })).toBeNull();
});

test('one build is given a margin, and many like it make the margin small', () => {
  const one = knowledgeFrom([build(1, 1_000)]);
  const many = knowledgeFrom(Array.from({ length: 12 }, (_, index) => build(index, 1_000 - index)));

  expect(estimatePeakMemory(one, TASK)).toEqual({ mb: 1_250, source: 'same', samples: 1 });
  expect(estimatePeakMemory(many, TASK)?.mb).toBeLessThan(1_030);
});

test('the builds most like it decide: same flags before same version before other versions', () => {
  const other = build(1, 3_000, { version: '1.81.0', diskMb: 9_000 });
  const flags = build(2, 2_000, { use: '' });

  expect(estimatePeakMemory(knowledgeFrom([other]), TASK)?.source).toBe('name');
  expect(estimatePeakMemory(knowledgeFrom([other, flags]), TASK)).toMatchObject({ mb: 2_500, source: 'version' });
  expect(estimatePeakMemory(knowledgeFrom([other, flags, build(3, 1_000)]), TASK)?.source).toBe('same');
  expect(estimateDisk(knowledgeFrom([other, flags]), TASK)).toMatchObject({ source: 'name', samples: 1 });
});

test('one monstrous build among twelve does not set the estimate', () => {
  const history = Array.from({ length: 12 }, (_, index) => build(index, index === 3 ? 90_000 : 1_000));

  expect(estimatePeakMemory(knowledgeFrom(history), TASK)?.mb).toBeLessThan(1_100);
});

test('after a kill at x, whatever was measured before, at least one and a half x is asked for', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 50_000 }), { maxLength: 15 }),
      fc.array(fc.integer({ min: 1, max: 50_000 }), { minLength: 1, maxLength: 3 }),
      (peaks, kills) => {
        const knowledge = knowledgeFrom(peaks.map((peak, index) => build(index, peak)));
        for (const [index, kill] of kills.entries()) learn(knowledge, oom(100 + index, kill));

        expect(estimatePeakMemory(knowledge, TASK)?.mb).toBeGreaterThanOrEqual(1.5 * Math.max(...kills));
      },
    ),
  );
});

test('a kill is forgotten once five later builds got by with less, and not before', () => {
  const knowledge = emptyKnowledge();
  learn(knowledge, oom(10, 8_000));
  const asked = Array.from({ length: 5 }, (_, index) => {
    learn(knowledge, build(11 + index, 1_000));
    return estimatePeakMemory(knowledge, TASK)?.mb ?? 0;
  });
  learn(knowledge, oom(20, 2_000));

  expect(asked.slice(0, 4)).toEqual(Array(4).fill(12_000));
  expect(asked[4]).toBeLessThan(1_100);
  expect(estimatePeakMemory(knowledge, TASK)?.mb).toBe(3_000);
});
