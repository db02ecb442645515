import type { DroneId } from '../core/ids.ts';
import { createPending, type Pending } from './feed-pending.ts';
import type { Clock, EventHub, RunningBuild, StoredEvent } from './ports.ts';
import type { NodeLine, QueueCounts, QueueLine, StreamReads } from './stream-ports.ts';

/** What there is to tell of. */
export type FeedTopic = 'events' | 'queue' | 'nodes' | 'progress';

export type BuildProgress = RunningBuild & { readonly droneId: DroneId; readonly drone: string };

/** Everything new since the batch before; null where nothing is. */
export type FeedBatch = {
  /** `events` are those after `from`, up to and with `position`. */
  readonly from: number;
  readonly position: number;
  readonly events: readonly StoredEvent[];
  readonly queue: {
    readonly counts: QueueCounts;
    readonly ready: number;
    readonly isPaused: boolean;
    /** Null when there are too many to name. */
    readonly changed: readonly QueueLine[] | null;
  } | null;
  readonly nodes: { readonly changed: readonly NodeLine[]; readonly gone: readonly DroneId[] } | null;
  readonly progress: readonly BuildProgress[] | null;
};

export type SwarmFeed = {
  /** Begin to look at what happens. */
  open(): Promise<void>;
  /** Do nothing any more until it is opened again. */
  close(): void;
  /** The newest event that was told of. */
  position(): number;
  /** A drone sent a heartbeat. */
  nodeHeard(id: DroneId): void;
};

type Needs = { readonly hub: EventHub; readonly reads: StreamReads; readonly clock: Clock };

type Listener = {
  /** Whether anybody wants to know; what nobody wants is not read. */
  readonly wants: (topic: FeedTopic) => boolean;
  readonly deliver: (batch: FeedBatch) => void;
  readonly onError: (error: unknown) => void;
};

/** Time between two batches: at most four a second. */
const PAUSE_MS = 250;
/** Heartbeats are no news; they are told of at this pace. */
const HEARTBEATS_EVERY_MS = 1_000;
/** Rows of one batch. */
const ROWS = 200;
const EVENTS_OF_A_BATCH = 2_000;
/** When there are more to tell of, listeners are better off to read the state again. */
const EVENTS_TOO_MANY = 20_000;

/**
 * Tells one listener what changed, a few times a second, from the events that were committed. Only rows that
 * those events name are read again. Closed, it does nothing and remembers nothing.
 */
export function createSwarmFeed(needs: Needs, listener: Listener): SwarmFeed {
  const pending = createPending(ROWS);
  const collect = collector(needs, listener, pending);
  let position = 0;
  let running: AbortController | undefined;

  const loop = async (signal: AbortSignal) => {
    while (!signal.aborted) {
      await pending.touched(position, signal);
      try {
        const batch = await collect(position);
        if (signal.aborted) return;
        position = batch.position;
        listener.deliver(batch);
      } catch (error) {
        listener.onError(error);
      }
      await needs.clock.sleep(PAUSE_MS, signal);
    }
  };

  return {
    open: async () => {
      running = new AbortController();
      const { signal } = running;
      pending.clear();
      // Subscribed before asking, so that nothing is missed in between.
      signal.addEventListener('abort', needs.hub.subscribe(pending.note), { once: true });
      position = (await needs.reads.eventIds()).latest;
      void loop(signal);
    },
    close: () => {
      running?.abort();
      running = undefined;
      pending.clear();
    },
    position: () => position,
    nodeHeard: (id) => {
      if (running !== undefined && (listener.wants('nodes') || listener.wants('progress'))) pending.heard(id);
    },
  };
}

/** Makes the function that reads what is new after an event. */
function collector(needs: Needs, { wants }: Listener, pending: Pending): (from: number) => Promise<FeedBatch> {
  const { reads, clock } = needs;
  let heartbeatsToldAt = Number.NEGATIVE_INFINITY;

  const takeHeard = () => {
    if (clock.elapsed() - heartbeatsToldAt < HEARTBEATS_EVERY_MS) return [];
    heartbeatsToldAt = clock.elapsed();
    return pending.takeHeard();
  };

  const fleet = async () => {
    const heard = new Set(takeHeard());
    const ids = [...new Set([...pending.takeDrones(), ...heard])];
    if (ids.length === 0 || !(wants('nodes') || wants('progress'))) return { nodes: null, progress: null };
    const changed = await reads.nodes(ids);
    const known = new Set(changed.map((node) => node.id));
    const progress = changed.filter((node) => heard.has(node.id)).flatMap(progressOf);
    return {
      nodes: { changed, gone: ids.filter((id) => !known.has(id)) },
      progress: progress.length === 0 ? null : progress,
    };
  };

  const queue = async () => {
    const touched = pending.takeQueue();
    if (touched === undefined || !wants('queue')) return null;
    return {
      ...(await reads.queueCounts()),
      changed: touched.names === null ? null : await reads.packages(touched.names),
    };
  };

  return async (from) => ({
    ...(await eventsAfter(reads, { from, announced: pending.announced(), isWanted: wants('events') })),
    queue: await queue(),
    ...(await fleet()),
  });
}

type Wish = { readonly from: number; readonly announced: number; readonly isWanted: boolean };

/** Only up to what was announced: a younger event might not be committed yet. */
async function eventsAfter(reads: StreamReads, { from, announced, isWanted }: Wish) {
  if (announced <= from) return { from, position: from, events: [] };
  if (!isWanted || announced - from > EVENTS_TOO_MANY) return { from: announced, position: announced, events: [] };
  const events = await reads.eventsBetween({ after: from, upTo: announced, limit: EVENTS_OF_A_BATCH });
  const isAll = events.length < EVENTS_OF_A_BATCH;
  return { from, position: isAll ? announced : (events.at(-1)?.id ?? announced), events };
}

function progressOf(node: NodeLine): BuildProgress[] {
  return node.running.map((build) => ({ ...build, droneId: node.id, drone: node.name }));
}
