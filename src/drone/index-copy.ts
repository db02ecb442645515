import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isSystem, type PortagePrefix } from '../emerge/prefix.ts';

/**
 * Makes Portage fetch the index of its binhosts anew. Its own copies are kept by host and path without
 * the port, and asked for with their time plus five seconds, so that it can miss what was just published.
 */
export async function forgetIndexCopies(prefix: PortagePrefix): Promise<void> {
  const copies = join(isSystem(prefix) ? '/' : prefix.dir, 'var', 'cache', 'edb', 'binhost');
  const entries = await readdir(copies, { recursive: true, withFileTypes: true }).catch(() => []);
  // Only the files: an emerge that runs now may be about to write into the directories.
  const files = entries.filter((entry) => entry.isFile() && entry.name === 'Packages');
  await Promise.all(files.map((file) => rm(join(file.parentPath, file.name), { force: true })));
}
