import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a directory and those above it; nothing happens if it is there. Throws the system's own error.
 * Node's `recursive` tries for ever, with a core of its own, in places that deny that anything exists
 * (`/proc/x`).
 */
export async function makeDirectory(dir: string): Promise<void> {
  const refusal = await tryToMake(dir);
  if (refusal === undefined) return;
  if (refusal.code !== 'ENOENT' || dirname(dir) === dir) throw refusal;
  await makeDirectory(dirname(dir));
  const last = await tryToMake(dir);
  if (last !== undefined) throw last;
}

async function tryToMake(dir: string): Promise<NodeJS.ErrnoException | undefined> {
  try {
    await mkdir(dir);
    return undefined;
  } catch (cause) {
    if (await isDirectory(dir)) return undefined;
    return cause as NodeJS.ErrnoException; // The functions of node:fs throw nothing else.
  }
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (facts) => facts.isDirectory(),
    () => false,
  );
}
