import { expect, test } from 'vitest';
import type { QueueRow } from '../../live/swarm-state.ts';
import { graphSearch } from './graph-search.ts';
import { createLiveNodes, type GraphReply, shapeOf } from './plan-model.ts';
import { aroundOf } from './reach.ts';
import { partOf, sceneOf } from './scene.ts';
import { stepFrom } from './steps.ts';

type Edge = GraphReply['edges'][number];

const needs = (from: number, to: number, ...types: Edge['types']): Edge => ({ from, to, types });

/** c needs b, which needs a and brings along d; e is by itself. */
const EDGES = [needs(2, 1, 'build'), needs(1, 0, 'build'), needs(1, 3, 'run')];

function reply(edges: readonly Edge[] = EDGES, names = ['a', 'b', 'c', 'd', 'e']): GraphReply {
  const node = (name: string, at: number): GraphReply['nodes'][number] => ({
    ...{ id: at + 1, package: `=app-misc/${name}-1`, state: 'needed', ready: at === 0, drone: null, attempt: null },
    ...{ failures: 0, failure_class: null, expected_s: 10, source: 'name', left_s: 10, rank_s: 10, slack_s: 0 },
    ...{ on_critical_path: false, circle: null },
  });
  return {
    session: {
      ...{ id: 's-1', name: 'world', status: 'active', total_packages: 5, completed_packages: 0, failed_packages: 0 },
      ...{ started_at: 1, completed_at: null, labels: [] },
    },
    ...{ at: 1, total: names.length, has_plan: true, nodes: names.map(node), edges: [...edges], circles: [] },
    critical_path: { of: 'left', total_s: 30, packages: [0, 1, 2] },
  };
}

const row = (id: number, more: Partial<QueueRow>): QueueRow => ({
  ...{ id, package: '=app-misc/a-1', status: 'needed', assigned_to: null, failures: 0, session_id: 's-1' },
  ...{ attempt: null, ready: false, bump: 0, waiting_on: [], failure_class: null, reason: null },
  ...more,
});

test('packages are as the live queue says, and stay the same objects while nothing changes', () => {
  const nodesOf = createLiveNodes();
  const answer = reply();
  const queue = new Map([[1, row(1, { status: 'delegated', assigned_to: 'anvil', attempt: 7 })]]);
  const [first, second] = nodesOf(answer, queue);

  expect(first).toMatchObject({ cpv: 'app-misc/a-1', name: 'a', state: 'building', drone: 'anvil', attempt: 7 });
  expect(second).toMatchObject({ state: 'waiting' });
  expect(nodesOf(answer, new Map(queue))[0]).toBe(first);
  expect(nodesOf(answer, new Map([[1, row(1, { status: 'received' })]]))[0]).toMatchObject({ state: 'received' });
});

test('the shape is the same object until packages or edges are others', () => {
  const shape = shapeOf(reply(), undefined);

  expect(shapeOf(reply(), shape)).toBe(shape);
  expect(shapeOf(reply(EDGES.slice(1)), shape)).not.toBe(shape);
});

test('around a package is what it needs and what needs it, as many steps as are asked for', () => {
  const shape = shapeOf(reply(), undefined);
  const around = (side: 'both' | 'needs' | 'users', reach?: number) =>
    [...aroundOf(shape, 1, { side, reach })].sort((one, other) => one - other);

  expect(around('both')).toEqual([0, 1, 2, 3]);
  expect(around('needs')).toEqual([0, 1, 3]);
  expect(around('users')).toEqual([1, 2]);
  expect([...aroundOf(shape, 2, { side: 'needs', reach: 1 })]).toEqual([2, 1]);
});

test('what a folded package brings along is needed by who needs that', () => {
  const shape = shapeOf(reply(), undefined);
  const { edges } = partOf(shape, [0, 2, 3, 4], new Set([1]));

  expect(edges).toEqual([{ need: 2, user: 1, isBuild: true, isCut: false }]);
});

test('keys lead along the edges, and among neighbours', () => {
  const shape = shapeOf(reply(), undefined);
  const scene = sceneOf(partOf(shape, [0, 1, 2, 3, 4], new Set()), {
    ...{ xs: Float64Array.of(0, 100, 200, 0, 0), ys: Float64Array.of(0, 0, 0, 50, 100) },
    ...{ isImplied: new Uint8Array(3), frames: [], levels: [], width: 300, height: 150 },
  });

  expect(stepFrom(scene, 2, 'need', undefined)).toBe(1);
  expect(stepFrom(scene, 1, 'need', 2)).toBe(0);
  // Its siblings are what b needs, then whoever stands in the column.
  expect(stepFrom(scene, 0, 'down', 1)).toBe(3);
  expect(stepFrom(scene, 3, 'down', 1)).toBe(4);
  expect(stepFrom(scene, 0, 'user', undefined)).toBe(1);
  expect(stepFrom(scene, 4, 'user', undefined)).toBeUndefined();
});

test('an address says what is shown; what it should not say is left out', () => {
  expect(graphSearch({ session: 12, at: 'c/a-1', side: 'needs', reach: '2', fold: true, order: 'flow' })).toEqual({
    ...{ session: '12', at: 'c/a-1', side: 'needs', reach: 2, fold: true, order: 'flow' },
  });
  expect(graphSearch({ side: 'both', reach: 99, fold: 'no', order: 'up', view: 'x', at: '' })).toEqual({});
});
