import { createMoments } from './moments.ts';
import { countUntil, type Moment, pastState } from './past-state.ts';
import type { ReplayWish } from './replay-wish.ts';
import { createSlices } from './slices.ts';
import { emptyState, type Slice, type SwarmEvent } from './swarm-state.ts';
import type { SwarmSource } from './swarm-store.ts';

/** How a replay stands. Unix seconds. */
export type ReplayView = {
  readonly from: number;
  readonly to: number;
  /** Where it is to be; what pages show is of `shownAt` until that moment is read. */
  readonly at: number;
  /** The moment that pages show; undefined before the first one is there. */
  readonly shownAt: number | undefined;
  readonly isPlaying: boolean;
  readonly speed: number;
  /** What happened in it, oldest first. */
  readonly events: readonly SwarmEvent[];
  /** Why the moment cannot be shown. */
  readonly error: Error | undefined;
};

/** An interval of the past: pages show one moment of it, and time goes on in it as somebody wishes. */
export type Replay = SwarmSource & {
  readonly view: () => ReplayView;
  readonly subscribeView: (listener: () => void) => () => void;
  /** Unix seconds. */
  readonly seek: (at: number) => void;
  /** To the next event, or the one before. */
  readonly step: (direction: 1 | -1) => void;
  readonly play: () => void;
  readonly pause: () => void;
  readonly setSpeed: (speed: number) => void;
  /** One tick of playing is over; to be called every TICK_MS. */
  readonly tick: () => void;
  /** Reads again what could not be read. */
  readonly retry: () => void;
  readonly start: () => void;
  readonly stop: () => void;
};

export type ReplayReads = {
  readonly moment: (wish: { at: number; isWithQueue: boolean; signal: AbortSignal }) => Promise<Moment>;
  /** Of the interval, oldest first. */
  readonly events: (wish: { from: number; to: number; signal: AbortSignal }) => Promise<readonly SwarmEvent[]>;
};

export const SPEEDS = [0.5, 1, 2, 5, 10, 20, 50, 100] as const;
export const TICK_MS = 500;
/** Moments that are read before playing needs them. */
const AHEAD = 4;
/** What an event changed is written down a moment after it was told of. */
const AFTER_EVENT_S = 0.25;

/** All but the connection. */
const SLICES: readonly Slice[] = [
  ...(['status', 'counts', 'ready', 'isPaused', 'nodes', 'queue', 'builds', 'events', 'estimates', 'minutes'] as const),
];

/**
 * A replay. Moments are read one after the other, never two at once, kept, and read ahead while it plays; it waits
 * for what is not there yet, so that what pages show is always of the moment that is named. `live` tells of the
 * connection, which is of now.
 */
export function createReplay({ from, to, at }: ReplayWish, reads: ReplayReads, live: SwarmSource): Replay {
  const state = Object.defineProperty(emptyState(), 'connection', { get: () => live.state.connection });
  const slices = createSlices(state);
  const moments = createMoments();
  const listeners = new Set<() => void>();
  let view: ReplayView = { from, to, at, shownAt: undefined, isPlaying: false, speed: 1, events: [], error: undefined };
  let shown: Moment | undefined;
  let queueWishes = 0;
  let running: AbortController | undefined;
  let isReading = false;
  /** What could not be read ahead is tried again only when it is waited for. */
  let missed: number | undefined;

  const change = (next: Partial<ReplayView>) => {
    view = { ...view, ...next };
    for (const listener of listeners) listener();
  };
  const isWithQueue = () => queueWishes > 0;
  const show = (moment: Moment) => {
    shown = moment;
    Object.assign(state, pastState(moment, view.events, view.at));
    for (const slice of SLICES) slices.touch(slice);
    const error = moment.reason === undefined ? undefined : new Error(moment.reason);
    change({ shownAt: view.at, error, ...(error === undefined ? {} : { isPlaying: false }) });
  };
  /** The moment that is waited for, else one that will be. */
  const nextToRead = () => {
    const steps = Array.from({ length: view.isPlaying ? AHEAD : 0 }, (_, index) => after(view, index + 1));
    return [view.at, ...steps].find(
      (each) => moments.get(each, isWithQueue()) === undefined && (each === view.at || each !== missed),
    );
  };
  const update = () => {
    const moment = moments.get(view.at, isWithQueue());
    if (moment !== undefined && (moment !== shown || view.shownAt !== view.at)) show(moment);
    if (isReading || running === undefined || view.error !== undefined) return;
    const next = nextToRead();
    if (next !== undefined) void read(next, running.signal);
  };
  const read = async (wanted: number, signal: AbortSignal) => {
    isReading = true;
    try {
      moments.keep(wanted, await reads.moment({ at: wanted, isWithQueue: isWithQueue(), signal }));
    } catch (error) {
      missed = wanted;
      if (!signal.aborted && wanted === view.at) change({ error: errorOf(error), isPlaying: false });
    }
    isReading = false;
    update();
  };
  const readEvents = async (signal: AbortSignal) => {
    try {
      const events = await reads.events({ from, to, signal });
      if (signal.aborted) return;
      change({ events });
      if (shown !== undefined && view.shownAt === view.at) show(shown);
    } catch {
      // Without them it plays all the same; there is only nothing to step to.
    }
  };
  const go = (next: number, more: Partial<ReplayView> = {}) => {
    change({ at: Math.round(1000 * Math.max(from, Math.min(to, next))) / 1000, error: undefined, ...more });
    update();
  };
  return {
    state,
    version: (slice) => (slice === 'connection' ? live : slices).version(slice),
    subscribe: (slice, listener) => (slice === 'connection' ? live : slices).subscribe(slice, listener),
    wantQueue: () => {
      queueWishes += 1;
      update();
      return () => {
        queueWishes -= 1;
      };
    },
    view: () => view,
    subscribeView: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    seek: (next) => go(next),
    step: (direction) => go(eventBeside(view, direction), { isPlaying: false }),
    play: () => go(view.at >= to ? from : view.at, { isPlaying: true }),
    pause: () => change({ isPlaying: false }),
    setSpeed: (speed) => {
      change({ speed });
      update();
    },
    tick: () => {
      if (!view.isPlaying || view.shownAt !== view.at) return;
      if (view.at >= to) return change({ isPlaying: false });
      go(after(view, 1));
    },
    retry: () => go(view.at),
    start: () => {
      if (running !== undefined) return;
      running = new AbortController();
      void readEvents(running.signal);
      update();
    },
    stop: () => {
      running?.abort();
      running = undefined;
    },
  };
}

/** Where playing will be after so many ticks. */
function after({ at, to, speed }: ReplayView, ticks: number): number {
  return Math.round(1000 * Math.min(to, at + (ticks * speed * TICK_MS) / 1000)) / 1000;
}

function eventBeside({ events, at, from, to }: ReplayView, direction: 1 | -1): number {
  // Those at the very same time are one step.
  if (direction === 1) return (events[countUntil(events, at)]?.timestamp ?? to) + AFTER_EVENT_S;
  const before = events[countUntil(events, at - 2 * AFTER_EVENT_S) - 1];
  return before === undefined ? from : before.timestamp + AFTER_EVENT_S;
}

function errorOf(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
