import { expect, test } from 'vitest';
import { type Need, planOf } from '../testing/plans.ts';
import { drawnGraph } from './drawn-graph.ts';
import { planGraph } from './readiness.ts';

const NAMES = ['c/a-1', 'c/b-1', 'c/c-1', 'c/d-1', 'c/e-1'];

function draw(needs: readonly Need[], drawn: readonly string[] = NAMES) {
  const { edges, circles } = drawnGraph(planGraph(planOf(NAMES, needs)), drawn);
  const name = (place: number) => drawn[place]?.slice(2, 3);
  return {
    edges: edges.map(({ from, to, isBuild, isRun, isCut }) =>
      [name(from), isBuild ? 'build' : '', isRun ? 'run' : '', isCut ? 'cut' : '', name(to)].filter(Boolean).join(' '),
    ),
    circles: circles.map(({ kind, members }) => `${kind}: ${members.map(name).join(' ')}`),
  };
}

test('an edge says what it is for, and there is one between two packages', () => {
  expect(
    draw([
      ['c/b-1', 'build', 'c/a-1'],
      ['c/b-1', 'run', 'c/a-1'],
      ['c/c-1', 'post', 'c/b-1'],
    ]),
  ).toEqual({ edges: ['b build run a', 'c run b'], circles: [] });
});

test('ways through what is not drawn are edges', () => {
  const needs: Need[] = [
    ['c/c-1', 'build', 'c/b-1'],
    ['c/b-1', 'run', 'c/a-1'],
  ];

  expect(draw(needs, ['c/a-1', 'c/c-1'])).toEqual({ edges: ['c build a'], circles: [] });
});

test('packages that bring each other along are together; nothing is cut', () => {
  expect(
    draw([
      ['c/a-1', 'run', 'c/b-1'],
      ['c/b-1', 'run', 'c/a-1'],
      ['c/c-1', 'build', 'c/a-1'],
    ]),
  ).toEqual({ edges: ['a run b', 'b run a', 'c build a'], circles: ['together: a b'] });
});

test('a circle that the order of the plan breaks says where', () => {
  expect(
    draw([
      ['c/a-1', 'post', 'c/c-1'],
      ['c/b-1', 'build', 'c/a-1'],
      ['c/c-1', 'build', 'c/b-1'],
    ]),
  ).toEqual({ edges: ['a run cut c', 'b build a', 'c build b'], circles: ['ordered: a b c'] });
});

test('a circle of builds is stuck, and all of it is waited for', () => {
  expect(
    draw([
      ['c/a-1', 'build', 'c/b-1'],
      ['c/b-1', 'build', 'c/a-1'],
    ]),
  ).toEqual({ edges: ['a build b', 'b build a'], circles: ['stuck: a b'] });
});
