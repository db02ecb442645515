import { expect, test } from 'vitest';
import { droneFacts } from '../../testing/scheduling.ts';
import { DEFAULT_SCHEDULE_POLICY } from '../schedule/schedule-policy.ts';
import { readChanges } from './asked-changes.ts';
import { type GivenPackage, givenDrone, givenWorkload } from './given.ts';
import { type StudyQuestion, study } from './study.ts';
import { changedConditions } from './what-if.ts';

const POLICY = { policy: DEFAULT_SCHEDULE_POLICY, startAt: 1_000_000, pollMs: 0 };
const FLEET = { ...POLICY, drones: [givenDrone({ name: 'anvil', cores: 8 })] };
const plain = { spread: 0, groupOf: () => null };

function packages(count: number, over: Partial<GivenPackage> = {}): GivenPackage[] {
  return Array.from({ length: count }, (_, at) => ({ cpv: `c/p-${at}`, seconds: 100, ...over }));
}

function question(over: Partial<StudyQuestion>): StudyQuestion {
  return {
    workload: givenWorkload(packages(4), plain),
    conditions: FLEET,
    baseline: null,
    session: null,
    durations: 'drawn',
    seed: 1,
    runs: null,
    ...over,
  };
}

test('a workload waits for what comes along with its build dependencies', () => {
  const workload = givenWorkload(
    [
      { cpv: 'c/app-1', seconds: 1, build_deps: ['c/lib-1', 'c/installed-1'] },
      { cpv: 'c/lib-1', seconds: 1, run_deps: ['c/data-1'] },
      { cpv: 'c/data-1', seconds: 1 },
      { cpv: 'c/data-1', seconds: 1 },
    ],
    plain,
  );

  const { result } = study(question({ workload, durations: 'as-recorded' }));

  expect(workload.tasks).toHaveLength(3);
  expect(result.report).toMatchObject({ makespanS: 3, capacityS: 3, criticalPathS: 2, ratioToBound: 1 });
});

test('a second equal drone halves what does not wait for each other, and the difference is no luck', () => {
  const read = readChanges([{ add: { name: 'bellows', cores: 8 } }], [{ facts: givenDrone(ANVIL), cores: 8 }]);
  const conditions = changedConditions(FLEET, 'changes' in read ? read.changes : []);
  const workload = givenWorkload(packages(40), { ...plain, spread: 0.3 });

  const { result, baseline, runs } = study(question({ workload, conditions, baseline: FLEET, runs: 20 }));

  expect(runs).toBe(20);
  const ratio = (result.makespanS?.p50 ?? Number.NaN) / (baseline?.makespanS?.p50 ?? Number.NaN);
  expect(ratio).toBeGreaterThan(0.5);
  expect(ratio).toBeLessThan(0.55);
  expect(result.report.drones.map(({ id }) => id)).toEqual(['anvil', 'bellows']);
});

const ANVIL = { name: 'anvil', cores: 8 };

test('durations without spread come to the same in every run', () => {
  const { result } = study(question({ runs: 10 }));

  expect(result.makespanS).toEqual({ p50: 400, p90: 400 });
});

test('the same seed gives the same answer, another seed another one', () => {
  const workload = givenWorkload(packages(5), { ...plain, spread: 0.5 });
  const spans = [1, 1, 2].map((seed) => study(question({ workload, seed })).result.makespanS?.p50);

  expect(spans[0]).toBe(spans[1]);
  expect(spans[0]).not.toBe(spans[2]);
});

test('only the packages of the session that is asked about count', () => {
  const { graph, tasks } = givenWorkload(packages(4), plain);
  const workload = {
    graph,
    tasks: tasks.map((task, at) => ({ ...task, sessionId: at === 3 ? 'small' : 'big' })),
  };

  const { result } = study(question({ workload, session: 'small' }));

  expect(result.report.boundS).toBe(100);
  expect(result.makespanS?.p50).toBeLessThan(400);
});

test('what is built costs nothing, and a running build only what is left of it', () => {
  const { graph, tasks } = givenWorkload(packages(3), plain);
  const running = { droneId: 'anvil', startedAt: POLICY.startAt - 40_000 };
  const states = ['done' as const, running, undefined];
  const workload = {
    graph,
    tasks: tasks.map((task, at) => ({ ...task, ...(states[at] && { state: states[at] }) })),
  };

  const { result } = study(question({ workload }));

  expect(result.report).toMatchObject({ makespanS: 160, capacityS: 160, ratioToBound: 1 });
  expect(result.report.drones[0]).toMatchObject({ builds: 2, utilisation: 1 });
});

test('where every drone is closed nothing is built, and nothing is claimed', () => {
  const drones = [droneFacts('anvil', { closedBecause: 'this drone is paused' })];

  const { result } = study(question({ conditions: { ...POLICY, drones } }));

  expect(result).toMatchObject({ makespanS: null, leftOver: 4, report: { boundS: 0 } });
});

test('changes follow one another, and name what is not there', () => {
  const anvil = [{ facts: givenDrone({ ...ANVIL, speed: 2 }), cores: 8 }];

  expect(readChanges([{ remove: 'anvil' }, { remove: 'anvil' }], anvil)).toEqual({
    problem: 'there is no drone anvil',
  });
  expect(readChanges([{ add: ANVIL }], anvil)).toEqual({ problem: 'there is a drone anvil already' });
  expect(readChanges([{ remove: 'anvil' }, { add: ANVIL }], anvil)).toMatchObject({ changes: [{}, {}] });
});

test('a described drone is as fast as the chosen serial part of a build lets expect', () => {
  const prior = { serialFraction: 0.5, referenceCores: 8 };
  const bellows = { name: 'bellows', cores: 16 };

  const read = readChanges([{ add: bellows }], [], prior);

  // Amdahl: 0.5 + 0.5 × 8 / 16.
  expect(read).toMatchObject({ changes: [{ kind: 'add-drone', drone: { slowness: 0.75 } }] });
});

test('a drone with twice the cores keeps what was learned of its speed', () => {
  const anvil = [{ facts: { ...givenDrone(ANVIL), slowness: 0.5 }, cores: 8 }];

  const read = readChanges([{ resize: { name: 'anvil', cores: 16 } }], anvil);

  // Amdahl: 0.2 + 0.8 × 8 / 16 against 1.
  expect(read).toMatchObject({
    changes: [{ kind: 'resize-drone', id: 'anvil', to: { slowness: expect.closeTo(0.3) as number, slots: 1 } }],
  });
});
