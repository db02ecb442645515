import { expect, test } from 'vitest';
import { readyPackage } from '../testing/scheduling.ts';
import { droneView, NOW } from '../testing/views.ts';
import { decideGrant, slotsOf } from './grant.ts';
import { DEFAULT_POLICY as POLICY } from './policy.ts';
import type { Choice } from './schedule/choose.ts';
import type { GrantView, RunningAttempt } from './view.ts';

const TAKEN: Choice = {
  kind: 'take',
  ready: readyPackage(1),
  score: { because: 'earliest', rankS: 60, dependents: 0, finishAt: NOW + 60_000, latestFinishAt: NOW + 60_000 },
  passedOver: [],
};

/** As it is decided when the scheduler would give it this. */
function decide(seen: GrantView, holding: readonly number[] | undefined, choice: Choice = TAKEN) {
  return decideGrant(seen, holding, { policy: POLICY, now: NOW, choose: () => choice });
}

function held(id: number): RunningAttempt {
  return { id, queueId: id, package: `=c/h-${id}`, droneId: 'anvil', grantedAt: NOW, lastHeardAt: NOW };
}

function view(over: Partial<GrantView> = {}): GrantView {
  return {
    isPaused: false,
    drone: droneView('anvil'),
    held: [],
    revoked: [],
    portageTimestamp: { expected: null, reported: null },
    ...over,
  };
}

test('what the scheduler chose is granted, expecting it as it was seen', () => {
  const decision = decide(view(), []);

  expect(decision).toMatchObject({ kind: 'grant', ready: { queueId: 1 } });
  expect(decision.kind === 'grant' && decision.changes[0]).toMatchObject({
    kind: 'grant',
    expect: { state: 'needed', attempt: null },
    droneId: 'anvil',
  });
});

test('a package whose grant was lost on the way is answered again', () => {
  expect(decide(view({ held: [held(5)] }), [])).toMatchObject({ kind: 'again', attempt: { id: 5 } });
});

test('an agent that does not know attempts gets its package again until it reports it', () => {
  expect(decide(view({ held: [held(5)] }), undefined)).toMatchObject({
    kind: 'again',
    attempt: { id: 5 },
  });
});

test('a paused swarm and a paused drone get nothing new and are told why', () => {
  expect(decide(view({ isPaused: true }), [])).toMatchObject({
    kind: 'nothing',
    reason: expect.stringContaining('paused') as string,
  });
  expect(decide(view({ drone: droneView('anvil', { isPaused: true }) }), []).kind).toBe('nothing');
});

test('who is given nothing is told the rule that passed over most', () => {
  const passedOver = [
    { ready: readyPackage(1), rejection: { rule: 'failed-here' }, count: 1 },
    { ready: readyPackage(2), rejection: { rule: 'memory', needsMb: 4000, freeMb: 1000 }, count: 7 },
  ] as const;

  expect(decide(view(), [], { kind: 'nothing', closed: null, passedOver })).toMatchObject({
    reason: expect.stringMatching(/=c\/p-2.*4000 MB of memory/) as string,
  });
  expect(decide(view(), [], { kind: 'nothing', closed: { rule: 'slots', slots: 2 }, passedOver: [] })).toMatchObject({
    reason: 'all 2 slots are busy',
  });
  expect(decide(view(), [], { kind: 'nothing', closed: null, passedOver: [] })).toMatchObject({
    reason: 'no package is ready for this drone',
  });
});

test('what a sweeper takes is expected to be blocked, and takes its session up again', () => {
  const choice = { ...TAKEN, ready: { ...readyPackage(1), isBlocked: true, sessionId: 's-1' } };

  const decision = decide(view({ drone: droneView('sweeper-1', { isSweeper: true }) }), [], choice);

  expect(decision.kind === 'grant' && decision.changes).toMatchObject([
    { kind: 'grant', expect: { state: 'blocked' } },
    { kind: 'reopen-session', sessionId: 's-1' },
    { kind: 'event' },
  ]);
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

  expect(decide(grounded, [])).toMatchObject({
    kind: 'nothing',
    reason: 'this drone is grounded for 60 s more, after 8 failures',
  });
  expect(decide(due, []).kind).toBe('nothing');
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
  expect(decide(view({ portageTimestamp: { expected, reported } }), []).kind).toBe(kind);
});
