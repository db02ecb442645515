import type { LogFile } from './log-file.ts';

export type Bounds = { readonly maxAgeMs: number; readonly maxBytes: number };

/** Keeps the log within its bounds. */
export type Pruner = {
  /** Do a small piece of what is due; says whether there is more. */
  step(now: number): boolean;
  /** Bytes of the file that are in use. */
  usedBytes(): number;
};

/** Rows removed at once: some milliseconds, so that writing goes on between. */
const STEP_ROWS = 500;
const STEP_PAGES = 500;
/** A file that was too large is emptied down to this share of its bound. */
const FILL_SHARE = 0.95;
/** Free pages are used again by the next rows; only what is more than this share goes back to the file system. */
const FREE_SHARE = 0.1;

export function createPruner(file: LogFile, { maxAgeMs, maxBytes }: Bounds): Pruner {
  const tooOld = file.prepare(
    'DELETE FROM protocol_log WHERE id IN (SELECT id FROM protocol_log WHERE timestamp < ? ORDER BY timestamp LIMIT ?)',
  );
  const upTo = file.prepare('DELETE FROM protocol_log WHERE id <= ?');
  const idsOf = file.prepare<[], { oldest: number | null; newest: number | null }>(
    'SELECT (SELECT min(id) FROM protocol_log) AS oldest, (SELECT max(id) FROM protocol_log) AS newest',
  );
  const pageBytes = numberOf(file, 'page_size');
  const usedBytes = () => (numberOf(file, 'page_count') - numberOf(file, 'freelist_count')) * pageBytes;

  const deleteStep = (now: number): number => {
    const aged = tooOld.run((now - maxAgeMs) / 1000, STEP_ROWS).changes;
    return aged > 0 || usedBytes() <= maxBytes ? aged : deleteOldest();
  };

  /** As large a share of the entries as the file is too large, a little more so that it lasts, the newest never. */
  const deleteOldest = (): number => {
    const { oldest, newest } = idsOf.get() ?? {};
    if (oldest == null || newest == null || oldest === newest) return 0;
    const share = 1 - (maxBytes * FILL_SHARE) / usedBytes();
    const rows = Math.min(STEP_ROWS, Math.max(1, Math.ceil((newest - oldest) * share)));
    return upTo.run(Math.min(oldest + rows, newest) - 1).changes;
  };

  return {
    usedBytes,
    step: (now) => {
      const deleted = deleteStep(now);
      const shrunk = deleted === 0 && shrink(file);
      return deleted > 0 || shrunk;
    },
  };
}

/** Give some free pages back to the file system; says whether it did. */
function shrink(file: LogFile): boolean {
  const free = numberOf(file, 'freelist_count');
  if (free <= Math.max(STEP_PAGES, numberOf(file, 'page_count') * FREE_SHARE)) return false;
  file.pragma(`incremental_vacuum(${STEP_PAGES})`);
  return numberOf(file, 'freelist_count') < free;
}

function numberOf(file: LogFile, pragma: string): number {
  return Number(file.pragma(pragma, { simple: true }));
}
