import { expect, test } from 'vitest';
import { droneView, NOW } from '../testing/views.ts';
import { decideGrant, slotsOf } from './grant.ts';
import { DEFAULT_POLICY as POLICY } from './policy.ts';
import type { Candidate, GrantView, RunningAttempt } from './view.ts';

function candidate(queueId: number, over: Partial<Candidate> = {}): Candidate {
  return {
    queueId,
    sessionId: 's-1',
    cpv: `c/p-${queueId}`,
    package: `=c/p-${queueId}`,
    state: 'needed',
    rank: 1,
    notBefore: null,
    failureClass: null,
    failedBy: [],
    ...over,
  };
}

function held(id: number): RunningAttempt {
  return { id, queueId: id, package: `=c/h-${id}`, droneId: 'anvil', grantedAt: NOW, lastHeardAt: NOW };
}

function view(over: Partial<GrantView> = {}): GrantView {
  return {
    isPaused: false,
    drone: droneView('anvil'),
    held: [],
    candidates: [candidate(1), candidate(2)],
    hasMore: false,
    revoked: [],
    portageTimestamp: { expected: null, reported: null },
    others: [],
    ...over,
  };
}

test('the most urgent package is granted, expecting it as it was seen', () => {
  const decision = decideGrant(view(), [], POLICY, NOW);

  expect(decision).toMatchObject({ kind: 'grant', candidate: { queueId: 1 } });
  expect(decision.kind === 'grant' && decision.changes[0]).toMatchObject({
    kind: 'grant',
    expect: { state: 'needed', attempt: null },
    droneId: 'anvil',
  });
});

test('a package whose grant was lost on the way is answered again', () => {
  expect(decideGrant(view({ held: [held(5)] }), [], POLICY, NOW)).toMatchObject({ kind: 'again', attempt: { id: 5 } });
});

test('an agent that does not know attempts gets its package again until it reports it', () => {
  expect(decideGrant(view({ held: [held(5)] }), undefined, POLICY, NOW)).toMatchObject({
    kind: 'again',
    attempt: { id: 5 },
  });
});

test('a drone gets as many builds as it has slots, and not one more', () => {
  const two = droneView('anvil', { slots: 2 });

  expect(decideGrant(view({ drone: two, held: [held(5)] }), [5], POLICY, NOW).kind).toBe('grant');
  expect(decideGrant(view({ drone: two, held: [held(5), held(6)] }), [5, 6], POLICY, NOW).kind).toBe('nothing');
});

test('a paused swarm and a paused drone get nothing new and are told why', () => {
  expect(decideGrant(view({ isPaused: true }), [], POLICY, NOW)).toMatchObject({
    kind: 'nothing',
    reason: expect.stringContaining('paused') as string,
  });
  expect(decideGrant(view({ drone: droneView('anvil', { isPaused: true }) }), [], POLICY, NOW).kind).toBe('nothing');
});

test('a drone that failed a package gets another one while somebody else can try', () => {
  const failed = candidate(1, { failedBy: ['anvil'] });

  expect(
    decideGrant(view({ candidates: [failed, candidate(2)], others: [droneView('bellows')] }), [], POLICY, NOW),
  ).toMatchObject({ candidate: { queueId: 2 } });
  expect(decideGrant(view({ candidates: [failed], others: [droneView('bellows')] }), [], POLICY, NOW).kind).toBe(
    'nothing',
  );
});

test('it gets the package it failed again when nobody else can try', () => {
  const failed = candidate(1, { failedBy: ['anvil', 'bellows'] });

  expect(decideGrant(view({ candidates: [failed], others: [droneView('bellows')] }), [], POLICY, NOW).kind).toBe(
    'grant',
  );
});

test('a package is not handed out before its pause is over', () => {
  const paused = candidate(1, { notBefore: NOW + 1 });

  expect(decideGrant(view({ candidates: [paused] }), [], POLICY, NOW).kind).toBe('nothing');
  expect(decideGrant(view({ candidates: [paused] }), [], POLICY, NOW + 1).kind).toBe('grant');
});

test('a sweeper takes what is blocked, once, and never what Portage refused', () => {
  const sweeper = droneView('sweeper-1', { isSweeper: true });
  const blocked = candidate(1, { state: 'blocked', failureClass: 'compile', failedBy: ['a', 'b'] });
  const take = (each: Candidate) => decideGrant(view({ drone: sweeper, candidates: [each] }), [], POLICY, NOW).kind;

  expect(take(blocked)).toBe('grant');
  expect(take({ ...blocked, failedBy: ['a', 'b', 'sweeper-1'] })).toBe('nothing');
  expect(take({ ...blocked, failureClass: 'masked' })).toBe('nothing');
  expect(take(candidate(1))).toBe('nothing');
});

test('slots come from the drone, else from its cores, and are never none', () => {
  const slots = [
    droneView('a', { slots: 3, cores: 64 }),
    droneView('b', { slots: null, cores: 16 }),
    droneView('c', { slots: null, cores: 2 }),
    droneView('d', { slots: null, cores: null }),
  ];

  expect(slots.map((each) => slotsOf(each, POLICY))).toEqual([3, 4, 1, POLICY.slotsUnknown]);
});

test('a grounded drone gets nothing, and one that is about to be grounded neither', () => {
  const grounded = view({ drone: droneView('anvil', { failures: 8, groundedUntil: NOW + 60_000 }) });
  const due = view({ drone: droneView('anvil', { failures: POLICY.failuresToGround }) });

  expect(decideGrant(grounded, [], POLICY, NOW)).toMatchObject({
    kind: 'nothing',
    reason: 'this drone is grounded for 60 s more, after 8 failures',
  });
  expect(decideGrant(due, [], POLICY, NOW).kind).toBe('nothing');
});

test.each([
  ['2026-02-09T01:00:00Z', '2026-02-10T00:00:00Z', 'sync-portage'],
  ['2026-02-10T00:00:00Z', '2026-02-10T00:00:00Z', 'grant'],
  ['2026-02-11T00:00:00Z', '2026-02-10T00:00:00Z', 'grant'],
  ['1770685200', '1770685200', 'grant'],
  ['1770685201', '1770685200', 'grant'],
  ['1770685199', '1770685200', 'sync-portage'],
  ['main-17', 'main-18', 'sync-portage'],
  [null, '2026-02-10T00:00:00Z', 'grant'],
  ['2026-02-09T01:00:00Z', null, 'grant'],
])('a drone whose tree is %s where %s is expected: %s', (reported, expected, kind) => {
  expect(decideGrant(view({ portageTimestamp: { expected, reported } }), [], POLICY, NOW).kind).toBe(kind);
});
