import type { AttemptId } from '../core/ids.ts';
import type { Glance } from './build-watch.ts';
import type { Bell } from './waiting.ts';

/** Why a build is ended before its time. `stale`: it was given to somebody else, nobody wants to hear of it. */
export type EndReason = 'stale' | 'stopping';

/** An attempt that this drone answers for: first building in a slot, then waiting to be delivered. */
export type Held = {
  readonly attempt: AttemptId;
  readonly package: string;
  readonly startedAtMs: number;
  readonly stage: 'building' | 'delivering';
  readonly phase: string;
  /** As its processes were seen last; undefined before the first look. */
  readonly glance?: Glance;
  /** Aborted with an `EndReason`. */
  readonly build: AbortController;
  readonly delivery: AbortController;
};

/** The attempts of a drone, in memory; rings the bell at every change. */
export type Slots = {
  hold(attempt: AttemptId, packageName: string, stage?: Held['stage']): Held;
  has(attempt: AttemptId): boolean;
  all(): readonly Held[];
  enterPhase(attempt: AttemptId, phase: string): void;
  /** How it gets on. Wakes nobody. */
  note(attempt: AttemptId, glance: Glance): void;
  /** The slot is free; what is left is to deliver. */
  startDelivery(attempt: AttemptId): void;
  release(attempt: AttemptId): void;
  /** End the builds and deliveries of attempts that are not current any more. */
  endStale(attempts: readonly AttemptId[]): void;
  /** End all builds; deliveries go on. */
  endBuilds(): void;
  endDeliveries(): void;
};

export function createSlots(bell: Bell, now: () => number): Slots {
  const held = new Map<AttemptId, Held>();
  const change = (attempt: AttemptId, part: Partial<Held>) => {
    const one = held.get(attempt);
    if (one === undefined) return;
    held.set(attempt, { ...one, ...part });
    bell.ring();
  };
  const end = (which: 'build' | 'delivery', reason: EndReason, attempts: Iterable<AttemptId>) => {
    for (const attempt of attempts) held.get(attempt)?.[which].abort(reason);
  };
  return {
    hold: (attempt, packageName, stage = 'building') => {
      const one: Held = {
        attempt,
        package: packageName,
        startedAtMs: now(),
        stage,
        phase: stage === 'building' ? 'start' : 'upload',
        build: new AbortController(),
        delivery: new AbortController(),
      };
      held.set(attempt, one);
      return one;
    },
    has: (attempt) => held.has(attempt),
    all: () => [...held.values()],
    enterPhase: (attempt, phase) => change(attempt, { phase }),
    note: (attempt, glance) => {
      const one = held.get(attempt);
      if (one !== undefined) held.set(attempt, { ...one, glance });
    },
    startDelivery: (attempt) => change(attempt, { stage: 'delivering', phase: 'upload' }),
    release: (attempt) => {
      held.delete(attempt);
      bell.ring();
    },
    endStale: (attempts) => {
      end('build', 'stale', attempts);
      end('delivery', 'stale', attempts);
    },
    endBuilds: () => end('build', 'stopping', held.keys()),
    endDeliveries: () => end('delivery', 'stopping', held.keys()),
  };
}

/** Whether a drone with these attempts may ask for another one. */
export function mayAsk(
  held: readonly Held[],
  limits: { readonly slots: number; readonly spoolLimit: number },
): boolean {
  const building = held.filter((one) => one.stage === 'building').length;
  return building < limits.slots && held.length - building < limits.spoolLimit;
}
