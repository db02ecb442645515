import { indexedHeap } from '../schedule/indexed-heap.ts';

/** What happens at a time of the virtual clock. Equal times happen in the order in which they were planned. */
export type EventQueue<E> = {
  readonly add: (at: number, event: E) => void;
  readonly next: () => { readonly at: number; readonly event: E } | undefined;
};

export function eventQueue<E>(): EventQueue<E> {
  const planned = indexedHeap<{ at: number; number: number; event: E }>((left, right) =>
    left.at === right.at ? left.number < right.number : left.at < right.at,
  );
  let count = 0;
  return {
    add: (at, event) => planned.insert({ at, number: count++, event }),
    next: () => {
      const first = planned.first();
      if (first !== undefined) planned.remove(first);
      return first;
    },
  };
}
