import { open } from 'node:fs/promises';
import { ApiError } from '../client/api-error.ts';
import type { Client } from '../client/client.ts';
import type { AttemptId } from '../core/ids.ts';
import { pause, type RetryPolicy, retryPauseMs } from './waiting.ts';

/** Most bytes of log in one request. */
const CHUNK_BYTES = 256 * 1024;

export type LogShipping = {
  readonly client: Client;
  readonly droneId: string;
  readonly attempt: AttemptId;
  readonly logFile: string;
  readonly intervalMs: number;
  readonly retry: RetryPolicy;
  /** Ends it at once, sent or not. */
  readonly signal: AbortSignal;
};

export type LogShipper = {
  /** The log has grown to its end: resolves when all of it has arrived, is not wanted, or the signal was aborted. */
  finish(): Promise<void>;
};

/**
 * Follows a growing log file and sends what is new. It never holds up the build: while the control
 * plane is away the file is all the memory it needs. Each answer says where to go on, so that neither a
 * drone nor a control plane that starts again sends or gets anything twice.
 */
export function startLogShipper(shipping: LogShipping): LogShipper {
  const finishing = new AbortController();
  const done = follow(shipping, finishing.signal);
  return {
    finish: () => {
      finishing.abort();
      return done;
    },
  };
}

async function follow(shipping: LogShipping, finishing: AbortSignal): Promise<void> {
  const { signal, intervalMs, retry } = shipping;
  let next = 0;
  let failures = 0;
  while (!signal.aborted) {
    const isLast = finishing.aborted;
    const chunk = await readChunk(shipping.logFile, next);
    if (chunk.length === 0 && isLast) return;
    const answer = chunk.length === 0 ? { next } : await send(shipping, next, chunk);
    if (answer === 'unwanted') return;
    // An answer that moves nothing on would have us send the same bytes for ever without a pause.
    failures = answer === 'away' || (chunk.length > 0 && answer.next <= next) ? failures + 1 : 0;
    if (answer !== 'away') next = answer.next;
    if (failures > 0) await pause(retryPauseMs(failures, retry), signal);
    else if (chunk.length < CHUNK_BYTES && !finishing.aborted) await pauseOr(intervalMs, signal, finishing);
  }
}

async function readChunk(path: string, offset: number): Promise<Uint8Array> {
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) return new Uint8Array();
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(CHUNK_BYTES), 0, CHUNK_BYTES, offset);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function send(
  { client, droneId, attempt, signal }: LogShipping,
  offset: number,
  body: Uint8Array,
): Promise<{ next: number } | 'away' | 'unwanted'> {
  try {
    return await client.appendLog({ params: { attempt }, query: { id: droneId, offset }, body }, { signal });
  } catch (error) {
    return nextAfter(error);
  }
}

/** What an answer that is not a yes means: go on elsewhere (LOG_GAP), nobody wants it, or try again. */
export function nextAfter(error: unknown): { next: number } | 'away' | 'unwanted' {
  if (!(error instanceof ApiError) || error.status >= 500 || error.status === 429 || error.status === 408)
    return 'away';
  const { body } = error;
  if (error.status === 409 && typeof body === 'object' && body !== null && 'next' in body) {
    return typeof body.next === 'number' && Number.isSafeInteger(body.next) && body.next >= 0
      ? { next: body.next }
      : 'unwanted';
  }
  return 'unwanted';
}

async function pauseOr(ms: number, ...signals: readonly AbortSignal[]): Promise<void> {
  const either = new AbortController();
  const end = () => either.abort();
  for (const signal of signals) signal.addEventListener('abort', end);
  if (!signals.some((signal) => signal.aborted)) await pause(ms, either.signal);
  for (const signal of signals) signal.removeEventListener('abort', end);
}
