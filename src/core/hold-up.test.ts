import { expect, test } from 'vitest';
import { type Need, planOf } from '../testing/plans.ts';
import { heldUpBy, holdUps, type Missing } from './hold-up.ts';
import { planGraph } from './readiness.ts';

const WAITING: Missing = { isWaiting: true, remainingS: 10 };
const BUILDING: Missing = { isWaiting: false, remainingS: 60 };

function setup(needs: readonly Need[], missing: Readonly<Record<string, Missing>>) {
  const names = [...new Set(needs.flatMap(([from, , to]) => [from, to]))];
  const graph = planGraph(planOf(names, needs));
  return { graph, missing: (cpv: string) => missing[cpv] };
}

test('the chain goes down to what waits for nothing', () => {
  const { graph, missing } = setup(
    [
      ['c/a-1', 'build', 'c/b-1'],
      ['c/b-1', 'build', 'c/c-1'],
    ],
    { 'c/b-1': WAITING, 'c/c-1': BUILDING },
  );

  expect(holdUps(graph, 'c/a-1', missing)).toEqual({
    waitS: 70,
    chain: [
      { cpv: 'c/b-1', through: [] },
      { cpv: 'c/c-1', through: [] },
    ],
    circle: [],
  });
});

test('of two things that are missing the one that takes longer is named, and what does not come takes longest', () => {
  const needs: Need[] = [
    ['c/a-1', 'build', 'c/quick-1'],
    ['c/a-1', 'build', 'c/slow-1'],
    ['c/a-1', 'build', 'c/broken-1'],
  ];
  const slow = { 'c/quick-1': WAITING, 'c/slow-1': BUILDING };
  const stuck = { ...slow, 'c/broken-1': { isWaiting: false, remainingS: Number.POSITIVE_INFINITY } };

  const [one, other] = [setup(needs, slow), setup(needs, stuck)];

  expect(holdUps(one.graph, 'c/a-1', one.missing)).toMatchObject({ waitS: 60, chain: [{ cpv: 'c/slow-1' }] });
  expect(holdUps(other.graph, 'c/a-1', other.missing)).toMatchObject({
    waitS: Number.POSITIVE_INFINITY,
    chain: [{ cpv: 'c/broken-1' }],
  });
});

test('what comes along at run time is waited for, and it is said through what', () => {
  const { graph, missing } = setup(
    [
      ['c/a-1', 'build', 'c/there-1'],
      ['c/there-1', 'run', 'c/also-1'],
      ['c/also-1', 'run', 'c/late-1'],
      // Run-time circles are ordinary.
      ['c/late-1', 'run', 'c/there-1'],
    ],
    { 'c/late-1': BUILDING },
  );

  expect(holdUps(graph, 'c/a-1', missing).chain).toEqual([{ cpv: 'c/late-1', through: ['c/there-1', 'c/also-1'] }]);
});

test('in a circle nobody is held up by what comes after it', () => {
  // Merged in this order: library, tool, plugin.
  const names = ['c/late-1', 'c/library-1', 'c/tool-1', 'c/plugin-1', 'c/user-1'];
  const graph = planGraph(
    planOf(names, [
      ['c/library-1', 'post', 'c/plugin-1'],
      ['c/tool-1', 'build', 'c/library-1'],
      ['c/plugin-1', 'build', 'c/tool-1'],
      ['c/library-1', 'build', 'c/late-1'],
      ['c/user-1', 'build', 'c/library-1'],
    ]),
  );
  const broken = { isWaiting: false, remainingS: Number.POSITIVE_INFINITY };
  const missing = new Map([
    ['c/plugin-1', broken],
    ['c/library-1', WAITING],
    ['c/late-1', BUILDING],
  ]);

  expect(holdUps(graph, 'c/tool-1', (cpv) => missing.get(cpv))).toEqual({
    waitS: 70,
    chain: [
      { cpv: 'c/library-1', through: [] },
      { cpv: 'c/late-1', through: [] },
    ],
    circle: [],
  });
  expect(holdUps(graph, 'c/user-1', (cpv) => missing.get(cpv))).toEqual({
    waitS: Number.POSITIVE_INFINITY,
    chain: [{ cpv: 'c/plugin-1', through: ['c/library-1'] }],
    circle: [],
  });
  expect([...heldUpBy(graph, 'c/plugin-1', () => true)]).toEqual(['c/user-1']);
  expect([...heldUpBy(graph, 'c/tool-1', () => true)].sort()).toEqual(['c/plugin-1', 'c/user-1']);
});

test('a circle of builds ends the chain instead of turning for ever', () => {
  const { graph, missing } = setup(
    [
      ['c/a-1', 'build', 'c/b-1'],
      ['c/b-1', 'build', 'c/a-1'],
    ],
    { 'c/a-1': WAITING, 'c/b-1': WAITING },
  );

  expect(holdUps(graph, 'c/a-1', missing)).toMatchObject({ chain: [{ cpv: 'c/b-1' }], circle: ['c/a-1', 'c/b-1'] });
});

test('whoever cannot begin before a package is counted, near and far, and nobody else', () => {
  const { graph } = setup(
    [
      ['c/near-1', 'build', 'c/held-1'],
      ['c/far-1', 'build', 'c/near-1'],
      ['c/through-1', 'build', 'c/carrier-1'],
      ['c/carrier-1', 'run', 'c/held-1'],
      ['c/other-1', 'build', 'c/else-1'],
    ],
    {},
  );

  expect([...heldUpBy(graph, 'c/held-1', (cpv) => cpv !== 'c/carrier-1')].sort()).toEqual([
    'c/far-1',
    'c/near-1',
    'c/through-1',
  ]);
});
