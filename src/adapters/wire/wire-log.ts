import type { Worker } from 'node:worker_threads';
import type { Exchange, WireDetail, WireExportPage, WireLog, WireStats } from '../../app/wire-ports.ts';
import { SwarmError } from '../../core/errors.ts';
import { createBatchQueue } from './batches.ts';
import type { OnTrouble } from './log-file.ts';
import type { Question } from './messages.ts';
import { createThread } from './thread.ts';

export type WireLogOptions = {
  /** The log's own database file. */
  readonly path: string;
  readonly now: () => number;
  readonly onTrouble: OnTrouble;
  /** Characters of a body that are kept. */
  readonly bodyLimitChars?: number | undefined;
  /** Entries that may wait to be written; more are dropped and counted. */
  readonly queueLimit?: number | undefined;
  readonly maxAgeMs?: number | undefined;
  /** Size of the file above which the oldest entries go. */
  readonly maxBytes?: number | undefined;
  /** An entry is written at most so much later. */
  readonly flushEveryMs?: number | undefined;
  readonly pruneEveryMs?: number | undefined;
};

/** What holds unless the operator says otherwise. */
const WIRE_LOG_DEFAULTS = {
  bodyLimitChars: 65_536,
  queueLimit: 20_000,
  maxAgeMs: 24 * 3600 * 1000,
  maxBytes: 512 * 1024 * 1024,
  flushEveryMs: 250,
  pruneEveryMs: 10_000,
} as const;

/** Texts that may wait to be written, whatever their number. */
const QUEUE_BYTES = 32 * 1024 * 1024;
/** A stop waits so long for what is queued. */
const CLOSE_WITHIN_MS = 3_000;

/** A protocol log whose thread is `workerThread`, for tests that end it. */
export type OpenWireLog = WireLog & { readonly workerThread: () => Worker | undefined };

/** Open the protocol log. Never throws: a log that cannot be kept is told of, and everything else goes on. */
export function openWireLog(options: WireLogOptions): OpenWireLog {
  const settings = { ...WIRE_LOG_DEFAULTS, ...definedOf(options) };
  const { path, maxAgeMs, maxBytes, bodyLimitChars, queueLimit: maxEntries, flushEveryMs } = settings;
  const queue = createBatchQueue({ maxEntries, maxBytes: QUEUE_BYTES, bodyLimitChars });
  const thread = createThread({ settings: { path, maxAgeMs, maxBytes }, queue, onTrouble: options.onTrouble });
  const pruning = setInterval(() => thread.prune(options.now()), settings.pruneEveryMs).unref();
  let dropped = 0;
  let flushing: NodeJS.Timeout | undefined;
  let closed: Promise<void> | undefined;

  const flush = (): void => {
    clearTimeout(flushing);
    flushing = undefined;
    thread.send();
  };

  const record = (exchange: Exchange): void => {
    if (closed !== undefined || !queue.add(exchange)) {
      dropped += 1;
      return;
    }
    if (queue.hasWholeBatch()) thread.send();
    flushing ??= setTimeout(flush, flushEveryMs).unref();
  };

  /** What was recorded before a question is written before it is answered. */
  const ask = async <Answer>(question: Question): Promise<Answer> => {
    if (closed !== undefined) throw new SwarmError('WIRE_LOG_UNAVAILABLE', 'the protocol log is closed');
    flush();
    // The thread answers each question with what `answerQuestion` returns for it.
    return (await thread.ask(question)) as Answer;
  };

  const close = async (): Promise<void> => {
    clearInterval(pruning);
    flush();
    await thread.close(CLOSE_WITHIN_MS);
  };

  return {
    record,
    list: (filter, page) => ask<string>({ ask: 'list', filter, ...page }),
    detail: (id) => ask<WireDetail | undefined>({ ask: 'detail', id }),
    stats: (since, isByDrone = false) => ask<WireStats>({ ask: 'stats', since, isByDrone }),
    density: (range) => ask<number[]>({ ask: 'density', ...range }),
    newestId: () => ask<number>({ ask: 'newest' }),
    exportPage: (filter, page) => ask<WireExportPage>({ ask: 'export', filter, ...page }),
    counters: () => ({ dropped, failed: thread.failed(), queued: queue.size(), restarts: thread.restarts() }),
    close: () => (closed ??= close()),
    workerThread: () => thread.worker(),
  };
}

/** Without what is undefined, so that the defaults are seen through. */
function definedOf<T extends object>(options: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  // The entries that are left are those that are not undefined.
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

const OFF = 'the protocol log is switched off';

/** The log of who does not want one. */
export function noWireLog(): WireLog {
  const refuse = async (): Promise<never> => {
    throw new SwarmError('WIRE_LOG_UNAVAILABLE', OFF);
  };
  return {
    record: () => {},
    list: refuse,
    detail: refuse,
    stats: refuse,
    density: refuse,
    newestId: refuse,
    exportPage: refuse,
    counters: () => ({ dropped: 0, failed: 0, queued: 0, restarts: 0 }),
    close: async () => {},
  };
}
