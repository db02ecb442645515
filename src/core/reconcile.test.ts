import { expect, test } from 'vitest';
import { droneView, NOW } from '../testing/views.ts';
import { DEFAULT_POLICY as POLICY } from './policy.ts';
import { reconcile } from './reconcile.ts';
import type { BlockedPackage, DroneView, ReconcileView } from './view.ts';

function view(
  over: {
    heardAgoMs?: number;
    seenAgoMs?: number;
    losses?: number;
    movable?: number;
    drone?: Partial<DroneView>;
    blocked?: Partial<BlockedPackage>;
  } = {},
): ReconcileView {
  const { heardAgoMs = 0, seenAgoMs = 0, losses = 0, movable = 1 } = over;
  const drone = droneView('anvil', { lastSeenAt: NOW - seenAgoMs, ...over.drone });
  const blocked = {
    id: 9,
    package: '=c/b-1',
    cpv: 'c/b-1',
    sessionId: 's',
    blockedAt: NOW,
    failureClass: 'compile' as const,
    ageings: 0,
  };
  return {
    drones: [drone],
    blocked: over.blocked ? [{ ...blocked, ...over.blocked }] : [],
    running: [
      {
        id: 7,
        queueId: 1,
        package: '=c/p-1',
        droneId: 'anvil',
        grantedAt: NOW - 7_200_000,
        lastHeardAt: NOW - heardAgoMs,
        drone,
        queued: {
          id: 1,
          package: '=c/p-1',
          state: 'delegated',
          attempt: 7,
          sessionId: 's',
          isPlanned: true,
          failures: 0,
          infrastructureFailures: losses,
          maxJobs: null,
          needsMemoryMb: null,
        },
      },
    ],
    sessions: [{ id: 's', name: 'world', movable, total: 3, received: 1, failed: 1, waiting: 1 }],
  };
}

test('a drone that is heard of never loses its build, however long it takes', () => {
  expect(reconcile(view({ heardAgoMs: POLICY.leaseMs }), POLICY, NOW)).toEqual([]);
});

test('a silent drone goes offline first and loses its build when the lease is over', () => {
  const offline = reconcile(
    view({ seenAgoMs: POLICY.offlineAfterMs + 1, heardAgoMs: POLICY.offlineAfterMs + 1 }),
    POLICY,
    NOW,
  );
  const lost = reconcile(view({ heardAgoMs: POLICY.leaseMs + 1 }), POLICY, NOW);

  expect(offline.map((changes) => changes[0]?.kind)).toEqual(['drone-offline']);
  expect(lost).toMatchObject([
    [
      { kind: 'end-attempt', attempt: 7, to: 'reclaimed', failureClass: 'lost' },
      { kind: 'move', expect: { state: 'delegated', attempt: 7 }, to: 'needed', update: { notBefore: null } },
      { kind: 'event' },
    ],
  ]);
});

test('a package that loses its drones again and again is blocked', () => {
  const losses = POLICY.infrastructureFailuresToBlock - 1;

  expect(reconcile(view({ heardAgoMs: POLICY.leaseMs + 1, losses }), POLICY, NOW)[0]?.[1]).toMatchObject({
    to: 'blocked',
  });
});

test('a session ends when nothing in it can move any more', () => {
  expect(reconcile(view({ movable: 1 }), POLICY, NOW)).toEqual([]);
  expect(reconcile(view({ movable: 0 }), POLICY, NOW)[0]?.[0]).toMatchObject({ kind: 'end-session', sessionId: 's' });
});

const FAILURES = POLICY.failuresToGround;

test('so many failures of the infrastructure in a row ground a drone for a while', () => {
  const [changes] = reconcile(view({ drone: { failures: FAILURES } }), POLICY, NOW);

  expect(changes).toMatchObject([
    { kind: 'ground-drone', droneId: 'anvil', until: NOW + POLICY.groundedForMs },
    { kind: 'event', event: { type: 'grounded', message: 'anvil grounded (8 failures, 5m cooldown)' } },
  ]);
  expect(reconcile(view({ drone: { failures: FAILURES - 1 } }), POLICY, NOW)).toEqual([]);
});

test('a grounded drone stays so until its cool-off is over, and then starts anew', () => {
  const until = NOW + 1;
  const grounded = view({ drone: { failures: FAILURES, groundedUntil: until } });

  expect(reconcile(grounded, POLICY, NOW)).toEqual([]);
  expect(reconcile(grounded, POLICY, until)[0]?.[0]).toEqual({
    kind: 'unground-drone',
    droneId: 'anvil',
    groundedUntil: until,
  });
});

const AGED = NOW - POLICY.ageBlockedAfterMs - 1;

test('a blocked package that was left alone gets another chance, with its failures forgotten', () => {
  const [changes] = reconcile(view({ blocked: { blockedAt: AGED } }), POLICY, NOW);

  expect(changes?.[0]).toMatchObject({ kind: 'move', to: 'needed', update: { failures: 0, forgetsFailures: true } });
  expect(changes?.map((change) => change.kind)).toContain('reopen-session');
});

test('chances by themselves are counted, and what Portage refuses gets none', () => {
  const spent = view({ blocked: { blockedAt: AGED, ageings: POLICY.ageingsAllowed } });
  const refused = view({ blocked: { blockedAt: AGED, failureClass: 'masked' } });

  expect(reconcile(spent, POLICY, NOW)).toEqual([]);
  expect(reconcile(refused, POLICY, NOW)).toEqual([]);
});
