import { statfs } from 'node:fs/promises';

/** What a user may still write on the file system of `path`; rejects when there is no such path. */
export async function diskSpace(path: string): Promise<{ readonly freeBytes: number; readonly totalBytes: number }> {
  const { bavail, blocks, bsize } = await statfs(path);
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
}
