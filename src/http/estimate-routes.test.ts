import { fastify } from 'fastify';
import { afterEach, expect, test } from 'vitest';
import { createHub } from '../adapters/events/hub.ts';
import { openForecaster } from '../adapters/forecast/forecaster.ts';
import { createForecasts } from '../app/forecasts.ts';
import type { HistoryRow } from '../app/report-ports.ts';
import { simulateSwarm } from '../app/simulate-swarm.ts';
import { createManualClock } from '../testing/manual-clock.ts';
import { type Pictured, pictureSource } from '../testing/pictures.ts';
import { takeJsonBodies } from './body.ts';
import { registerEstimateRoutes } from './estimate-routes.ts';
import { answerProblems } from './problems.ts';
import { checkRequest, writeCheckedReply } from './validation.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

const RUN: Record<string, Pictured> = {
  'c/a-1': {},
  'c/b-1': { needs: ['c/a-1'] },
  'c/new-1': { sessionId: 's-2', isKnown: false },
};

type Called = { readonly id: string; readonly name: string; readonly status: 'active' | 'completed' };

function setup(packages = RUN, history: readonly HistoryRow[] = [], sessions: readonly Called[] = []) {
  const [clock, source] = [createManualClock(Date.UTC(2026, 10, 23, 8)), pictureSource(packages)];
  const forecaster = openForecaster({ timeLimitMs: 30_000 });
  const forecasts = createForecasts({
    ...{ source, clock, hub: createHub(), forecaster, everyMs: 10_000, isFollowed: () => false },
    ...{ onMade: () => {}, onError: () => {} },
  });
  const reports = {
    history: async () => ({ rows: history, stats: NO_TIMING }),
    sessionsCalled: async (text: string) => sessions.filter(({ id, name }) => id === text || name === text),
  };
  const plans = { get: async () => undefined };
  const needs = { source, clock, forecaster, reports, plans, groupOf: () => null };
  const app = fastify();
  app.setValidatorCompiler(checkRequest);
  app.setSerializerCompiler(writeCheckedReply);
  answerProblems(app, { tellsCause: true });
  takeJsonBodies(app);
  registerEstimateRoutes(app, { forecasts, simulateSwarm: simulateSwarm(needs) }, () => clock.now());
  closing.push(async () => {
    await app.close();
    await forecaster.close();
  });
  return {
    clock,
    get: async (url: string) => (await app.inject({ method: 'GET', url })).json<Record<string, unknown>>(),
    simulate: async (body: object) => {
      const { statusCode, body: text } = await app.inject({
        method: 'POST',
        url: '/api/v1/simulate',
        payload: JSON.stringify(body),
      });
      return { status: statusCode, body: JSON.parse(text) as Record<string, unknown> };
    },
  };
}

const NO_TIMING = { total: 0, successful: 0, failed: 0, avgDurationS: 0, totalDurationS: 0, perDrone: [] };
const NOW_S = Date.UTC(2026, 10, 23, 8) / 1000;

test('an estimate says when a session ends, from now on and as a time, and what that rests on', async () => {
  const { get } = setup({ 'c/a-1': {}, 'c/b-1': { needs: ['c/a-1'] } });

  const { sessions, packages, total, at, age_s: age } = await get('/api/v1/estimates?session=s-1&package=c/b-1');

  expect({ at, age, total }).toEqual({ at: NOW_S, age: 0, total: 1 });
  expect(sessions).toEqual([
    {
      ...{ session_id: 's-1', eta_p50_s: 200, eta_p90_s: 200, known_share: 1, packages: 2, unbuildable: 0, blocked: 0 },
      ...{ end_p50: NOW_S + 200, end_p90: NOW_S + 200, reason: null },
    },
  ]);
  expect(packages).toEqual([
    {
      ...{ id: 2, package: '=c/b-1', session_id: 's-1', source: 'same', samples: 3, p50_s: 100, p90_s: 100 },
      ...{ expected_start: NOW_S + 100, end_p50: NOW_S + 200, end_p90: NOW_S + 200 },
      ...{ planned_drone: 'anvil', planned_start: NOW_S + 100, planned_end: NOW_S + 200, planned_after: '=c/a-1' },
    },
  ]);
});

test('what drones will probably build is told by when they begin with it', async () => {
  const { get } = setup({ 'c/b-1': { needs: ['c/a-1'] }, 'c/a-1': {}, 'c/held-1': { isHeld: true } });

  const { packages, total } = await get('/api/v1/estimates?planned=true');

  expect(total).toBe(2);
  expect(packages).toMatchObject([
    { package: '=c/a-1', planned_drone: 'anvil', planned_start: NOW_S, planned_end: NOW_S + 100, planned_after: null },
    { package: '=c/b-1', planned_start: NOW_S + 100, planned_after: '=c/a-1' },
  ]);
});

test('what is unknown is null, with a reason', async () => {
  const { get } = setup();

  const { sessions, packages } = await get('/api/v1/estimates?session=s-2');

  expect(sessions).toMatchObject([{ eta_p50_s: null, end_p90: null, reason: expect.stringContaining('too little') }]);
  expect(packages).toMatchObject([
    { p50_s: null, p90_s: null, end_p50: null, expected_start: null, planned_drone: null, source: 'unknown' },
  ]);
});

test('packages come in pages', async () => {
  const { get } = setup();

  expect(await get('/api/v1/estimates?limit=1&offset=1')).toMatchObject({
    packages: [{ package: '=c/b-1' }],
    total: 3,
  });
});

test('what-if compares the rest of the run with itself', async () => {
  const { simulate } = setup({ 'c/a-1': {}, 'c/b-1': {} });

  const { body } = await simulate({ what_if: [{ add: { name: 'forge', cores: 8 } }] });

  expect(body).toMatchObject({
    ...{ source: 'present', packages: 2, difference: { p50_s: -100, p90_s: -100 }, real: null },
    result: { makespan_p50_s: 100, lower_bound_s: 100, drones: [{ name: 'anvil' }, { name: 'forge', builds: 1 }] },
    baseline: { makespan_p50_s: 200, drones: [{ name: 'anvil', builds: 2, utilisation: 1, gaps: [] }] },
  });
});

test('a given workload is simulated on a given fleet, and idle times are told', async () => {
  const { simulate } = setup();
  const packages = [
    { cpv: 'c/a-1', seconds: 10 },
    { cpv: 'c/b-1', seconds: 10, build_deps: ['c/a-1'] },
  ];
  const fleet = [
    { name: 'one', cores: 8 },
    { name: 'two', cores: 4 },
  ];

  const { body } = await simulate({ workload: { packages }, fleet });

  expect(body).toMatchObject({ source: 'given', runs: 1, baseline: null, difference: null });
  expect(body['result']).not.toHaveProperty('schedule');
  expect(body['result']).toMatchObject({
    ...{ makespan_p50_s: 20, critical_path_s: 20, ratio_to_bound: 1 },
    drones: [
      { name: 'one', builds: 2, idle_s: 0 },
      { name: 'two', slowness: 1.8, builds: 0, utilisation: 0, idle_s: 20, gaps: [{ from_s: 0, to_s: 20 }] },
    ],
  });
});

test('who asks for it is told what each drone builds when', async () => {
  const { simulate } = setup({}, [], []);
  const packages = [
    { cpv: 'c/b-1', seconds: 10, build_deps: ['c/a-1'] },
    { cpv: 'c/a-1', seconds: 10 },
  ];

  const { body } = await simulate({ workload: { packages }, fleet: [{ name: 'one', cores: 8 }], schedule: true });

  expect(body['result']).toMatchObject({
    schedule: [
      { package: 'c/a-1', drone: 'one', start_s: 0, end_s: 10, after: null },
      { package: 'c/b-1', drone: 'one', start_s: 10, end_s: 20, after: 'c/a-1' },
    ],
  });
});

test('a session that is over is simulated next to how it really went', async () => {
  // One after the other, though there were two drones: 100 s and 50 s, and a failure before.
  const rows = [
    historyRow({ package: '=c/b-1', droneId: 'bellows', durationS: 50, builtAt: 350_000 }),
    historyRow({ package: '=c/a-1', durationS: 100, builtAt: 200_000 }),
    historyRow({ package: '=c/a-1', durationS: 40, builtAt: 90_000, status: 'failed' }),
  ];
  const { simulate } = setup({}, rows);

  const { body } = await simulate({ session: 'old' });

  expect(body).toMatchObject({
    ...{ source: 'past', session_id: 'old', packages: 2, runs: 1 },
    real: { started_at: 50, ended_at: 350, makespan_s: 300, builds: 2, failures: 1, difference_s: -200 },
    result: { start_at: 50, makespan_p50_s: 100, drones: [{ name: 'bellows' }, { name: 'anvil' }] },
  });
});

test('a session in which all that is left is blocked is over: its real run is shown', async () => {
  const left: Record<string, Pictured> = {
    'c/a-1': { state: 'done', sessionId: 'old' },
    'c/bad-1': { isHeld: true, sessionId: 'old' },
    'c/app-1': { needs: ['c/bad-1'], sessionId: 'old' },
  };
  const { simulate } = setup(left, [historyRow({ package: '=c/a-1', durationS: 100, builtAt: 200_000 })]);

  const { body } = await simulate({ session: 'old' });

  expect(body).toMatchObject({ source: 'past', packages: 1, real: { makespan_s: 100, builds: 1 } });
});

test('a session of which nothing was built and nothing can be says what to do', async () => {
  const { simulate } = setup({ 'c/bad-1': { isHeld: true, sessionId: 'sad' } });

  const answer = await simulate({ session: 'sad' });

  expect(answer).toMatchObject({ status: 409, body: { error: expect.stringContaining('`unblock` tries again') } });
});

test('a session is found by its name where only one has it; else its ids are listed', async () => {
  const sessions = [
    { id: 's-1', name: 'world', status: 'active' as const },
    { id: 's-7', name: 'twice', status: 'active' as const },
    { id: 's-3', name: 'twice', status: 'completed' as const },
  ];
  const { simulate } = setup(RUN, [], sessions);

  expect((await simulate({ session: 'world' })).body).toMatchObject({ source: 'present', session_id: 's-1' });
  expect(await simulate({ session: 'twice' })).toMatchObject({
    status: 409,
    body: {
      error: expect.stringContaining('2 sessions are called twice; name one by its id: s-7 (active), s-3 (completed)'),
    },
  });
});

function historyRow(over: Partial<HistoryRow>): HistoryRow {
  const row = { id: 1, droneId: 'anvil', status: 'success', error: '', sessionId: 'old', attempt: 1 };
  // What the simulation does not look at is left out.
  return { ...row, droneName: over.droneId ?? 'anvil', ...over } as HistoryRow;
}

test.each<[object, number, RegExp]>([
  [{ session: 'never' }, 404, /session never/],
  [{ what_if: [{ remove: 'nobody' }] }, 400, /what_if: there is no drone nobody/],
  [{ what_if: [{ add: { name: 'anvil', cores: 8 } }] }, 400, /what_if: there is a drone anvil already/],
  [{ what_if: [{ remove: 'anvil' }] }, 409, /no drone/],
  [{ what_if: [{ start_at: 5 }] }, 400, /what_if: start_at is in the past/],
  [{ what_if: [{ explode: 'anvil' }] }, 400, /what_if\[0\]: must be one of/],
  [{ fleet: [] }, 400, /fleet/],
  [{ fleet: [{ name: 'a', cores: 0 }] }, 400, /fleet\[0\]\.cores/],
  [{ fleet: [1, 2].map(() => ({ name: 'a', cores: 8 })) }, 400, /fleet: must name each drone once/],
  [{ workload: { packages: [] } }, 400, /workload\.packages/],
  [{ runs: 0 }, 400, /runs/],
])('%j is refused in a sentence', async (body, status, says) => {
  const answer = await setup().simulate(body);

  expect(answer.status).toBe(status);
  expect(answer.body['error']).toMatch(says);
});
