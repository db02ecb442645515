import type { Exchange } from '../../app/wire-ports.ts';
import { addExchange, type Value } from './messages.ts';

/** Exchanges on their way into the log. Ids are given when a batch is taken, in the order in which they ended. */
export type Batch = {
  readonly values: Value[];
  count: number;
  /** Roughly what its texts keep in memory. */
  bytes: number;
  /** 0 until it is taken for the first time. */
  firstId: number;
  /** How often it was given to a thread. */
  tries: number;
};

export type Bounds = { readonly maxEntries: number; readonly maxBytes: number; readonly bodyLimitChars: number };

/** A queue of batches that never holds more than its bounds, what is on its way included. */
export type BatchQueue = {
  /** False when it is full. */
  add(exchange: Exchange): boolean;
  /** The next batch; undefined when there is none. */
  take(): Batch | undefined;
  /** Put back what was taken and did not arrive. */
  putBack(batches: readonly Batch[]): void;
  /** What was taken has arrived, or is given up. */
  settle(batch: Batch): void;
  /** Entries that have not arrived. */
  size(): number;
  hasBatches(): boolean;
  /** Entries that were ever added. */
  added(): number;
  /** Whether a whole batch waits. */
  hasWholeBatch(): boolean;
};

const BATCH_ENTRIES = 500;
/** What an entry costs beside its texts. */
const ENTRY_BYTES = 200;

export function createBatchQueue({ maxEntries, maxBytes, bodyLimitChars }: Bounds): BatchQueue {
  let waiting: Batch[] = [];
  let filling: Batch | undefined;
  let entries = 0;
  let added = 0;
  let bytes = 0;
  return {
    add: (exchange) => {
      // The whole text, because a cut one still holds on to it.
      const size = ENTRY_BYTES + (exchange.requestBody?.length ?? 0) + (exchange.responseBody?.length ?? 0);
      if (entries >= maxEntries || bytes + size > maxBytes) return false;
      if (filling === undefined || filling.count >= BATCH_ENTRIES) {
        filling = { values: [], count: 0, bytes: 0, firstId: 0, tries: 0 };
        waiting.push(filling);
      }
      addExchange(filling.values, exchange, bodyLimitChars);
      filling.count += 1;
      filling.bytes += size;
      entries += 1;
      added += 1;
      bytes += size;
      return true;
    },
    take: () => {
      const batch = waiting.shift();
      if (batch === filling) filling = undefined;
      return batch;
    },
    putBack: (batches) => {
      waiting = [...batches, ...waiting];
    },
    settle: (batch) => {
      entries -= batch.count;
      bytes -= batch.bytes;
    },
    size: () => entries,
    added: () => added,
    hasBatches: () => waiting.length > 0,
    hasWholeBatch: () => (waiting[0]?.count ?? 0) >= BATCH_ENTRIES,
  };
}
