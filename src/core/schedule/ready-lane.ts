import { type AdmissionClass, classOf } from './admission.ts';
import { type IndexedHeap, indexedHeap } from './indexed-heap.ts';
import { isMoreUrgent, type ReadyPackage } from './ready-package.ts';

/** Packages that are alike to admission, most urgent first. */
type ReadyClass = { readonly kind: AdmissionClass; readonly packages: IndexedHeap<ReadyPackage> };

/** The ready packages of one session, or those that were bumped by hand, in order of urgency. */
export type ReadyLane = {
  readonly size: () => number;
  readonly insert: (ready: ReadyPackage) => void;
  readonly remove: (ready: ReadyPackage) => void;
  readonly first: () => ReadyPackage | undefined;
  /** In order of urgency, without the classes that `isRefused`, which is asked once for each class. */
  readonly walk: (isRefused: IsRefused) => Iterable<ReadyPackage>;
};

/** Whether nothing of a class may be taken. `first` stands for the class, which has `count` packages. */
export type IsRefused = (kind: AdmissionClass, first: ReadyPackage, count: number) => boolean;

/** Classes are kept apart so that a drone passes over all that it may not take at the cost of one look. */
export function readyLane(): ReadyLane {
  const classes = new Map<string, ReadyClass>();
  let size = 0;
  return {
    size: () => size,
    insert: (ready) => {
      classFor(classes, ready).packages.insert(ready);
      size += 1;
    },
    remove: (ready) => {
      const key = classKey(ready);
      const { packages } = classes.get(key) ?? {};
      if (!packages?.remove(ready)) return;
      size -= 1;
      if (packages.size() === 0) classes.delete(key);
    },
    first: () => firstOf(classes.values()),
    walk: (isRefused) => {
      const heaps = open(classes.values(), isRefused);
      return heaps.length === 1 ? (heaps[0] as IndexedHeap<ReadyPackage>).walk() : merged(heaps);
    },
  };
}

function classFor(classes: Map<string, ReadyClass>, ready: ReadyPackage): ReadyClass {
  const key = classKey(ready);
  const found = classes.get(key) ?? { kind: classOf(ready), packages: indexedHeap(isMoreUrgent) };
  classes.set(key, found);
  return found;
}

function classKey(ready: ReadyPackage): string {
  const { arch, labels, group, memoryFloorMb, diskFloorBytes } = classOf(ready);
  const wishes = labels.length === 0 ? '' : JSON.stringify(labels.toSorted());
  return `${arch} ${group} ${memoryFloorMb} ${diskFloorBytes} ${wishes}`;
}

function firstOf(classes: Iterable<ReadyClass>): ReadyPackage | undefined {
  let best: ReadyPackage | undefined;
  for (const { packages } of classes) {
    const first = packages.first();
    if (first !== undefined && (best === undefined || isMoreUrgent(first, best))) best = first;
  }
  return best;
}

/** The classes are asked about in order of urgency, since what is refused first may have room kept for it. */
function open(classes: Iterable<ReadyClass>, isRefused: IsRefused): IndexedHeap<ReadyPackage>[] {
  const heads = Array.from(classes, ({ kind, packages }) => ({
    kind,
    packages,
    first: packages.first() as ReadyPackage,
  }));
  heads.sort((left, right) => (isMoreUrgent(left.first, right.first) ? -1 : 1));
  return heads.flatMap(({ kind, packages, first }) => (isRefused(kind, first, packages.size()) ? [] : [packages]));
}

type Run = { readonly ready: ReadyPackage; readonly rest: Iterator<ReadyPackage> };

/** Several walks as one, each as far as it is needed. */
function* merged(heaps: readonly IndexedHeap<ReadyPackage>[]): Generator<ReadyPackage> {
  const runs = indexedHeap<Run>((left, right) => isMoreUrgent(left.ready, right.ready));
  for (const heap of heaps) advance(runs, heap.walk()[Symbol.iterator]());
  for (let run = runs.first(); run !== undefined; run = runs.first()) {
    runs.remove(run);
    advance(runs, run.rest);
    yield run.ready;
  }
}

function advance(runs: IndexedHeap<Run>, rest: Iterator<ReadyPackage>): void {
  const next = rest.next();
  if (!next.done) runs.insert({ ready: next.value, rest });
}
