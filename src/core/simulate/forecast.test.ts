import { expect, test } from 'vitest';
import { droneFacts } from '../../testing/scheduling.ts';
import { DEFAULT_SCHEDULE_POLICY } from '../schedule/schedule-policy.ts';
import { listedTasks } from '../schedule/task-graph.ts';
import { DEFAULT_FORECAST_LIMITS, forecast } from './forecast.ts';
import type { Conditions } from './simulate.ts';
import { changedConditions } from './what-if.ts';
import type { SimulatedTask, Workload } from './workload.ts';

const START = 1_000_000;
const GIVEN: Conditions = {
  drones: [droneFacts('anvil')],
  policy: DEFAULT_SCHEDULE_POLICY,
  startAt: START,
  pollMs: 10_000,
};
const LIMITS = { ...DEFAULT_FORECAST_LIMITS, runsAtMost: 400, buildsAtMost: 40_000 };

function workload(tasks: readonly Partial<SimulatedTask>[]): Workload {
  const graph = listedTasks(tasks.map((_, at) => ({ name: `c/p${at}`, needs: at > 0 ? [`c/p${at - 1}`] : [] })));
  return { graph, tasks: tasks.map((over) => ({ estimate: { p50S: 100, logSigma: 0.5 }, trueS: 0, ...over })) };
}

/** A fixed sequence of chances that are spread evenly (van der Corput's, by the golden ratio). */
function evenly(): () => number {
  let at = 0;
  return () => {
    at += 1;
    return (at * 0.618_033_988_749_895) % 1;
  };
}

const inS = (at: number | undefined) => ((at ?? Number.NaN) - START) / 1000;

test('the forecast of one package is the quantiles of its estimate', () => {
  const { packages } = forecast(workload([{}]), GIVEN, evenly(), LIMITS);

  expect(inS(packages[0]?.p50At) / 100).toBeCloseTo(1, 1);
  expect(inS(packages[0]?.p90At) / (100 * Math.exp(1.2816 * 0.5))).toBeCloseTo(1, 1);
});

test('a session ends with its last package, and what is built already has no end to come', () => {
  const { packages, sessions } = forecast(workload([{ state: 'done' }, {}, {}]), GIVEN, evenly(), LIMITS);

  expect(packages[0]).toBeNull();
  expect(sessions.get(null)).toEqual(packages[2]);
  expect(packages[1]?.p90At).toBeLessThan(packages[2]?.p90At ?? 0);
});

test('a build that is overdue already is not expected to have ended', () => {
  const running = { droneId: 'anvil', startedAt: START - 400_000 };

  const { packages } = forecast(workload([{ state: running }]), GIVEN, evenly(), LIMITS);

  expect(inS(packages[0]?.p50At)).toBeGreaterThan(10);
});

test('when little is known of a session its end is said to be unknown', () => {
  const unknown = { isKnown: false, sessionId: 'new' };
  const { sessions, knownShare } = forecast(
    workload([unknown, unknown, { sessionId: 'new' }, { sessionId: 'old' }]),
    GIVEN,
    evenly(),
  );

  expect(sessions.get('new')).toBeNull();
  expect(sessions.get('old')).not.toBeNull();
  expect(knownShare).toBe(0.5);
});

test('one run stands for all: in it no drone builds more at once than it can', () => {
  const free = workload([{}, {}, {}]).tasks;
  const graph = listedTasks(free.map((_, at) => ({ name: `c/p${at}`, needs: at === 2 ? ['c/p0', 'c/p1'] : [] })));
  const { planned } = forecast({ graph, tasks: free }, GIVEN, evenly(), LIMITS);

  const inOrder = planned.flatMap((build) => build ?? []).toSorted((one, other) => one.startAt - other.startAt);
  expect(inOrder).toHaveLength(3);
  expect(inOrder[1]?.startAt).toBe(inOrder[0]?.endAt);
  expect(inOrder[2]?.startAt).toBe(inOrder[1]?.endAt);
  expect(planned[2]).toMatchObject({ drone: 'anvil', after: planned.indexOf(inOrder[1] ?? null) });
});

test('a package that no drone can take has no end', () => {
  const { packages, sessions } = forecast(
    workload([{}, { arch: 'arm64' }]),
    { ...GIVEN, drones: [droneFacts('anvil', { arch: 'amd64' })] },
    evenly(),
  );

  expect(packages[0]).not.toBeNull();
  expect(packages[1]).toBeNull();
  expect(sessions.get(null)).toEqual(packages[0]);
});

test('the runs become fewer the more packages there are', () => {
  const many = workload(Array.from({ length: 200 }, () => ({ estimate: { p50S: 1, logSigma: 0 } })));

  expect(forecast(many, GIVEN, evenly(), { ...LIMITS, buildsAtMost: 2_400, runsAtLeast: 10 }).runs).toBe(12);
});

test('equal chances make another fleet comparable: a faster one is never later', () => {
  const work = workload([{}, {}, {}]);
  const faster = changedConditions(GIVEN, [{ kind: 'resize-drone', id: 'anvil', to: { slowness: 0.9 } }]);

  const [slow, fast] = [GIVEN, faster].map((conditions) =>
    forecast(work, conditions, evenly(), LIMITS).sessions.get(null),
  );

  expect(inS(fast?.p50At) / inS(slow?.p50At)).toBeCloseTo(0.9, 6);
});
