/** A set kept in order. All changes cost O(log n) comparisons, and so does each item of a walk. */
export type IndexedHeap<T> = {
  readonly size: () => number;
  readonly has: (item: T) => boolean;
  readonly insert: (item: T) => void;
  readonly remove: (item: T) => boolean;
  /** Call it after the item's place in the order has changed. */
  readonly update: (item: T) => void;
  readonly first: () => T | undefined;
  /** The items in order. Taking the first k costs O(k log k), however many there are; do not change the set meanwhile. */
  readonly walk: () => Iterable<T>;
};

/**
 * A binary heap that knows where each item is (Williams, 1964), and that can be read in order without being
 * emptied: a second, small heap holds the frontier, the nodes whose parent was already given out (Frederickson:
 * An optimal algorithm for selection in a min-heap, 1993, in its simplest form). `isBefore` must be a strict total
 * order, so that equal histories give equal orders.
 */
export function indexedHeap<T>(isBefore: IsBefore<T>): IndexedHeap<T> {
  const entryOf = new Map<T, Entry<T>>();
  const entries: Entry<T>[] = [];
  return {
    size: () => entries.length,
    has: (item) => entryOf.has(item),
    insert: (item) => {
      const entry = { item, place: entries.length };
      entryOf.set(item, entry);
      settle(entries, isBefore, entry);
    },
    remove: (item) => {
      const entry = entryOf.get(item);
      if (entry === undefined) return false;
      entryOf.delete(item);
      const last = entries.pop() as Entry<T>; // there is at least this one
      if (last !== entry) settle(entries, isBefore, Object.assign(last, { place: entry.place }));
      return true;
    },
    update: (item) => {
      const entry = entryOf.get(item);
      if (entry !== undefined) settle(entries, isBefore, entry);
    },
    first: () => entries[0]?.item,
    walk: () => walk(entries, isBefore),
  };
}

type IsBefore<T> = (left: T, right: T) => boolean;
/** An item that knows where it is: moving it costs no look-up. */
type Entry<T> = { readonly item: T; place: number };

/** Finds the place for an entry, beginning at its own, which is free. */
function settle<T>(entries: Entry<T>[], isBefore: IsBefore<T>, entry: Entry<T>): void {
  rise(entries, isBefore, entry);
  sink(entries, isBefore, entry);
}

function rise<T>(entries: Entry<T>[], isBefore: IsBefore<T>, entry: Entry<T>): void {
  while (entry.place > 0) {
    const parent = (entry.place - 1) >> 1;
    const above = entries[parent] as Entry<T>; // below the size
    if (!isBefore(entry.item, above.item)) return;
    entries[entry.place] = above;
    above.place = entry.place;
    entry.place = parent;
  }
}

function sink<T>(entries: Entry<T>[], isBefore: IsBefore<T>, entry: Entry<T>): void {
  for (let child = 2 * entry.place + 1; child < entries.length; child = 2 * entry.place + 1) {
    let below = entries[child] as Entry<T>;
    const other = entries[child + 1];
    if (other !== undefined && isBefore(other.item, below.item)) below = other;
    if (!isBefore(below.item, entry.item)) break;
    const { place } = below;
    entries[entry.place] = below;
    below.place = entry.place;
    entry.place = place;
  }
  entries[entry.place] = entry;
}

function* walk<T>(entries: readonly Entry<T>[], isBefore: IsBefore<T>): Generator<T> {
  const isNearer = (left: number, right: number) =>
    isBefore((entries[left] as Entry<T>).item, (entries[right] as Entry<T>).item);
  const frontier: Entry<number>[] = entries.length > 0 ? [{ item: 0, place: 0 }] : [];
  for (let first = frontier[0]; first !== undefined; first = frontier[0]) {
    const node = first.item;
    yield (entries[node] as Entry<T>).item;
    const last = frontier.pop() as Entry<number>;
    if (frontier.length > 0) settle(frontier, isNearer, Object.assign(last, { place: 0 }));
    for (let child = 2 * node + 1; child <= 2 * node + 2 && child < entries.length; child += 1)
      settle(frontier, isNearer, { item: child, place: frontier.length });
  }
}
