import fc from 'fast-check';
import { expect, test } from 'vitest';
import { droneView, NOW } from '../testing/views.ts';
import { DEFAULT_POLICY as POLICY } from './policy.ts';
import { type StillBuild, takeBackStill } from './still-builds.ts';
import { timeLimits } from './timeouts.ts';

const still = (over: Partial<StillBuild> = {}): StillBuild => ({
  ...{ id: 7, queueId: 1, package: '=c/p-1', droneId: 'anvil', grantedAt: NOW - 90_000_000, lastHeardAt: NOW },
  queued: {
    ...{ id: 1, package: '=c/p-1', state: 'delegated', attempt: 7, sessionId: 's', isPlanned: true },
    ...{ failures: 0, infrastructureFailures: 0, maxJobs: null, needsMemoryMb: null },
  },
  drone: droneView('anvil'),
  idleS: 0,
  timeouts: 0,
  ...over,
});

const GRACE_S = POLICY.silentGraceMs / 1000;
const taken = (build: StillBuild, p90S: number | null = null) => takeBackStill([build], () => p90S, POLICY, NOW);

test('a build that its drone calls idle for longer than limit and grace, and does not end, is taken from it', () => {
  const idleS = POLICY.timeLimits.silentCapS + GRACE_S + 1;

  expect(taken(still({ idleS }))).toMatchObject([
    [
      { kind: 'end-attempt', attempt: 7, to: 'reclaimed', failureClass: 'silent' },
      { kind: 'move', to: 'needed', update: { infrastructureFailures: 1, failureClass: 'silent' } },
      { kind: 'drone-health', droneId: 'anvil', failed: true },
      { kind: 'event', event: { type: 'reclaim' } },
    ],
  ]);
  expect(taken(still({ idleS: idleS - 1 }))).toEqual([]);
});

test('a build that makes progress is never taken, however long it takes', () => {
  fc.assert(
    fc.property(
      fc.nat(),
      fc.option(fc.double({ min: 0, max: 1e6, noNaN: true })),
      fc.nat(9),
      (agoS, p90S, timeouts) => {
        const { silentS } = timeLimits(p90S, POLICY.timeLimits, timeouts);
        const build = still({ grantedAt: NOW - agoS * 1000, idleS: silentS + GRACE_S, timeouts });

        expect(taken(build, p90S)).toEqual([]);
      },
    ),
  );
});

test('what is expected to take long, or was ended too early before, may be idle for longer', () => {
  const idleS = POLICY.timeLimits.silentFloorS + GRACE_S + 1;

  expect(taken(still({ idleS }), 60)).toHaveLength(1);
  expect(taken(still({ idleS }), 10_000)).toEqual([]);
  expect(taken(still({ idleS, timeouts: 7 }), 60)).toEqual([]);
});

test('a package that stands still wherever it is tried is blocked', () => {
  const idleS = POLICY.timeLimits.silentCapS + GRACE_S + 1;
  const infrastructureFailures = POLICY.infrastructureFailuresToBlock - 1;
  const { queued } = still();

  expect(taken(still({ idleS, queued: { ...queued, infrastructureFailures } }))[0]?.[1]).toMatchObject({
    to: 'blocked',
  });
});
