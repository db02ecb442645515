import { open, readFile, rename, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type Block, parsePackagesIndex, renderPackagesIndex } from '../../portage/packages-index.ts';

const compress = promisify(gzip);

export type IndexWriter = {
  /** Write `Packages` and `Packages.gz` of these blocks; `now` in Unix milliseconds. */
  write(blocks: readonly Block[], now: number): Promise<void>;
};

/**
 * Writes the index of a binhost. Its TIMESTAMP grows with every writing, by a second at least, whatever
 * the clock does: clients read an index only if it is newer than the one they have. As in Portage, the
 * files' mtime is that time, and so is their Last-Modified.
 */
export async function createIndexWriter(dir: string): Promise<IndexWriter> {
  let lastTimestamp = await timestampOf(join(dir, 'Packages'));
  return {
    write: async (blocks, now) => {
      const timestamp = Math.max(Math.floor(now / 1000), lastTimestamp + 1);
      const text = renderPackagesIndex({ TIMESTAMP: String(timestamp), VERSION: '0' }, blocks);
      const plain = Buffer.from(text, 'utf8');
      // Used up even if the writing fails half-way: no two contents have one time.
      lastTimestamp = timestamp;
      // Clients ask for the compressed one first: it comes last, so that the plain one is never older.
      await replace(join(dir, 'Packages'), plain, timestamp);
      await replace(join(dir, 'Packages.gz'), await compress(plain), timestamp);
    },
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

async function replace(path: string, bytes: Buffer, mtimeS: number): Promise<void> {
  const partial = `${path}.partial`;
  const file = await open(partial, 'w', 0o644);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await utimes(partial, mtimeS, mtimeS);
  await rename(partial, path);
}
