import fc from 'fast-check';
import { expect, test } from 'vitest';
import { droneView, NOW, QUEUED } from '../testing/views.ts';
import { decideCompletion } from './completion.ts';
import { FAILURE_CLASS_NAMES, type FailureClass } from './failure-class.ts';
import { isLegalMove } from './package-state.ts';
import { DEFAULT_POLICY as POLICY } from './policy.ts';
import type { CompletionView, DroneView, QueuedPackage } from './view.ts';

type Setup = {
  drone?: Partial<DroneView>;
  queued?: Partial<QueuedPackage>;
  view?: Partial<CompletionView>;
  failureClass?: FailureClass;
  peakMb?: number | null;
};

function move({ drone = {}, queued = {}, view = {}, failureClass = 'oom', peakMb = null }: Setup) {
  const anvil = droneView('anvil', { cores: 16, memoryMb: 16_000, ...drone });
  const facts = { firstError: null, firstErrorLine: null, excerpt: null, confidence: null, conclusion: null };
  const decision = decideCompletion(
    {
      drone: anvil,
      attempt: { id: 7, state: 'running', droneId: 'anvil', hasVerifiedPackage: false },
      queued: { ...QUEUED, ...queued },
      failedBy: [],
      returns: 0,
      others: [],
      twins: [],
      neighbours: 0,
      fleetMemoryMb: [16_000],
      ...view,
    },
    {
      package: QUEUED.package,
      status: 'failed',
      durationS: 3,
      error: '',
      failureClass,
      phase: 'compile',
      facts: { ...facts, peakMemoryMb: peakMb, diskMb: null, cpuS: null },
    },
    POLICY,
    NOW,
  );
  const found = decision.changes.find((change) => change.kind === 'move');
  if (found === undefined) throw new Error('the package does not move');
  return found;
}

test('what ran out of memory is tried at once with half the jobs, and that counts for nothing', () => {
  expect(move({ peakMb: 15_000 })).toMatchObject({
    to: 'needed',
    update: { maxJobs: 8, infrastructureFailures: 0, notBefore: null, failureClass: 'oom' },
  });
});

test('jobs are halved from what it had, not from what the drone has', () => {
  expect(move({ queued: { maxJobs: 4 }, peakMb: 15_000 }).update.maxJobs).toBe(2);
});

test('it goes to a drone with enough more memory where there is one', () => {
  const { to, update } = move({ peakMb: 15_000, view: { fleetMemoryMb: [16_000, 64_000] } });

  expect(to).toBe('needed');
  expect(update.maxJobs).toBe(16);
  expect(update.needsMemoryMb).toBeGreaterThan(16_000);
});

test('a small build among many is tried beside fewer', () => {
  expect(move({ peakMb: 2_000, view: { neighbours: 3 } }).update).toMatchObject({ maxJobs: 16, needsMemoryMb: 3_000 });
});

test('a package that no drone has the memory for is blocked, and the reason says how much it needs', () => {
  const { to, update } = move({ queued: { maxJobs: 1 }, peakMb: 15_000 });

  expect(to).toBe('blocked');
  expect(update.error).toContain('16000 MB');
});

test('with drones that do not say what they have it ends all the same', () => {
  const unknown = { drone: { memoryMb: null, cores: null }, view: { fleetMemoryMb: [null] } };
  let queued: Partial<QueuedPackage> = {};
  let tries = 0;

  for (let to = 'needed'; to === 'needed'; tries += 1) {
    const next = move({ ...unknown, queued });
    to = next.to;
    queued = { ...queued, ...(next.update as Partial<QueuedPackage>) };
  }

  expect(tries).toBeLessThanOrEqual(2 + POLICY.infrastructureFailuresToBlock);
});

test('whatever is reported, in whatever order, each move is legal, and sooner or later none is back to needed', () => {
  const failure = fc.record({
    failureClass: fc.constantFrom(...FAILURE_CLASS_NAMES),
    peakMb: fc.option(fc.integer({ min: 0, max: 200_000 })),
    neighbours: fc.nat(8),
    memoryMb: fc.option(fc.integer({ min: 1_000, max: 256_000 })),
    cores: fc.option(fc.integer({ min: 1, max: 64 })),
  });
  fc.assert(
    fc.property(fc.array(failure, { minLength: 40, maxLength: 40 }), (failures) => {
      let queued: Partial<QueuedPackage> = {};
      for (const { failureClass, peakMb, neighbours, memoryMb, cores } of failures) {
        const view = { neighbours, fleetMemoryMb: [memoryMb, 32_000] };
        const next = move({ failureClass, peakMb, queued, drone: { memoryMb, cores }, view });
        expect(isLegalMove('delegated', next.to)).toBe(true);
        expect(next.update.maxJobs ?? 1).toBeGreaterThan(0);
        expect(next.update.notBefore ?? NOW).toBeGreaterThanOrEqual(NOW);
        if (next.to !== 'needed') return;
        queued = { ...queued, ...(next.update as Partial<QueuedPackage>) };
      }
      expect.unreachable('forty failures, and it is still tried');
    }),
  );
});
