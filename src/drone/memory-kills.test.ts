import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { countMemoryKills } from './memory-kills.ts';

/** A root with these files. */
async function rootWith(files: Readonly<Record<string, string>>) {
  const root = await mkdtemp(join(tmpdir(), 'kills-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const write = async (more: Readonly<Record<string, string>>) => {
    for (const [name, text] of Object.entries(more)) {
      await mkdir(dirname(join(root, name)), { recursive: true });
      await writeFile(join(root, name), text);
    }
  };
  await write(files);
  return { root, write };
}

const MACHINE = 'proc/vmstat';
const EVENTS = 'low 0\nhigh 3\nmax 7\noom 1\noom_kill';

test.each<[string, Record<string, string>, string, (count: number) => string]>([
  [
    'version 2',
    { 'proc/self/cgroup': '0::/build.slice/x\n' },
    'sys/fs/cgroup/build.slice/x/memory.events',
    (n) => `${EVENTS} ${n}\n`,
  ],
  [
    'version 1',
    { 'proc/self/cgroup': '8:pids:/\n4:cpu,memory:/x\n0::/\n' },
    'sys/fs/cgroup/memory/x/memory.oom_control',
    (n) => `oom_kill_disable 0\nunder_oom 0\noom_kill ${n}\n`,
  ],
  ['no control group', {}, MACHINE, (n) => `pgfault 9\noom_kill ${n}\n`],
])('with %s the kills since the beginning are counted', async (_, files, file, text) => {
  const { root, write } = await rootWith({ [MACHINE]: 'oom_kill 50\n', ...files, [file]: text(3) });

  const kills = await countMemoryKills(root);
  await write(file === MACHINE ? {} : { [MACHINE]: 'oom_kill 99\n' });
  const before = await kills();
  await write({ [file]: text(5) });

  expect([before, await kills()]).toEqual([0, 2]);
});

test('where nothing can be read there were none', async () => {
  const { root } = await rootWith({});

  expect(await (await countMemoryKills(root))()).toBe(0);
});
