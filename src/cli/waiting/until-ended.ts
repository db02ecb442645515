import { ApiError } from '../../client/api-error.ts';
import type { Client, ClientOptions } from '../../client/client.ts';
import { followSwarm, type SwarmMessage } from '../../client/stream.ts';
import type { Api } from '../../contract/api.ts';
import type { ReplyOf } from '../../contract/endpoint.ts';
import { SwarmError } from '../../core/errors.ts';

export type SessionNow = ReplyOf<Api['sessionDetail']>['session'];

type Wish = {
  readonly client: Client;
  /** For the stream. */
  readonly connection: ClientOptions;
  readonly id: string;
  /** Given when the time is over. */
  readonly signal: AbortSignal;
  readonly onLook: (session: SessionNow) => void;
  /** The control plane does not answer; said once each time. */
  readonly onAway: () => void;
};

/** While the stream tells, it is only looked in case it said nothing; without it, that is all there is. */
const POLL_MS = 10_000;
const POLL_WITHOUT_STREAM_MS = 2_000;
/** However much the stream tells. */
const SHORTEST_MS = 500;
/** A restart takes seconds, a move to another machine minutes. */
const PATIENCE_MS = 15 * 60_000;

/**
 * Resolves with true when the session has ended, with false when the signal was given first. A control plane that is
 * away for a while is waited for.
 * @throws SwarmError SERVER_UNREACHABLE when it stays away for a quarter of an hour, ApiError when it refuses
 */
export async function untilEnded(wish: Wish): Promise<boolean> {
  const { signal } = wish;
  const bell = createBell();
  const stream = new AbortController();
  const stop = () => stream.abort();
  signal.addEventListener('abort', stop, { once: true });
  const listening = { isLive: false };
  void listen(wish.connection, stream.signal, { listening, ring: bell.ring });
  const absence = watchAbsence(wish);
  try {
    while (!signal.aborted) {
      const found = await look(wish);
      if (found === 'away') await absence.goesOn();
      else {
        absence.isOver();
        wish.onLook(found);
      }
      if (found !== 'away' && found.status !== 'active') return true;
      await pause(SHORTEST_MS, signal);
      await bell.rung(listening.isLive ? POLL_MS : POLL_WITHOUT_STREAM_MS, signal);
    }
    return false;
  } finally {
    signal.removeEventListener('abort', stop);
    stream.abort();
  }
}

function watchAbsence({ client, signal, onAway }: Wish) {
  let since: number | undefined;
  return {
    isOver: () => {
      since = undefined;
    },
    /** @throws SwarmError SERVER_UNREACHABLE when it has gone on for too long */
    goesOn: async () => {
      if (signal.aborted) return;
      if (since === undefined) onAway();
      since ??= Date.now();
      if (Date.now() - since > PATIENCE_MS) await client.health();
    },
  };
}

async function look({ client, id, signal }: Wish): Promise<SessionNow | 'away'> {
  try {
    const { sessions } = await client.sessions({}, { signal });
    const listed = sessions.find((each) => each.id === id);
    return listed ?? (await client.sessionDetail({ params: { id } }, { signal })).session;
  } catch (error) {
    if (signal.aborted || isPassing(error)) return 'away';
    throw error;
  }
}

/** What a control plane says that is just starting or stopping, or nothing at all. */
function isPassing(error: unknown): boolean {
  if (error instanceof SwarmError) return error.code === 'SERVER_UNREACHABLE';
  return error instanceof ApiError && (error.status >= 500 || error.status === 429 || error.status === 408);
}

type Ears = { readonly listening: { isLive: boolean }; readonly ring: () => void };

/** Rings whenever something happened that may have ended the session, or moved it on. Never rejects. */
async function listen(connection: ClientOptions, signal: AbortSignal, { listening, ring }: Ears): Promise<void> {
  const onLost = () => {
    listening.isLive = false;
  };
  try {
    for await (const message of followSwarm(connection, { topics: ['events', 'queue'], signal, onLost })) {
      listening.isLive = true;
      if (isNews(message)) ring();
    }
  } catch {
    // It is looked all the same, more often.
    listening.isLive = false;
  }
}

function isNews({ event }: SwarmMessage): boolean {
  return event === 'events' || event === 'queue' || event === 'resync' || event === 'hello';
}

function createBell(): { ring: () => void; rung: (withinMs: number, signal: AbortSignal) => Promise<void> } {
  let [isRung, wake]: [boolean, () => void] = [false, () => {}];
  return {
    ring: () => {
      isRung = true;
      wake();
    },
    rung: async (withinMs, signal) => {
      if (!isRung && !signal.aborted) {
        const woken = new AbortController();
        const over = () => woken.abort();
        wake = over;
        signal.addEventListener('abort', over, { once: true });
        await pause(withinMs, woken.signal);
        signal.removeEventListener('abort', over);
        wake = () => {};
      }
      isRung = false;
    },
  };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
  });
}
