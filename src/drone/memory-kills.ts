import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Says how many processes the kernel has killed since then because memory ran out. */
export type MemoryKills = () => Promise<number>;

/**
 * Begins to count kills for want of memory: in the control group of this process, which its builds share;
 * where that tells nothing, on the whole machine (in a container that is the host, with all its neighbours).
 * `root` is the root of the file system.
 */
export async function countMemoryKills(root = '/'): Promise<MemoryKills> {
  const files = [...(await groupFiles(root)), join(root, 'proc/vmstat')];
  for (const file of files) {
    const before = await killsIn(file);
    if (before !== undefined) return async () => Math.max(0, ((await killsIn(file)) ?? before) - before);
  }
  return async () => 0;
}

/** Version 2 of control groups, alone or beside version 1; and version 1. The name is as this process sees it. */
async function groupFiles(root: string): Promise<string[]> {
  const text = await readFile(join(root, 'proc/self/cgroup'), 'utf8').catch(() => '');
  const mounts = join(root, 'sys/fs/cgroup');
  return text.split('\n').flatMap((line) => {
    const [, controllers, path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    if (path === undefined) return [];
    if (controllers === '')
      return [join(mounts, path, 'memory.events'), join(mounts, 'unified', path, 'memory.events')];
    return controllers?.split(',').includes('memory') === true
      ? [join(mounts, 'memory', path, 'memory.oom_control')]
      : [];
  });
}

/** All three kinds of file have a line of this form. */
async function killsIn(file: string): Promise<number | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const match = /^oom_kill (\d+)$/m.exec(text);
  return match === null ? undefined : Number(match[1]);
}
