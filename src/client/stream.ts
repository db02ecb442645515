import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { api } from '../contract/api.ts';
import { type StreamMessage, StreamMessages } from '../contract/stream.ts';
import { ApiError } from './api-error.ts';
import type { ClientOptions } from './client.ts';
import { startDeadline } from './deadline.ts';
import { requestPath } from './request-encoding.ts';

/** A message of the stream; `id` is where to go on from, of those messages that have one. */
export type SwarmMessage = StreamMessage & { readonly id: string | undefined };

export type StreamWish = {
  /** `events`, `queue`, `nodes`, `progress`, `log:<attempt>`; all but logs unless given. */
  readonly topics?: readonly string[];
  /** The id of the last message that was seen; now unless given. */
  readonly since?: string;
  readonly signal?: AbortSignal;
  /** The connection was lost and is made again after `waitMs`. */
  readonly onLost?: (error: unknown, waitMs: number) => void;
};

/** The control plane says something at least every 15 s. */
const SILENCE_MS = 45_000;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
const MAX_MESSAGE_CHARACTERS = 8 * 1024 * 1024;

/**
 * What happens, as it happens: a `for await` over it reads as fast as the loop's body takes the messages. A lost
 * connection is made again, with growing pauses, and goes on after the last message seen; after a `resync` the
 * state has to be read again. Ends when the signal is given; messages of a newer control plane are left out.
 * @throws ApiError when the control plane refuses, and will again
 */
export async function* followSwarm(options: ClientOptions, wish: StreamWish = {}): AsyncGenerator<SwarmMessage> {
  let position = wish.since;
  let waitMs = FIRST_WAIT_MS;
  while (!isGiven(wish.signal)) {
    try {
      for await (const message of listenOnce(options, {
        ...wish,
        ...(position === undefined ? {} : { since: position }),
      })) {
        position = message.id ?? position;
        waitMs = FIRST_WAIT_MS;
        yield message;
      }
      throw new Error('the control plane ended the stream');
    } catch (error) {
      if (isGiven(wish.signal)) return;
      if (isFinal(error)) throw error;
      const pauseMs = waitMs * (0.5 + Math.random() / 2);
      wish.onLost?.(error, pauseMs);
      await pause(pauseMs, wish.signal);
      waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
    }
  }
}

function isGiven(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

/** A refusal that asking again does not change. */
function isFinal(error: unknown): boolean {
  return error instanceof ApiError && error.status < 500 && ![408, 429].includes(error.status);
}

async function* listenOnce(options: ClientOptions, wish: StreamWish): AsyncGenerator<SwarmMessage> {
  const silence = createSilence(wish.signal);
  try {
    const body = await connect(options, wish, silence.signal);
    for await (const text of textOf(body, silence.heard)) yield* text;
  } finally {
    silence.end();
  }
}

async function connect(options: ClientOptions, wish: StreamWish, signal: AbortSignal) {
  const query = { topics: wish.topics?.join(','), since: wish.since };
  const fetch = options.fetch ?? globalThis.fetch;
  const { token } = options;
  const response = await fetch(options.baseUrl.replace(/\/+$/, '') + requestPath(api.stream, { query }), {
    headers: { accept: 'text/event-stream', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
    signal,
  });
  if (response.ok && response.body !== null) return response.body;
  const text = await response.text();
  throw new ApiError(response.status, sentenceOf(text) ?? `the stream was answered ${response.status}`, text);
}

function sentenceOf(text: string): string | undefined {
  try {
    const { error } = JSON.parse(text) as { error?: unknown };
    return typeof error === 'string' ? error : undefined;
  } catch {
    return undefined;
  }
}

/** The messages of each piece that arrives. */
async function* textOf(body: ReadableStream<Uint8Array>, heard: () => void): AsyncGenerator<SwarmMessage[]> {
  let messages: SwarmMessage[] = [];
  const decoder = new TextDecoder();
  const parser = createParser({
    maxBufferSize: MAX_MESSAGE_CHARACTERS,
    onEvent: (event) => messages.push(...understood(event)),
  });
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      heard();
      parser.feed(decoder.decode(value, { stream: true }));
      const arrived = messages;
      messages = [];
      if (arrived.length > 0) yield arrived;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

function understood({ event = '', data, id }: EventSourceMessage): SwarmMessage[] {
  const name = event.startsWith('log:') ? 'log' : event;
  if (!Object.hasOwn(StreamMessages, name)) return [];
  const schema = StreamMessages[name as keyof typeof StreamMessages];
  const parsed = schema.safeParse(JSON.parse(data));
  // The schema is the one of this name.
  return parsed.success ? [{ event: name, data: parsed.data, id } as SwarmMessage] : [];
}

/** Given when the caller gives up, or when nothing was heard for too long. */
function createSilence(outer: AbortSignal | undefined) {
  const gone = new AbortController();
  const abort = () => gone.abort(outer?.reason);
  let timer = setTimeout(abort, SILENCE_MS);
  if (outer?.aborted) abort();
  else outer?.addEventListener('abort', abort, { once: true });
  return {
    signal: gone.signal,
    heard: () => {
      clearTimeout(timer);
      timer = setTimeout(abort, SILENCE_MS);
    },
    end: () => {
      clearTimeout(timer);
      outer?.removeEventListener('abort', abort);
      gone.abort();
    },
  };
}

/** Resolves after `ms`, or at once when the signal is given. */
function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  const { signal: over, disarm } = startDeadline(ms, signal);
  return new Promise((resolve) => {
    const end = () => {
      disarm();
      resolve();
    };
    if (over.aborted) end();
    else over.addEventListener('abort', end, { once: true });
  });
}
