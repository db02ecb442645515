import { type FileHandle, open, readFile, rename, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type Block, parsePackagesIndex, renderHeader } from '../../portage/packages-index.ts';
import { createIndexShards, type IndexShards } from './index-shards.ts';

const compress = promisify(gzip);

export type IndexWriter = {
  /** Write `Packages` and `Packages.gz` of exactly these blocks; `now` in Unix milliseconds. */
  write(blocks: readonly Block[], now: number): Promise<void>;
  /** Write them with these blocks added. Calls that come close together share one writing. */
  add(blocks: readonly Block[], now: number): Promise<void>;
};

type Change = { readonly apply: () => void; readonly now: number };
type Round = { readonly changes: Change[]; readonly done: Promise<void> };

/** After a writing so many times its duration passes before the next one, so that it takes a fixed share of the time. */
const REST_FACTOR = 4;
const MAX_REST_MS = 500;
/** The files are written in pieces of about this size. */
const PIECE_BYTES = 1024 * 1024;

/**
 * Writes the index of a binhost. Its TIMESTAMP grows with every writing, by a second at least, whatever
 * the clock does: clients read an index only if it is newer than the one they have. As in Portage, the
 * files' mtime is that time, and so is their Last-Modified.
 */
export async function createIndexWriter(dir: string): Promise<IndexWriter> {
  const writeFiles = await makeWriteFiles(dir);
  let shards = createIndexShards([]);
  let latest: Promise<void> = Promise.resolve();
  let next: Round | undefined;
  let restUntil = 0;

  const run = async (round: Round['changes']) => {
    await pause(Math.max(0, restUntil - performance.now()));
    next = undefined;
    const startedAt = performance.now();
    for (const change of round) change.apply();
    await writeFiles(shards, Math.max(...round.map((change) => change.now)));
    const endedAt = performance.now();
    restUntil = endedAt + Math.min(MAX_REST_MS, REST_FACTOR * (endedAt - startedAt));
  };

  const enqueue = (change: Change): Promise<void> => {
    if (next === undefined) {
      const changes: Change[] = [];
      // Always behind the latest, whether that went well or not; closed to others in the moment it starts.
      latest = latest.catch(() => {}).then(() => run(changes));
      next = { changes, done: latest };
    }
    next.changes.push(change);
    return next.done;
  };

  return {
    write: (blocks, now) =>
      enqueue({
        apply: () => {
          shards = createIndexShards(blocks);
        },
        now,
      }),
    add: (blocks, now) =>
      enqueue({
        apply: () => {
          for (const block of blocks) shards.put(block);
        },
        now,
      }),
  };
}

async function makeWriteFiles(dir: string): Promise<(shards: IndexShards, now: number) => Promise<void>> {
  let lastTimestamp = await timestampOf(join(dir, 'Packages'));
  return async (shards, now) => {
    const timestamp = Math.max(Math.floor(now / 1000), lastTimestamp + 1);
    // Used up even if the writing fails half-way: no two contents have one time.
    lastTimestamp = timestamp;
    const header = Buffer.from(renderHeader({ TIMESTAMP: String(timestamp), VERSION: '0' }, shards.size()), 'utf8');
    // Clients ask for the compressed one first: it comes last, so that the plain one is never older.
    await replace(join(dir, 'Packages'), [header, ...shards.plain()], timestamp);
    const compressed = [await compress(header), ...(await shards.compressed())];
    await replace(join(dir, 'Packages.gz'), compressed, timestamp);
  };
}

async function timestampOf(path: string): Promise<number> {
  try {
    // What is no number counts as none: `NaN` would stay in the index for ever.
    return Number(parsePackagesIndex(await readFile(path, 'utf8')).header['TIMESTAMP'] ?? 0) || 0;
  } catch {
    return 0;
  }
}

async function replace(path: string, parts: readonly Uint8Array[], mtimeS: number): Promise<void> {
  const partial = `${path}.partial`;
  const file = await open(partial, 'w', 0o644);
  try {
    await writeAll(file, parts);
    await file.sync();
  } finally {
    await file.close();
  }
  await utimes(partial, mtimeS, mtimeS);
  await rename(partial, path);
}

async function writeAll(file: FileHandle, parts: readonly Uint8Array[]): Promise<void> {
  for (let start = 0; start < parts.length; ) {
    let end = start;
    for (let bytes = 0; end < parts.length && bytes < PIECE_BYTES; end += 1) bytes += parts[end]?.length ?? 0;
    await file.appendFile(Buffer.concat(parts.slice(start, end)));
    start = end;
  }
}
