import { type Bar, endOf } from './bars.ts';
import type { DroneLanes } from './lanes.ts';

/** A build of the chain that decided the end, and what it followed. */
export type PathStep = {
  readonly bar: Bar;
  /** It began when this package was there, when the slot became free, or was the first. */
  readonly waitedFor: 'need' | 'slot' | 'nothing';
  /** Seconds between the end of the build before and its beginning. */
  readonly waitS: number;
};

export type CriticalPath = {
  /** From the first to the last. */
  readonly steps: readonly PathStep[];
  readonly keys: ReadonlySet<string>;
  /** Seconds from the first beginning to the last end, and those of them in which nothing of the chain was built. */
  readonly spanS: number;
  readonly waitS: number;
};

/** Ends and beginnings are noted in different requests. */
const TOLERANCE_S = 2;

/**
 * The chain of builds that decided when the last one ended: from that one back, each time to whoever ended last of
 * the package that it waited for and the build that had its slot before.
 */
export function criticalPath(drones: readonly DroneLanes[], now: number, counts: (bar: Bar) => boolean): CriticalPath {
  const before = new Map<string, Bar>();
  const byKey = new Map<string, Bar>();
  let last: Bar | undefined;
  for (const lane of drones.flatMap(({ lanes }) => lanes))
    for (const [at, bar] of lane.entries()) {
      byKey.set(bar.key, bar);
      const previous = lane[at - 1];
      if (previous !== undefined) before.set(bar.key, previous);
      if (counts(bar) && (last === undefined || endAt(bar, now) > endAt(last, now))) last = bar;
    }
  const steps: PathStep[] = [];
  const keys = new Set<string>();
  for (let bar = last; bar !== undefined && !keys.has(bar.key); ) {
    const need = earlier(byKey.get(bar.after ?? ''), bar, now);
    const slot = earlier(before.get(bar.key), bar, now);
    const isSlot = slot !== undefined && (need === undefined || endAt(slot, now) > endAt(need, now));
    const previous: Bar | undefined = isSlot ? slot : need;
    keys.add(bar.key);
    steps.unshift({
      bar,
      waitedFor: previous === undefined ? 'nothing' : isSlot ? 'slot' : 'need',
      waitS: previous === undefined ? 0 : Math.max(0, bar.from - endAt(previous, now)),
    });
    bar = previous;
  }
  return {
    ...{ steps, keys },
    spanS: steps.length === 0 || last === undefined ? 0 : endAt(last, now) - (steps[0]?.bar.from ?? 0),
    waitS: steps.reduce((sum, step) => sum + step.waitS, 0),
  };
}

function earlier(candidate: Bar | undefined, bar: Bar, now: number): Bar | undefined {
  return candidate !== undefined && endAt(candidate, now) <= bar.from + TOLERANCE_S ? candidate : undefined;
}

/** A running one lasts until it is expected to end. */
function endAt(bar: Bar, now: number): number {
  return Math.max(endOf(bar, now), bar.expectedTo ?? 0);
}
