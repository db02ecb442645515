import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEFAULT_ESCALATION_POLICY, type EscalationPolicy, LADDER_LIMITS } from './escalation-policy.ts';
import { allowedAtOnce, type CareDecision, isInHands, lookAfter } from './look-after.ts';
import type { JudgedProbe, ProbeFacts, ProbeStatus } from './probe-verdict.ts';
import {
  MACHINES,
  type OpenCase,
  REBOOT_RULES,
  type Step,
  type TakenStep,
  type WatchedDrone,
} from './watched-drone.ts';

const T0 = 1_800_000_000_000;
const MINUTE_MS = 60_000;
const POLICY = DEFAULT_ESCALATION_POLICY;

const FACTS: ProbeFacts = {
  ...{ name: 'anvil', service: 'running', agents: 1, load: 1, cores: 8, memoryMb: 16_000, memoryFreeMb: 8_000 },
  ...{ diskPercent: 40, emerges: 0, emergeAgeS: 0, emergeCpuS: 0, uptimeS: 1_000, init: 'openrc', machine: null },
};

function drone(more: Partial<WatchedDrone> = {}): WatchedDrone {
  return {
    ...{ id: 'a', name: 'anvil', isPaused: false, isProtected: false, isHere: false, lastSeenAt: T0 },
    ...{ groundedUntil: null, failures: 0, idleS: 0, cores: 8, machine: null, rebootRule: 'by-machine' },
    ...{
      agentAllowsReboot: true,
      lastRebootAt: null,
      lastSuccessAt: null,
      probe: null,
      openCase: null,
      lastCase: null,
    },
    ...more,
  };
}

function probe(at: number, status: ProbeStatus = 'ok', facts: ProbeFacts | null = FACTS): JudgedProbe {
  return { at, status, says: status, facts };
}

function caseOf(more: Partial<OpenCase> = {}): OpenCase {
  const base = { id: 1, suspicion: 'silent' as const, openedAt: T0 + 4 * MINUTE_MS, quietSince: null, askedAt: null };
  return { ...base, inVain: 0, steps: [], ...more };
}

/** What is due for one drone, in a word. */
function dueFor(one: WatchedDrone, now: number, policy: EscalationPolicy = POLICY): string[] {
  const { decisions } = lookAfter([one], policy, { now, watchedSince: T0 });
  return decisions.map((decision) => (decision.kind === 'step' ? decision.step : decision.kind));
}

test('a drone that is silent for three minutes is looked at, and probed before anything is done to it', () => {
  expect(dueFor(drone(), T0 + 3 * MINUTE_MS)).toEqual([]);
  expect(dueFor(drone(), T0 + 4 * MINUTE_MS)).toEqual(['open']);
  expect(dueFor(drone({ openCase: caseOf() }), T0 + 5 * MINUTE_MS)).toEqual(['probe']);
});

test('nobody was silent while nobody listened, and what was switched off long ago is left alone', () => {
  const long = drone({ lastSeenAt: T0 - 60 * MINUTE_MS });

  expect(dueFor(long, T0 + 2 * MINUTE_MS)).toEqual([]);
  expect(dueFor(long, T0 + 4 * MINUTE_MS)).toEqual(['open']);
  expect(dueFor(drone({ lastSeenAt: T0 - 48 * 60 * MINUTE_MS }), T0 + 60 * MINUTE_MS)).toEqual([]);
});

const NOW = T0 + 10 * MINUTE_MS;

type Seen = { status: ProbeStatus; drone?: Partial<WatchedDrone>; openCase?: Partial<OpenCase>; due: string[] };

const FAILING = { lastSeenAt: NOW, failures: 3 };
const STILL = { lastSeenAt: NOW, idleS: 9_000 };

test.each<[string, Seen]>([
  ['its agent runs and is silent', { status: 'ok', due: ['restart'] }],
  ['its agent does not run', { status: 'service_down', due: ['restart'] }],
  ['it cannot be reached, for the second time', { status: 'unreachable', openCase: { inVain: 2 }, due: [] }],
  ['it cannot be reached, again and again', { status: 'unreachable', openCase: { inVain: 3 }, due: ['ask'] }],
  ['another host answers', { status: 'stranger', due: ['ask'] }],
  ['its disk is full, and a restart makes no room', { status: 'disk_full', due: ['ask'] }],
  ['it is busy, and has been silent for long enough', { status: 'overloaded', due: ['restart'] }],
  ['only our way to it is broken', { status: 'unreachable', drone: grounded(), openCase: { inVain: 9 }, due: [] }],
  ['it failed three times and its agent runs', { status: 'ok', drone: FAILING, due: [] }],
  ['it failed three times without an agent', { status: 'service_down', drone: FAILING, due: ['restart'] }],
  ['a build of it stands still, and emerge works', { status: 'ok', drone: STILL, due: [] }],
  ['a build of it stands still, and emerge does nothing', { status: 'stuck', drone: STILL, due: ['restart'] }],
  ['it is grounded', { status: 'ok', drone: grounded(), due: ['restart'] }],
  ['a person was asked', { status: 'ok', openCase: { askedAt: NOW }, due: [] }],
])('what is done when %s', (_what, { status, drone: more = {}, openCase = {}, due }) => {
  const facts = status === 'unreachable' ? null : FACTS;
  const one = drone({ ...more, probe: probe(NOW - 1_000, status, facts), openCase: caseOf(openCase) });

  expect(dueFor(one, NOW)).toEqual(due);
});

function grounded(): Partial<WatchedDrone> {
  return { lastSeenAt: NOW, failures: 8, groundedUntil: NOW + 4 * MINUTE_MS };
}

function taken(...steps: [Step, number][]): TakenStep[] {
  return steps.map(([step, at]) => ({ step, startedAt: at - 1_000, endedAt: at }));
}

test('each step gets its time to help before the next, and the last one is a person', () => {
  const at = (steps: TakenStep[], now: number, machine: WatchedDrone['machine']) =>
    dueFor(drone({ machine, probe: probe(now - 1_000), openCase: caseOf({ steps }) }), now);
  const first = taken(['restart', NOW]);
  const both = taken(['restart', NOW], ['hard-restart', NOW + 6 * MINUTE_MS]);
  const all = [...both, ...taken(['reboot', NOW + 12 * MINUTE_MS])];

  expect(at(first, NOW + 4 * MINUTE_MS, 'vm')).toEqual([]);
  expect(at(first, NOW + 6 * MINUTE_MS, 'vm')).toEqual(['hard-restart']);
  expect(at(both, NOW + 12 * MINUTE_MS, 'vm')).toEqual(['reboot']);
  expect(at(both, NOW + 12 * MINUTE_MS, null)).toEqual(['ask']);
  expect(at(all, NOW + 18 * MINUTE_MS, 'vm')).toEqual([]);
  expect(at(all, NOW + 23 * MINUTE_MS, 'vm')).toEqual(['ask']);
});

test('the machine that a probe found counts where no operator said one', () => {
  const steps = taken(['restart', NOW - 20 * MINUTE_MS], ['hard-restart', NOW - 10 * MINUTE_MS]);
  const found = probe(NOW - 1_000, 'ok', { ...FACTS, machine: 'container' });
  const one = drone({ probe: found, openCase: caseOf({ openedAt: T0, steps }) });

  expect(dueFor(one, NOW)).toEqual(['reboot']);
  expect(dueFor({ ...one, machine: 'metal' }, NOW)).toEqual(['ask']);
  expect(dueFor({ ...one, machine: 'metal', rebootRule: 'allowed' }, NOW)).toEqual(['reboot']);
  expect(dueFor({ ...one, rebootRule: 'never' }, NOW)).toEqual(['ask']);
  expect(dueFor({ ...one, agentAllowsReboot: false }, NOW)).toEqual(['ask']);
  expect(dueFor({ ...one, isHere: true }, NOW)).toEqual(['ask']);
  expect(dueFor({ ...one, lastRebootAt: NOW - 60 * MINUTE_MS }, NOW)).toEqual(['ask']);
});

test('who is well again for a while is done with; after failures only a build that went well proves it', () => {
  const quiet = caseOf({ quietSince: NOW - 3 * MINUTE_MS, steps: taken(['restart', NOW - 5 * MINUTE_MS]) });
  const failing = { ...quiet, suspicion: 'grounded' as const };

  expect(dueFor(drone({ lastSeenAt: NOW, openCase: { ...quiet, quietSince: null } }), NOW)).toEqual(['quiet']);
  expect(dueFor(drone({ lastSeenAt: NOW, openCase: quiet }), NOW)).toEqual(['close']);
  expect(dueFor(drone({ lastSeenAt: NOW, openCase: failing }), NOW)).toEqual([]);
  const built = { lastSeenAt: NOW, lastSuccessAt: NOW - MINUTE_MS };
  expect(dueFor(drone({ ...built, openCase: failing }), NOW)).toEqual(['close']);
});

test('who falls ill again soon is taken up where the ladder was left', () => {
  const lastCase = { id: 7, closedAt: T0 - 10 * MINUTE_MS, ending: 'well' as const };
  const { decisions } = lookAfter([drone({ lastCase })], POLICY, { now: T0 + 4 * MINUTE_MS, watchedSince: T0 });

  expect(decisions).toMatchObject([{ kind: 'open', reopens: 7 }]);
});

test('what a person sees to is left to him until the drone was well in between', () => {
  const lastCase = { id: 7, closedAt: NOW - MINUTE_MS, ending: 'closed' as const };
  const later = NOW + 10 * MINUTE_MS;

  expect(dueFor(drone({ lastCase }), NOW)).toEqual([]);
  expect(dueFor(drone({ lastCase, lastSeenAt: NOW }), later)).toEqual(['open']);
  expect(dueFor(drone({ ...STILL, lastCase }), NOW)).toEqual([]);
  expect(dueFor(drone({ ...STILL, lastCase, lastSuccessAt: NOW }), NOW)).toEqual(['open']);
  expect(dueFor(drone({ ...STILL, lastCase, lastSeenAt: NOW + POLICY.relapseMs }), NOW + POLICY.relapseMs)).toEqual([
    'open',
  ]);
});

test('when most of the fleet is silent at once, nothing is done to any drone', () => {
  const many = ['a', 'b', 'c'].map((id) => drone({ id, probe: probe(NOW - 1_000), openCase: caseOf() }));
  const { decisions, outage } = lookAfter(many, POLICY, { now: NOW, watchedSince: T0 });

  expect({ decisions, outage }).toEqual({ decisions: [], outage: { silent: 3, fleet: 3 } });
});

// --- properties: fleets that fall ill and get well by chance, with the ladder at work for hours ---

type Live = { -readonly [K in keyof WatchedDrone]: WatchedDrone[K] } & {
  /** The step that helps. */
  readonly comesBackAfter: Step | 'never';
  /** Since which tick nothing is heard of it. */
  illAt: number;
  /** What a probe finds that it runs on, and how it is. */
  readonly found: WatchedDrone['machine'];
  readonly verdict: ProbeStatus;
};

const rarely = fc.integer({ min: 0, max: 9 }).map((n) => n === 0);
const arbitraryDrone = fc.record({
  isProtected: fc.boolean(),
  isPaused: rarely,
  isHere: rarely,
  machine: fc.option(fc.constantFrom(...MACHINES), { nil: null }),
  rebootRule: fc.constantFrom(...REBOOT_RULES),
  agentAllowsReboot: fc.boolean(),
  comesBackAfter: fc.constantFrom<Step | 'never'>('restart', 'hard-restart', 'reboot', 'never'),
  illAt: fc.integer({ min: 0, max: 40 }),
  found: fc.option(fc.constantFrom(...MACHINES), { nil: null }),
  verdict: fc.constantFrom<ProbeStatus>('ok', 'service_down', 'stuck', 'overloaded', 'unreachable', 'disk_full'),
});

test('never a machine of its own, never beyond the share, never a protected one, never before its time', () => {
  const fleets = fc.array(arbitraryDrone, { minLength: 1, maxLength: 9 });
  const policies = fc.record({
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    limit: fc.constantFrom(...LADDER_LIMITS),
  });
  const property = fc.property(fleets, policies, (kinds, wishes) => {
    const policy = { ...POLICY, outageShare: 1, ...wishes };
    const swarm = kinds.map((kind, index): Live => ({ ...drone({ id: `d${index}`, name: `d${index}` }), ...kind }));
    for (let tick = 0; tick < 400; tick += 1) oneTick(swarm, policy, tick);
  });
  fc.assert(property, { numRuns: 150 });
});

function oneTick(swarm: readonly Live[], policy: EscalationPolicy, tick: number): void {
  const now = T0 + tick * 15_000;
  for (const one of swarm) if (tick < one.illAt) one.lastSeenAt = now;
  const before = swarm.filter((one) => isInHands(one, policy, now)).length;
  const { decisions } = lookAfter(swarm, policy, { now, watchedSince: T0 });
  expect(lookAfter(swarm, policy, { now, watchedSince: T0 }).decisions).toEqual(decisions);
  const steps = decisions.filter(({ kind }) => kind === 'step').length;
  if (steps > 0) expect(before + steps).toBeLessThanOrEqual(allowedAtOnce(swarm.length, policy.share));
  for (const decision of decisions) {
    const one = swarm.find(({ id }) => id === decision.drone.id);
    if (one === undefined) throw new Error('a drone of nobody');
    if (one.isProtected || one.isPaused) expect(decision.kind).toBe('close');
    carryOut(one, decision, { policy, now });
  }
}

type Moment = { readonly policy: EscalationPolicy; readonly now: number };

function carryOut(one: Live, decision: CareDecision, { policy, now }: Moment): void {
  const { openCase } = one;
  if (decision.kind === 'open') one.openCase = caseOf({ openedAt: now, suspicion: decision.suspected.kind });
  if (openCase === null) return;
  if (decision.kind === 'probe') {
    const facts = one.verdict === 'unreachable' ? null : { ...FACTS, machine: one.found };
    one.probe = probe(now, one.verdict, facts);
    one.openCase = { ...openCase, inVain: facts === null ? openCase.inVain + 1 : 0 };
  }
  if (decision.kind === 'ask') one.openCase = { ...openCase, askedAt: now };
  if (decision.kind === 'quiet') one.openCase = { ...openCase, quietSince: decision.since };
  if (decision.kind === 'close') one.openCase = null;
  if (decision.kind === 'step') takeStep(one, openCase, decision.step, { policy, now });
}

function takeStep(one: Live, openCase: OpenCase, step: Step, { policy, now }: Moment): void {
  const last = openCase.steps.at(-1);
  const waitMs = last?.step === 'reboot' ? policy.rebootWaitMs : policy.cooldownMs;
  expect(now - (last?.endedAt ?? 0)).toBeGreaterThanOrEqual(waitMs);
  expect(openCase.steps.map((each) => each.step)).not.toContain(step);
  expect(['restart', 'reboot']).toContain(policy.limit);
  if (step === 'reboot') {
    expect(policy.limit).toBe('reboot');
    expect([one.isHere, one.agentAllowsReboot, one.rebootRule === 'never']).toEqual([false, true, false]);
    expect((one.machine ?? one.found ?? 'metal') !== 'metal' || one.rebootRule === 'allowed').toBe(true);
    expect(one.lastRebootAt === null || now - one.lastRebootAt >= policy.rebootCooldownMs).toBe(true);
    one.lastRebootAt = now;
  }
  one.openCase = { ...openCase, steps: [...openCase.steps, { step, startedAt: now, endedAt: now + 5_000 }] };
  if (one.comesBackAfter === step) one.illAt = 1_000;
}
