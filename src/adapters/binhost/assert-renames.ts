import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SwarmError } from '../../core/errors.ts';
import { partialName } from './staging.ts';

/**
 * Packages are published by a rename, which works within one file system (and one mount of it) only: tried
 * once at the start, rather than found out with the first package.
 * @throws SwarmError DIRECTORY_UNUSABLE
 */
export async function assertRenames(fromDir: string, toDir: string): Promise<void> {
  const name = partialName();
  try {
    await writeFile(join(fromDir, name), '');
    await rename(join(fromDir, name), join(toDir, name));
    await rm(join(toDir, name));
  } catch (cause) {
    await rm(join(fromDir, name), { force: true }).catch(() => {});
    const { code, message } = cause as NodeJS.ErrnoException;
    const why = code === 'EXDEV' ? 'they are on different file systems' : message;
    const problem = `packages cannot be moved from ${fromDir} to ${toDir}: ${why}`;
    throw new SwarmError('DIRECTORY_UNUSABLE', problem, { cause });
  }
}
