import type { Worker } from 'node:worker_threads';
import { SwarmError } from '../../core/errors.ts';
import type { Batch, BatchQueue } from './batches.ts';
import type { OnTrouble } from './log-file.ts';
import type { FromWorker, Question, ToWorker, WorkerSettings } from './messages.ts';
import { startWorker } from './start-worker.ts';

/** The log's thread, started again when it dies. */
export type Thread = {
  /** Send what is queued, as far as the thread keeps up. */
  send(): void;
  ask(question: Question): Promise<unknown>;
  prune(now: number): void;
  failed(): number;
  restarts(): number;
  worker(): Worker | undefined;
  /** Write what is queued, then end the thread; what takes longer than `withinMs` is given up. */
  close(withinMs: number): Promise<void>;
};

type Asked = { readonly answer: (value: unknown) => void; readonly refuse: (error: Error) => void };

/** Batches given to the thread that it has not written; the rest waits here, where it is bounded. */
const MAX_ON_THE_WAY = 4;
/** A batch that was there each time the thread died is not given to another. */
const MAX_TRIES = 2;
/** Questions that wait for an answer. */
const MAX_QUESTIONS = 16;
const FIRST_RESTART_MS = 100;
const LAST_RESTART_MS = 10_000;
/** The same trouble again and again is told of this often. */
const TELL_EVERY_MS = 60_000;

/** A question that waits until what was recorded before it is sent. */
type Held = { readonly ask: ToWorker; readonly after: number };

type Deps = { readonly settings: WorkerSettings; readonly queue: BatchQueue; readonly onTrouble: OnTrouble };

export function createThread({ settings, queue, onTrouble }: Deps): Thread {
  const onTheWay = new Map<number, Batch>();
  const asked = new Map<number, Asked>();
  let worker: Worker | undefined;
  /** Entries sent, of those that were ever queued. */
  let sent = 0;
  let held: Held[] = [];
  let isReady = false;
  let isClosing = false;
  let nextId = 1;
  let calls = 0;
  let failed = 0;
  let restarts = 0;
  let restartMs = FIRST_RESTART_MS;
  let restarting: NodeJS.Timeout | undefined;
  let toldAt = 0;
  let onIdle: (() => void) | undefined;
  let onClosed: (() => void) | undefined;

  const post = (message: ToWorker): void => worker?.postMessage(message);

  const send = (): void => {
    while (isReady && onTheWay.size < MAX_ON_THE_WAY) {
      const batch = queue.take();
      if (batch === undefined) break;
      if (batch.firstId === 0) {
        batch.firstId = nextId;
        nextId += batch.count;
      }
      batch.tries += 1;
      sent += batch.count;
      onTheWay.set(batch.firstId, batch);
      post({ kind: 'batch', firstId: batch.firstId, values: batch.values });
    }
    // What was recorded before a question goes before it.
    for (let next = held[0]; isReady && next !== undefined && next.after <= sent; next = held[0]) {
      held.shift();
      post(next.ask);
    }
    if (onTheWay.size === 0 && !queue.hasBatches()) onIdle?.();
  };

  const giveUp = (batch: Batch): void => {
    failed += batch.count;
    queue.settle(batch);
  };

  const hear = (message: FromWorker): void => {
    switch (message.kind) {
      case 'ready':
        isReady = true;
        nextId = Math.max(nextId, message.lastId + 1);
        return send();
      case 'written':
        return settle(message);
      case 'answer':
        asked.get(message.call)?.answer(message.answer);
        asked.delete(message.call);
        return;
      case 'refusal':
        asked.get(message.call)?.refuse(unavailable(message.reason));
        asked.delete(message.call);
        return;
      case 'trouble':
        return onTrouble(message.message, message.fields);
      case 'closed':
        return onClosed?.();
    }
  };

  const settle = ({ firstId, failed: count, reason }: Extract<FromWorker, { kind: 'written' }>): void => {
    const batch = onTheWay.get(firstId);
    if (batch !== undefined) queue.settle(batch);
    onTheWay.delete(firstId);
    restartMs = FIRST_RESTART_MS;
    failed += count;
    if (count > 0) tell('exchanges could not be written to the protocol log', { entries: count, reason });
    send();
  };

  const tell = (message: string, fields: Readonly<Record<string, unknown>>): void => {
    if (toldAt !== 0 && performance.now() - toldAt < TELL_EVERY_MS) return;
    toldAt = performance.now();
    onTrouble(message, fields);
  };

  const die = (): void => {
    worker = undefined;
    isReady = false;
    for (const each of asked.values()) each.refuse(unavailable('its thread died; ask again'));
    asked.clear();
    held = [];
    const batches = [...onTheWay.values()];
    onTheWay.clear();
    for (const batch of batches.filter(({ tries }) => tries >= MAX_TRIES)) giveUp(batch);
    const again = batches.filter(({ tries }) => tries < MAX_TRIES);
    queue.putBack(again);
    for (const batch of again) sent -= batch.count;
    restarts += 1;
    restarting = setTimeout(start, restartMs).unref();
    restartMs = Math.min(restartMs * 2, LAST_RESTART_MS);
  };

  const start = (): void => {
    const started = startWorker(settings);
    worker = started;
    // A program that forgot to close the log still ends.
    if (!isClosing) started.unref();
    started.on('message', hear);
    started.on('error', (cause) => onTrouble('the thread of the protocol log failed', { reason: cause.message }));
    started.once('exit', () => {
      onClosed?.();
      if (worker !== started || onClosed !== undefined) return;
      onTrouble('the thread of the protocol log ended; it is started again', { restarts: restarts + 1 });
      die();
    });
  };

  const close = async (withinMs: number): Promise<void> => {
    isClosing = true;
    worker?.ref();
    await within(withinMs, (done) => {
      onIdle = done;
      send();
    });
    clearTimeout(restarting);
    for (const batch of onTheWay.values()) giveUp(batch);
    for (let batch = queue.take(); batch !== undefined; batch = queue.take()) giveUp(batch);
    if (worker !== undefined) {
      await within(withinMs, (done) => {
        onClosed = done;
        post({ kind: 'close' });
      });
      await worker.terminate();
    }
    for (const each of asked.values()) each.refuse(unavailable('it is closed'));
  };

  start();
  return {
    send,
    ask: (question) =>
      new Promise((answer, refuse) => {
        if (worker === undefined) return refuse(unavailable('its thread is being started again'));
        if (asked.size >= MAX_QUESTIONS) return refuse(unavailable('too many questions at once; ask again'));
        calls += 1;
        asked.set(calls, { answer, refuse });
        held.push({ ask: { kind: 'ask', call: calls, question }, after: queue.added() });
        send();
      }),
    prune: (now) => post({ kind: 'prune', now }),
    failed: () => failed,
    restarts: () => restarts,
    worker: () => worker,
    close,
  };
}

function unavailable(reason: string): SwarmError {
  return new SwarmError('WIRE_LOG_UNAVAILABLE', `the protocol log cannot be read: ${reason}`);
}

/** Resolves when `begin` calls its callback, or when the time is over. */
function within(ms: number, begin: (done: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    begin(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
