import { setImmediate as nextTurn } from 'node:timers/promises';

/** Do something with each of a long list; after every `aTurn` of them others get their turn. */
export async function eachInTurns<Item>(
  items: readonly Item[],
  aTurn: number,
  work: (item: Item) => void,
): Promise<void> {
  for (let first = 0; first < items.length; first += aTurn) {
    if (first > 0) await nextTurn();
    for (const item of items.slice(first, first + aTurn)) work(item);
  }
}
