import { afterEach, expect, test } from 'vitest';
import { DEFAULT_SCHEDULE_POLICY } from '../../core/schedule/schedule-policy.ts';
import { DEFAULT_FORECAST_LIMITS, forecast } from '../../core/simulate/forecast.ts';
import { givenDrone, givenWorkload } from '../../core/simulate/given.ts';
import { seededRandom } from '../../core/simulate/seeded-random.ts';
import type { SimulatedTask, Workload } from '../../core/simulate/workload.ts';
import { type ForecasterOptions, openForecaster } from './forecaster.ts';
import { packWorkload, unpackWorkload } from './packed-workload.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

function setup(options: Partial<ForecasterOptions> = {}) {
  const forecaster = openForecaster({ timeLimitMs: 30_000, ...options });
  closing.push(() => forecaster.close());
  return forecaster;
}

const conditions = {
  drones: [givenDrone({ name: 'anvil', cores: 8 }), givenDrone({ name: 'bellows', cores: 16 })],
  policy: DEFAULT_SCHEDULE_POLICY,
  startAt: 1_000_000,
  pollMs: 10_000,
};

function workload(count: number): Workload {
  const packages = Array.from({ length: count }, (_, at) => ({
    cpv: `c/p-${at}`,
    seconds: 10 + (at % 7),
    build_deps: at % 3 === 0 ? [] : [`c/p-${at - 1}`],
  }));
  return givenWorkload(packages, { spread: 0.4, groupOf: () => null });
}

/** As long as nobody ends it. */
const ENDLESS = {
  workload: workload(2_000),
  conditions,
  baseline: null,
  session: null,
  durations: 'drawn',
  seed: 1,
  runs: 500,
} as const;
const SHORT = { ...ENDLESS, workload: workload(3), runs: 2 };
const FORECAST = { workload: workload(30), conditions, seed: 7, limits: DEFAULT_FORECAST_LIMITS };

test('the thread forecasts what the same function would here', async () => {
  const { startAt, p50At, p90At, sessions, knownShares } = await setup().forecast(FORECAST);

  const here = forecast(FORECAST.workload, conditions, seededRandom(7), FORECAST.limits);
  expect([...p50At]).toEqual(here.packages.map((end) => end?.p50At));
  expect([...p90At]).toEqual(here.packages.map((end) => end?.p90At));
  expect([...startAt]).toEqual(here.starts);
  expect({ sessions, knownShares }).toEqual({ sessions: here.sessions, knownShares: here.knownShares });
});

test('a workload is the same after the journey', () => {
  const { graph, tasks } = workload(4);
  const over: Partial<SimulatedTask>[] = [
    { state: 'done', sessionId: 's-1', isKnown: false },
    { state: { droneId: 'anvil', startedAt: 5 }, sessionId: 's-2', isKnown: true },
    { labels: ['ssd'], failedBy: ['anvil'], arch: 'amd64', group: 'giants', isKnown: true },
    { memoryMb: 512, diskBytes: 7, bump: 2, isKnown: true },
  ];
  const given = {
    graph,
    tasks: tasks.map((task, at) => ({ diskBytes: null, bump: 0, ...task, ...over[at] })),
  };

  expect(unpackWorkload(structuredClone(packWorkload(given)))).toEqual(given);
});

test('a simulation that takes too long is ended with its thread, and the next is answered by another', async () => {
  const forecaster = setup({ timeLimitMs: 2_000 });

  const long = forecaster.study(ENDLESS);
  const first = forecaster.workerThread();
  const next = forecaster.study(SHORT);

  await expect(long).rejects.toMatchObject({ code: 'SIMULATION_TIMEOUT', message: expect.stringContaining('2 s') });
  await expect(next).resolves.toMatchObject({ runs: 2 });
  expect(forecaster.workerThread()).not.toBe(first);
});

test('only so many wait, and a forecast is not behind questions that wait', async () => {
  const forecaster = setup({ waitingAtMost: 2 });
  const order: string[] = [];
  const gone = new AbortController();
  const long = forecaster.study(ENDLESS, gone.signal).catch(() => order.push('ended'));
  const study = forecaster.study(SHORT).then(() => order.push('study'));
  const forecasted = forecaster.forecast(FORECAST).then(() => order.push('forecast'));

  await expect(forecaster.study(SHORT)).rejects.toMatchObject({ code: 'SIMULATION_BUSY', status: 429 });
  gone.abort();
  await Promise.all([long, study, forecasted]);

  expect(order).toEqual(['ended', 'forecast', 'study']);
});

test('who has gone waits no longer, and nothing is simulated for him', async () => {
  const forecaster = setup();
  const gone = new AbortController();
  const reason = new Error('gone');
  const long = forecaster.study(ENDLESS, gone.signal);
  const waiting = forecaster.study(ENDLESS, gone.signal);

  gone.abort(reason);

  await expect(long).rejects.toBe(reason);
  await expect(waiting).rejects.toBe(reason);
  await expect(forecaster.study(SHORT)).resolves.toMatchObject({ runs: 2 });
});

test('what cannot be copied to the thread is refused, and the next question is answered', async () => {
  const forecaster = setup();

  await expect(forecaster.study({ ...SHORT, conditions: { ...conditions, clock: (at) => at } })).rejects.toThrow(
    /could not be cloned/,
  );

  await expect(forecaster.study(SHORT)).resolves.toMatchObject({ runs: 2 });
});

test('closing refuses what is asked and leaves no thread', async () => {
  const forecaster = setup();
  const long = forecaster.study(ENDLESS);
  const refused = long.catch((error: unknown) => error);

  await forecaster.close();

  expect(await refused).toMatchObject({ code: 'SIMULATION_FAILED' });
  expect(forecaster.workerThread()).toBeUndefined();
  await expect(forecaster.study(SHORT)).rejects.toMatchObject({ code: 'SIMULATION_FAILED' });
});
