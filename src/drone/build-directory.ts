import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { runProcess } from '../platform/process.ts';

/**
 * Where Portage builds: told by the environment of the ebuild's processes, whatever the configuration says.
 * Undefined while none of these processes has it. `pf` is the name with the version.
 */
export async function findBuildDirectory(pids: readonly number[], pf: string): Promise<string | undefined> {
  for (const pid of pids) {
    const environ = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    const path = /(?:^|\0)PORTAGE_BUILDDIR=([^\0]+)/.exec(environ)?.[1];
    if (path !== undefined && basename(path) === pf) return path;
  }
  return undefined;
}

/** What a directory takes on the disk, in bytes; undefined when it cannot be told. Takes long for a large one. */
export async function sizeOfDirectory(path: string, signal: AbortSignal): Promise<number | undefined> {
  const lines: string[] = [];
  try {
    // Files come and go while it looks: it complains, and tells the sum all the same.
    await runProcess({ command: 'du', args: ['-skx', '--', path], signal, onLine: (line) => void lines.push(line) });
  } catch {
    return undefined;
  }
  const kilobytes = lines.map((line) => /^(\d+)\t/.exec(line)?.[1]).find((each) => each !== undefined);
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}
