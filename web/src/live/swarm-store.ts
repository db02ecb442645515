import { ApiError } from '../../../src/client/api-error.ts';
import type { SwarmMessage } from '../../../src/client/stream.ts';
import { api } from '../api/api.ts';
import { follow } from '../api/follow.ts';
import { createSlices } from './slices.ts';
import { applyMessage, emptyState, type FollowUp, type QueueRow, type Slice, type SwarmState } from './swarm-state.ts';

/** Where pages look: the swarm as it is, or as it was at some time. */
export type SwarmSource = {
  readonly state: SwarmState;
  /** Grows with each change of the slice. */
  readonly version: (slice: Slice) => number;
  readonly subscribe: (slice: Slice, listener: () => void) => () => void;
  /** Some page shows the whole queue: load it, and keep it up to date. What is returned ends that, if it can end. */
  readonly wantQueue: () => (() => void) | undefined;
};

export type LiveStore = SwarmSource & {
  readonly start: () => void;
  readonly stop: () => void;
  /** Read everything again: after a control action, or with another token. */
  readonly refresh: () => void;
};

const TOPICS = ['events', 'queue', 'nodes', 'progress', 'estimates'];
const PAGE_ROWS = 10_000;
/** What was asked for again and again is loaded once. */
const GATHER_MS = 400;

/** Follows the control plane over one stream. Listeners are told once a frame. */
export function createLiveStore(): LiveStore {
  const state = emptyState();
  const slices = createSlices(state);
  let running: AbortController | undefined;
  const pending = new Set<FollowUp>();
  let gathering: ReturnType<typeof setTimeout> | undefined;

  const load = async (what: ReadonlySet<FollowUp>) => {
    const isAll = what.has('all');
    await Promise.all([
      isAll || what.has('status') ? loadStatus(state, slices.touch) : undefined,
      isAll ? loadEvents(state, slices.touch) : undefined,
      isAll || what.has('nodes') ? loadNodes(state, slices.touch) : undefined,
      (isAll || what.has('queue')) && state.queue !== undefined ? loadQueue(state, slices.touch) : undefined,
    ]);
  };
  const ask = (what: FollowUp) => {
    pending.add(what);
    gathering ??= setTimeout(() => {
      const wanted = new Set(pending);
      pending.clear();
      gathering = undefined;
      load(wanted).catch(() => {
        // The stream says that the connection is gone, and everything is read again when it is back.
      });
    }, GATHER_MS);
  };
  const take = (message: SwarmMessage) => {
    if (state.connection.state === 'lost' && message.event === 'hello') ask('all');
    const { slices: changed, followUps } = applyMessage(state, message, Date.now());
    for (const slice of changed) slices.touch(slice);
    for (const what of followUps) ask(what);
  };
  const run = async (signal: AbortSignal) => {
    while (!signal.aborted) {
      try {
        await load(new Set<FollowUp>(['all']));
        for await (const message of follow(TOPICS, { signal, onLost: (error, waitMs) => lose(error, waitMs) })) {
          take(message);
        }
      } catch (error) {
        if (error instanceof ApiError && (error.status === 401 || error.status === 403)) return refuse(error);
        lose(error, RETRY_MS);
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  };
  const lose = (error: unknown, waitMs: number) => {
    state.connection = { state: 'lost', retryAt: Date.now() + waitMs, reason: wordsOf(error) };
    slices.touch('connection');
  };
  const refuse = (error: Error) => {
    state.connection = { state: 'refused', reason: error.message };
    slices.touch('connection');
  };
  const start = () => {
    if (running !== undefined) return;
    running = new AbortController();
    void run(running.signal);
  };
  const stop = () => {
    running?.abort();
    running = undefined;
  };
  return {
    state,
    version: slices.version,
    subscribe: slices.subscribe,
    wantQueue: () => {
      if (state.queue !== undefined) return undefined;
      state.queue = new Map();
      ask('queue');
      return undefined;
    },
    start,
    stop,
    refresh: () => {
      if (state.connection.state === 'live') return ask('all');
      stop();
      state.connection = { state: 'connecting' };
      slices.touch('connection');
      start();
    },
  };
}

const RETRY_MS = 2_000;

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

type Touch = (slice: Slice) => void;

async function loadStatus(state: SwarmState, touch: Touch): Promise<void> {
  const status = await api.status();
  state.status = status;
  const { needed, delegated, received, blocked, failed, total } = status;
  state.counts = { needed, delegated, received, blocked, failed, total };
  state.isPaused = status.paused;
  for (const slice of ['status', 'counts', 'isPaused'] as const) touch(slice);
}

async function loadEvents(state: SwarmState, touch: Touch): Promise<void> {
  state.events = (await api.events()).events;
  touch('events');
}

async function loadNodes(state: SwarmState, touch: Touch): Promise<void> {
  const nodes = await api.nodes({ query: { all: 'true' } });
  state.nodes = new Map((Array.isArray(nodes) ? nodes : nodes.drones).map((node) => [node.id, node]));
  touch('nodes');
}

async function loadQueue(state: SwarmState, touch: Touch): Promise<void> {
  const rows: QueueRow[] = [];
  for (;;) {
    const page = await api.queueList({ query: { limit: PAGE_ROWS, offset: rows.length } });
    rows.push(...page);
    if (page.length < PAGE_ROWS) break;
  }
  state.queue = new Map(rows.map((row) => [row.id, row]));
  touch('queue');
}
