import fc from 'fast-check';
import { expect, test } from 'vitest';
import { indexedHeap } from './indexed-heap.ts';

type Item = { readonly id: number; key: number };

function counted() {
  const count = { comparisons: 0 };
  const heap = indexedHeap<Item>((left, right) => {
    count.comparisons += 1;
    return left.key === right.key ? left.id < right.id : left.key < right.key;
  });
  return { heap, count };
}

const inOrder = (left: Item, right: Item) => left.key - right.key || left.id - right.id;

test('after any history a walk gives the items that are left, in order', () => {
  const step = fc.record({
    kind: fc.constantFrom('insert', 'remove', 'update'),
    at: fc.nat(),
    key: fc.integer({ min: 0, max: 20 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const { heap } = counted();
      const left: Item[] = [];
      steps.forEach(({ kind, at, key }, id) => {
        const item = left[at % left.length];
        if (kind === 'insert' || item === undefined) {
          left.push({ id, key });
          heap.insert(left.at(-1) as Item);
        } else if (kind === 'remove') {
          left.splice(left.indexOf(item), 1);
          heap.remove(item);
        } else {
          item.key = key;
          heap.update(item);
        }
      });

      expect([...heap.walk()]).toEqual(left.toSorted(inOrder));
      expect(heap.first()).toBe(left.toSorted(inOrder)[0]);
    }),
  );
});

test.each([1_000, 30_000])('a change of one of %i items costs at most three comparisons a level', (size) => {
  const { heap, count } = counted();
  const items = Array.from({ length: size }, (_, id) => ({ id, key: (id * 7919) % size }));
  for (const item of items) heap.insert(item);
  count.comparisons = 0;

  for (const item of items.slice(0, 100)) {
    item.key = size - item.key;
    heap.update(item);
  }

  expect(count.comparisons / 100).toBeLessThanOrEqual(3 * Math.ceil(Math.log2(size)));
});

test('what the first items of a walk cost does not depend on how many there are', () => {
  const costs = [100, 100_000].map((size) => {
    const { heap, count } = counted();
    for (let id = 0; id < size; id += 1) heap.insert({ id, key: (id * 7919) % size });
    count.comparisons = 0;
    const walk = heap.walk()[Symbol.iterator]();
    for (let taken = 0; taken < 16; taken += 1) walk.next();
    return count.comparisons;
  });

  expect(Math.max(...costs)).toBeLessThanOrEqual(16 * 3 * Math.log2(2 * 16));
});

test('an item that is not there is not removed', () => {
  const { heap } = counted();

  expect(heap.remove({ id: 1, key: 1 })).toBe(false);
});
