import { expect, test } from 'vitest';
import { NOW } from '../testing/views.ts';
import { DEFAULT_POLICY as POLICY } from './policy.ts';
import { reconcile } from './reconcile.ts';
import type { ReconcileView } from './view.ts';

function view(
  over: { heardAgoMs?: number; seenAgoMs?: number; losses?: number; movable?: number } = {},
): ReconcileView {
  const { heardAgoMs = 0, seenAgoMs = 0, losses = 0, movable = 1 } = over;
  return {
    drones: [
      {
        id: 'anvil',
        name: 'anvil',
        isSweeper: false,
        isPaused: false,
        isOnline: true,
        lastSeenAt: NOW - seenAgoMs,
        cores: 4,
        slots: 1,
      },
    ],
    running: [
      {
        id: 7,
        queueId: 1,
        package: '=c/p-1',
        droneId: 'anvil',
        grantedAt: NOW - 7_200_000,
        lastHeardAt: NOW - heardAgoMs,
        queued: {
          id: 1,
          package: '=c/p-1',
          state: 'delegated',
          attempt: 7,
          sessionId: 's',
          isPlanned: true,
          failures: 0,
          infrastructureFailures: losses,
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
