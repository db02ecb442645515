import type { FollowLog } from '../app/follow-log.ts';
import type { StoredEvent } from '../app/ports.ts';
import type { StreamReads } from '../app/stream-ports.ts';
import { createOutlet, type Outlet } from './sse-outlet.ts';
import { eventFrame, frame, HEARTBEAT, helloFrame } from './stream-frames.ts';
import { type FollowedLogs, followLogs } from './stream-logs.ts';

/** Events after `from` up to `position`; `shared` is their text for whoever follows no logs. */
export type EventBatch = {
  readonly from: number;
  readonly position: number;
  readonly events: readonly StoredEvent[];
  readonly shared: () => Buffer;
};

export type ClientOptions = {
  readonly topics: ReadonlySet<string>;
  /** Where it was left; null for now. */
  readonly since: { readonly event: number | null; readonly logs: ReadonlyMap<number, number> };
  /** Looked at with every heartbeat: a token that was revoked lets nobody go on listening. */
  readonly isStillLetIn: () => boolean;
  readonly limitBytes: number;
  readonly elapsed: () => number;
  readonly reads: StreamReads;
  readonly followLog: FollowLog;
  /** The newest event that was told of. */
  readonly position: () => number;
  readonly onDropped: () => void;
  readonly onClosed: (client: StreamClient) => void;
  readonly onError: (error: unknown) => void;
};

/** A client that was away for longer reads the state again instead of everything that happened. */
const MAX_REPLAY = 1_000;
const REPLAY_AT_ONCE = 200;
const LEFT_OUT = 'messages were left out because they were not read in time';

/**
 * One listener of the stream. Events are numbered, so a client that reads slowly needs no queue: where it
 * stands is a number, and the rest is read from the database when there is room. What says how things are now
 * is left out instead, and the client told to read it again.
 */
export class StreamClient {
  readonly topics: ReadonlySet<string>;
  readonly outlet: Outlet;
  readonly logs: FollowedLogs;
  readonly isStillLetIn: () => boolean;
  readonly #options: ClientOptions;
  readonly #missed = new Set<string>();
  #cursor: number;
  #isCatchingUp = false;

  constructor(options: ClientOptions) {
    const { topics, since, limitBytes, elapsed } = options;
    this.#options = options;
    this.topics = topics;
    this.isStillLetIn = options.isStillLetIn;
    this.#cursor = since.event ?? options.position();
    this.outlet = createOutlet({
      limitBytes,
      elapsed,
      onDrained: () => this.#catchUp(),
      onClosed: () => options.onClosed(this),
    });
    const idText = () => this.#idText();
    const offsets = new Map(logsOf(topics).map((attempt) => [attempt, since.logs.get(attempt) ?? 0]));
    this.logs = followLogs({
      offsets,
      outlet: this.outlet,
      followLog: options.followLog,
      idText,
      onError: (error) => this.#fail(error),
    });
  }

  /** Say hello, and what happened since. */
  begin(): void {
    this.outlet.send(helloFrame(this.topics, this.#idText()));
    this.#catchUp();
  }

  /** What has happened. */
  tell(batch: EventBatch): void {
    if (!this.topics.has('events')) return;
    if (this.#isCatchingUp || this.#cursor !== batch.from) return this.#catchUp();
    if (!this.outlet.hasRoom()) return;
    if (!this.logs.isEmpty()) return this.#tellEach(batch);
    this.#cursor = batch.position;
    if (batch.events.length > 0) this.outlet.send(batch.shared());
  }

  /** How things are now; may be left out. */
  show(topic: string, bytes: Buffer): void {
    if (!this.topics.has(topic)) return;
    if (!this.#missed.has(topic) && this.outlet.send(bytes)) return;
    this.#missed.add(topic);
    this.#options.onDropped();
  }

  /** Keep the connection alive; one that carries something is. */
  heartbeat(): void {
    if (this.outlet.isIdle()) this.outlet.send(HEARTBEAT);
  }

  #tellEach({ events, position }: Pick<EventBatch, 'events' | 'position'>): void {
    for (const event of events) {
      if (!this.outlet.hasRoom()) return;
      this.#cursor = event.id;
      this.outlet.send(eventFrame(event, this.#idText()));
    }
    this.#cursor = position;
  }

  #idText(): string {
    return `${this.topics.has('events') ? this.#cursor : ''}${this.logs.positions()}`;
  }

  #isBehind(): boolean {
    return this.topics.has('events') && this.#cursor !== this.#options.position();
  }

  #catchUp(): void {
    this.logs.allTouched();
    if (this.#isCatchingUp || !(this.#isBehind() || this.#missed.size > 0)) return;
    this.#isCatchingUp = true;
    this.#catchUpNow()
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#isCatchingUp = false;
      });
  }

  async #catchUpNow(): Promise<void> {
    while (this.#isBehind() && this.outlet.hasRoom()) await this.#replaySome();
    if (this.#missed.size === 0 || !this.outlet.hasRoom()) return;
    this.#resync([...this.#missed], LEFT_OUT);
    this.#missed.clear();
  }

  async #replaySome(): Promise<void> {
    const { reads, position } = this.#options;
    const { oldest } = await reads.eventIds();
    const upTo = position();
    const isGone = this.#cursor + 1 < oldest;
    if (isGone || this.#cursor > upTo || upTo - this.#cursor > MAX_REPLAY) {
      this.#cursor = upTo;
      return this.#resync(['events'], isGone ? 'older events are not kept' : 'too much lies between');
    }
    const events = await reads.eventsBetween({ after: this.#cursor, upTo, limit: REPLAY_AT_ONCE });
    const last = events.length < REPLAY_AT_ONCE ? upTo : (events.at(-1)?.id ?? upTo);
    this.#tellEach({ events, position: last });
  }

  #resync(topics: readonly string[], reason: string): void {
    this.outlet.send(frame('resync', { topics: [...topics], reason }, this.#idText()));
  }

  #fail(error: unknown): void {
    this.#options.onError(error);
    this.outlet.cut();
  }
}

/** The attempts whose logs are followed. */
function logsOf(topics: ReadonlySet<string>): number[] {
  return [...topics].filter((topic) => topic.startsWith('log:')).map((topic) => Number(topic.slice(4)));
}
