import type { DroneId } from '../core/ids.ts';
import type { StoredEvent } from './ports.ts';

/** What was touched and not told of yet. */
export type Pending = {
  readonly note: (events: readonly StoredEvent[]) => void;
  heard(id: DroneId): void;
  /** Resolves when there is something to tell of after the event `told`, or when the signal is given. */
  touched(told: number, signal: AbortSignal): Promise<void>;
  /** The newest event that was announced, and so committed; 0 when there was none. */
  announced(): number;
  /** Whether the queue was touched, and by what name; null for more than can be named. */
  takeQueue(): { readonly names: readonly string[] | null } | undefined;
  takeDrones(): readonly DroneId[];
  takeHeard(): readonly DroneId[];
  clear(): void;
};

/** Events without a package that say something about many. */
const CHANGES_MANY: ReadonlySet<string> = new Set(['queue', 'unblock', 'control', 'session', 'rebalance']);

/** Bounded by the number of drones, and by `rows` packages; the names of more are forgotten. */
export function createPending(rows: number): Pending {
  const bell = createBell();
  const packages = new Set<string>();
  const drones = new Set<DroneId>();
  const heard = new Set<DroneId>();
  let announced = 0;
  let isQueueTouched = false;
  let isManyTouched = false;

  const noteEvent = (event: StoredEvent) => {
    announced = Math.max(announced, event.id);
    if (event.droneId !== null) drones.add(event.droneId);
    if (event.package !== null && packages.size <= rows) packages.add(event.package);
    if (event.package === null && event.droneId === null && CHANGES_MANY.has(event.type)) isManyTouched = true;
  };

  return {
    note: (events) => {
      for (const event of events) noteEvent(event);
      isQueueTouched = true;
      bell.ring();
    },
    heard: (id) => {
      heard.add(id);
      bell.ring();
    },
    touched: (told, signal) => {
      const isTouched = isQueueTouched || announced > told || drones.size + heard.size > 0;
      return isTouched ? Promise.resolve() : bell.wait(signal);
    },
    announced: () => announced,
    takeQueue: () => {
      if (!isQueueTouched) return undefined;
      const names = isManyTouched || packages.size > rows ? null : [...packages];
      isQueueTouched = false;
      isManyTouched = false;
      packages.clear();
      return { names };
    },
    takeDrones: () => take(drones, rows),
    takeHeard: () => take(heard, rows),
    clear: () => {
      for (const each of [packages, drones, heard]) each.clear();
      isQueueTouched = false;
      isManyTouched = false;
      announced = 0;
    },
  };
}

function createBell(): { ring(): void; wait(signal: AbortSignal): Promise<void> } {
  let wake: (() => void) | undefined;
  return {
    ring: () => wake?.(),
    wait: (signal) =>
      new Promise((resolve) => {
        wake = () => {
          wake = undefined;
          signal.removeEventListener('abort', wakeNow);
          resolve();
        };
        const wakeNow = () => wake?.();
        if (signal.aborted) wakeNow();
        else signal.addEventListener('abort', wakeNow, { once: true });
      }),
  };
}

function take<T>(set: Set<T>, count: number): T[] {
  const taken: T[] = [];
  for (const each of set) {
    if (taken.length === count) break;
    taken.push(each);
    set.delete(each);
  }
  return taken;
}
