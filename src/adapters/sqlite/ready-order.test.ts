import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createReadyOrder } from './ready-order.ts';

const id = fc.nat(40);
const rank = fc.integer({ min: -2, max: 3 });
type Step =
  | { do: 'come'; id: number; rank: number }
  | { do: 'go'; id: number }
  | { do: 'visit'; count: number }
  | { do: 'crowd'; from: number; rank: number }
  | { do: 'crowd-goes'; every: number };

const step = fc.oneof(
  { weight: 10, arbitrary: fc.record({ do: fc.constant('come'), id, rank }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('go'), id }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('visit'), count: fc.nat(30) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('crowd'), from: fc.nat(3000), rank }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('crowd-goes'), every: fc.integer({ min: 1, max: 3 }) }) },
) as fc.Arbitrary<Step>;

/** The order, with those that are ready as their owner knows them. */
function createCrowd() {
  const ranks = new Map<number, number>();
  const order = createReadyOrder((place) => ranks.get(place.id) === place.rank);
  return {
    come: (row: { id: number; rank: number }) => {
      if (ranks.get(row.id) === row.rank) return;
      ranks.set(row.id, row.rank);
      order.add(row);
    },
    go: (gone: number) => ranks.delete(gone),
    ids: () => [...ranks.keys()],
    first: (count: number) => {
      const found: number[] = [];
      order.visit((each) => {
        found.push(each);
        return found.length < count ? 'next' : 'stop';
      });
      return found;
    },
    firstByHand: (count: number) =>
      [...ranks]
        .sort(([one, rankOfOne], [other, rankOfOther]) => rankOfOther - rankOfOne || one - other)
        .slice(0, Math.max(1, count))
        .map(([each]) => each),
  };
}

test('whoever comes, goes, comes back or changes rank: the order is by rank, then by age, each once', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 5, maxLength: 100, size: 'max' }), (steps) => {
      const crowd = createCrowd();
      for (const each of [...steps, { do: 'visit', count: 100_000 } as const]) {
        if (each.do === 'come') crowd.come(each);
        if (each.do === 'go') crowd.go(each.id);
        if (each.do === 'visit') expect(crowd.first(each.count)).toEqual(crowd.firstByHand(each.count));
        if (each.do === 'crowd')
          for (let at = 0; at < 1_500; at += 1) crowd.come({ id: each.from + at, rank: each.rank });
        if (each.do === 'crowd-goes')
          crowd
            .ids()
            .filter((_, at) => at % each.every === 0)
            .forEach(crowd.go);
      }
    }),
    { numRuns: 100 },
  );
});

test('taking the first of many again and again does not look at those that are gone', () => {
  const looked = { count: 0 };
  const gone = new Set<number>();
  const order = createReadyOrder((place) => {
    looked.count += 1;
    return !gone.has(place.id);
  });
  for (let id = 0; id < 10_000; id += 1) order.add({ id, rank: 0 });

  for (let id = 0; id < 10_000; id += 1) {
    order.visit((first) => {
      expect(first).toBe(id);
      return 'stop';
    });
    gone.add(id);
  }

  expect(looked.count).toBeLessThan(3 * 10_000);
});
