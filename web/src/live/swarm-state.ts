import type { SwarmMessage } from '../../../src/client/stream.ts';
import type { Reply } from '../api/api.ts';

export type Status = Reply<'status'>;
export type Node = Extract<Reply<'nodes'>, readonly unknown[]>[number];
export type QueueRow = Reply<'queueList'>[number];
export type SwarmEvent = Reply<'events'>['events'][number];
export type Estimates = Extract<SwarmMessage, { event: 'estimates' }>['data'];
export type Build = Extract<SwarmMessage, { event: 'progress' }>['data']['builds'][number] & {
  /** When it was said, in milliseconds of this browser. */
  readonly heardAt: number;
};

export type Counts = Pick<Status, 'needed' | 'delegated' | 'received' | 'blocked' | 'failed' | 'total'>;

export type Connection =
  | { readonly state: 'connecting' }
  | { readonly state: 'live' }
  | { readonly state: 'lost'; readonly retryAt: number; readonly reason: string }
  /** Viewing takes a token here, or the one there is was refused. */
  | { readonly state: 'refused'; readonly reason: string };

/** Packages received, and builds that failed, in one minute. */
export type Minute = { readonly at: number; readonly received: number; readonly failed: number };

/** The swarm as pages see it, live or as it was. */
export type SwarmState = {
  connection: Connection;
  status: Status | undefined;
  counts: Counts | undefined;
  /** Could be handed out now. */
  ready: number;
  isPaused: boolean;
  nodes: Map<string, Node>;
  /** Undefined until a page that shows it has asked for it. */
  queue: Map<number, QueueRow> | undefined;
  /** By attempt. */
  builds: Map<number, Build>;
  /** The newest, oldest first. */
  events: readonly SwarmEvent[];
  estimates: Estimates | undefined;
  minutes: readonly Minute[];
};

export type Slice = keyof SwarmState;

export function emptyState(): SwarmState {
  return {
    connection: { state: 'connecting' },
    status: undefined,
    counts: undefined,
    ready: 0,
    isPaused: false,
    nodes: new Map(),
    queue: undefined,
    builds: new Map(),
    events: [],
    estimates: undefined,
    minutes: [],
  };
}

const EVENTS_KEPT = 500;
const MINUTES_KEPT = 120;
/** A build of which nothing was heard for so long is not drawn as running any more. */
const SILENT_MS = 90_000;

/** What a message asks for beside what it says. */
export type FollowUp = 'queue' | 'nodes' | 'status' | 'all';

type Changes = { readonly slices: Set<Slice>; readonly followUps: Set<FollowUp> };

/** Take a message of the stream into the state. `now` in milliseconds. */
export function applyMessage(state: SwarmState, message: SwarmMessage, now: number): Changes {
  const slices = new Set<Slice>();
  const followUps = new Set<FollowUp>();
  switch (message.event) {
    case 'events':
      takeEvent(state, message.data, slices, followUps);
      break;
    case 'queue':
      takeQueue(state, message.data, slices, followUps);
      break;
    case 'nodes':
      takeNodes(state, message.data, slices, followUps);
      break;
    case 'progress':
      takeProgress(state, message.data, now);
      for (const [attempt, { heardAt }] of state.builds) if (now - heardAt > SILENT_MS) state.builds.delete(attempt);
      slices.add('builds');
      break;
    case 'estimates':
      state.estimates = message.data;
      slices.add('estimates');
      break;
    case 'resync':
      followUps.add('all');
      break;
    case 'hello':
      state.connection = { state: 'live' };
      slices.add('connection');
      break;
    case 'bye':
    case 'log':
      break;
  }
  return { slices, followUps };
}

type Data<Name extends SwarmMessage['event']> = Extract<SwarmMessage, { event: Name }>['data'];

/** What happened to sessions and to the health of drones is in the status. */
const OF_STATUS = new Set(['session', 'grounded', 'disabled']);

function takeEvent(state: SwarmState, event: Data<'events'>, slices: Set<Slice>, followUps: Set<FollowUp>): void {
  if ((state.events.at(-1)?.id ?? -1) >= event.id) return;
  state.events = [...state.events, event].slice(-EVENTS_KEPT);
  slices.add('events');
  if (OF_STATUS.has(event.type)) followUps.add('status');
}

function takeQueue(
  state: SwarmState,
  { counts, ready, paused, changed }: Data<'queue'>,
  slices: Set<Slice>,
  followUps: Set<FollowUp>,
): void {
  countMinute(state, counts, slices);
  Object.assign(state, { counts, ready, isPaused: paused });
  for (const slice of ['counts', 'ready', 'isPaused'] as const) slices.add(slice);
  if (changed === null) {
    if (state.queue !== undefined) followUps.add('queue');
    return;
  }
  for (const row of changed) {
    const ended = row.status === 'delegated' ? undefined : buildOf(state, row.package);
    if (ended !== undefined) state.builds.delete(ended);
  }
  slices.add('builds');
  if (state.queue === undefined || changed.length === 0) return;
  for (const row of changed) {
    const before = state.queue.get(row.id);
    if (before === undefined) followUps.add('queue');
    else state.queue.set(row.id, { ...before, ...row });
  }
  slices.add('queue');
}

/** The attempt that builds a package, as far as drones have said. */
function buildOf(state: SwarmState, name: string): number | undefined {
  for (const [attempt, build] of state.builds) if (build.package === name) return attempt;
  return undefined;
}

function countMinute(state: SwarmState, counts: Counts, slices: Set<Slice>): void {
  const received = Math.max(0, counts.received - (state.counts?.received ?? counts.received));
  const failed = Math.max(
    0,
    counts.blocked +
      counts.failed -
      ((state.counts?.blocked ?? counts.blocked) + (state.counts?.failed ?? counts.failed)),
  );
  if (received === 0 && failed === 0) return;
  const at = Math.floor(Date.now() / 60_000) * 60_000;
  const last = state.minutes.at(-1);
  const now = { at, received, failed };
  const sum = last?.at === at ? { at, received: last.received + received, failed: last.failed + failed } : now;
  state.minutes = [...(last?.at === at ? state.minutes.slice(0, -1) : state.minutes), sum].slice(-MINUTES_KEPT);
  slices.add('minutes');
}

/** What a drone does not name any more is over. */
function takeProgress(state: SwarmState, { builds }: Data<'progress'>, now: number): void {
  const named = new Set(builds.map(({ drone_id: id }) => id));
  for (const [attempt, build] of state.builds) if (named.has(build.drone_id)) state.builds.delete(attempt);
  for (const build of builds) state.builds.set(build.attempt, { ...build, heardAt: now });
}

function takeNodes(
  state: SwarmState,
  { changed, gone }: Data<'nodes'>,
  slices: Set<Slice>,
  followUps: Set<FollowUp>,
): void {
  if (changed === null) {
    followUps.add('nodes');
    return;
  }
  for (const id of gone) state.nodes.delete(id);
  const idle = new Set(changed.filter(({ running }) => running === 0).map(({ id }) => id));
  for (const [attempt, build] of state.builds) if (idle.has(build.drone_id)) state.builds.delete(attempt);
  for (const line of changed) {
    const before = state.nodes.get(line.id);
    if (before === undefined) {
      followUps.add('nodes');
      continue;
    }
    state.nodes.set(line.id, {
      ...before,
      name: line.name,
      online: line.online,
      status: line.online ? 'online' : before.status === 'online' ? 'offline' : before.status,
      paused: line.paused,
      last_seen: line.last_seen,
      current_task: line.current_task,
      cpu_percent: line.cpu_percent ?? before.cpu_percent,
      ram_percent: line.ram_percent ?? before.ram_percent,
      metrics: line.load_1m === null ? before.metrics : { ...before.metrics, load_1m: line.load_1m },
    });
  }
  slices.add('nodes');
  if (idle.size > 0) slices.add('builds');
}
