import { describe, expect, test } from 'vitest';
import { adviceFor, DEFAULT_BLAME_POLICY, judgeDrones, judgePackages, type Outcome } from './blame.ts';
import type { FailureClass } from './failure-class.ts';

const POLICY = DEFAULT_BLAME_POLICY;
const NOW = 1_000_000_000_000;

let clock = NOW - 1_000_000;
const built = (droneId: string, name: string): Outcome => ({ droneId, package: name, at: clock++, failureClass: null });
const failed = (droneId: string, name: string, failureClass: FailureClass = 'compile'): Outcome => ({
  ...built(droneId, name),
  failureClass,
});
const each = (count: number, of: (name: string) => Outcome, from = 0) =>
  Array.from({ length: count }, (_, index) => of(`a/b-${from + index}`));

const faulty = (outcomes: readonly Outcome[]) =>
  judgeDrones(outcomes, POLICY, NOW)
    .filter(({ isFaulty }) => isFaulty)
    .map(({ droneId }) => droneId);

describe('a drone is at fault', () => {
  test('when it fails three packages that another drone built', () => {
    expect(faulty([...each(3, (name) => failed('bad', name)), ...each(3, (name) => built('good', name))])).toEqual([
      'bad',
    ]);
  });

  test('also when it built hundreds before it broke', () => {
    const before = each(500, (name) => built('bad', name), 1_000);

    expect(
      faulty([...before, ...each(4, (name) => failed('bad', name)), ...each(4, (name) => built('good', name))]),
    ).toEqual(['bad']);
  });

  test('also when it still builds every other package', () => {
    const outcomes = each(20, (name) => (Number(name.slice(4)) % 2 === 0 ? failed('bad', name) : built('bad', name)));

    expect(faulty([...outcomes, ...each(20, (name) => built('good', name))])).toEqual(['bad']);
  });
});

describe('a drone is not at fault', () => {
  test.each<[string, readonly Outcome[]]>([
    ['when it failed two', [...each(2, (name) => failed('one', name)), ...each(2, (name) => built('two', name))]],
    [
      'when it failed one package many times',
      [...Array.from({ length: 20 }, () => failed('one', 'a/b-1')), built('two', 'a/b-1')],
    ],
    [
      'when others fail the same',
      [...each(9, (name) => failed('one', name)), ...each(9, (name) => failed('two', name))],
    ],
    ['when nobody else tried', each(9, (name) => failed('one', name))],
    [
      'when it built what it had failed',
      [
        ...each(5, (name) => failed('one', name)),
        ...each(5, (name) => built('one', name)),
        ...each(5, (name) => built('two', name)),
      ],
    ],
    [
      'when it failed a few of very many',
      each(300, (name) => built('two', name)).concat(
        each(300, (name) => (Number(name.slice(4)) % 50 === 0 ? failed('one', name) : built('one', name))),
      ),
    ],
    [
      'when its builds were killed or lost',
      [...each(5, (name) => failed('one', name, 'killed')), ...each(5, (name) => built('two', name))],
    ],
    [
      'when that was long ago',
      [...each(5, (name) => failed('one', name)), ...each(5, (name) => built('two', name))].map((outcome) => ({
        ...outcome,
        at: 0,
      })),
    ],
  ])('%s', (_, outcomes) => {
    expect(faulty(outcomes)).toEqual([]);
  });

  test('in a fleet in which everything is flaky, unless it is worse than that', () => {
    const flaky = ['two', 'three', 'four'].flatMap((drone, offset) =>
      each(40, (name) => (Number(name.slice(4)) % 4 === offset ? failed(drone, name) : built(drone, name))),
    );
    const alike = each(40, (name) => (Number(name.slice(4)) % 4 === 3 ? failed('one', name) : built('one', name)));

    expect(faulty([...flaky, ...alike])).toEqual([]);
    expect(faulty([...flaky, ...each(40, (name) => failed('one', name))])).toEqual(['one']);
  });
});

test('fleets without faults are seldom accused, and a drone that fails often is always found', () => {
  const next = randomFrom(4);
  const drones = ['one', 'two', 'three'];
  let [accused, found] = [0, 0];
  for (let run = 0; run < 300; run += 1) {
    const build = (drone: string, rate: number) =>
      each(60, (name) => (next() < rate ? failed(drone, name) : built(drone, name)));
    const healthy = drones.flatMap((drone) => build(drone, 0.01));
    const bad = build('bad', 0.7);

    accused += faulty(healthy).length;
    found += faulty([...healthy, ...bad]).includes('bad') ? 1 : 0;
  }

  // Of 900 healthy drones, and of 300 bad ones.
  expect(accused).toBeLessThanOrEqual(1);
  expect(found).toBe(300);
});

test('what fails on two healthy drones is the fault of the package, what only a faulty one failed is not', () => {
  const outcomes = [
    ...[failed('one', 'a/everywhere-1'), failed('two', 'a/everywhere-1')],
    ...[failed('bad', 'a/fine-1'), failed('one', 'a/once-1'), failed('one', 'a/later-1'), built('two', 'a/later-1')],
    ...[failed('bad', 'a/hard-1'), failed('one', 'a/hard-1')],
  ];

  const verdicts = judgePackages(outcomes, new Set(['bad']), POLICY, NOW);

  expect(Object.fromEntries(verdicts.map((verdict) => [verdict.package, verdict.blame]))).toEqual({
    ...{ 'a/everywhere-1': 'package', 'a/fine-1': 'drones', 'a/once-1': 'undecided' },
    ...{ 'a/later-1': 'undecided', 'a/hard-1': 'undecided' },
  });
});

test('the advice is about what fails most often', () => {
  const [verdict] = judgeDrones(
    [
      failed('bad', 'a/x-1'),
      ...each(2, (name) => failed('bad', name, 'compiler_crash')),
      built('good', 'a/x-1'),
      ...each(2, (name) => built('good', name)),
    ],
    POLICY,
    NOW,
  );

  expect(verdict?.isFaulty).toBe(true);
  expect(adviceFor(verdict as NonNullable<typeof verdict>)).toContain('test its memory');
});

/** Marsaglia's xorshift: the same numbers from 0 to 1 for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
