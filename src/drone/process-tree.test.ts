import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { killGroup } from '../platform/process-group.ts';
import { parseStat, treeOf, useOfTree } from './process-tree.ts';

/** Runs `script` in a group of its own; resolves when it has printed a line. */
async function started(script: string): Promise<ChildProcess & { readonly pid: number }> {
  const child = spawn('python3', ['-c', script], { detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => killGroup(child.pid ?? 0, { graceMs: 0 }));
  await once(child.stdout, 'data');
  return child as ChildProcess & { readonly pid: number };
}

test('the memory of a process and of what it started is added up', async () => {
  const take = 'block = bytearray(os.urandom(1)) * (100 << 20)';
  const child = await started(
    `import os, subprocess, sys, time
${take}
inner = subprocess.Popen([sys.executable, "-c", """import os, time
${take}
print(1, flush=True)
time.sleep(60)"""])
time.sleep(60)`,
  );

  const { memoryBytes, pids } = await useOfTree(child.pid);

  expect(pids.length).toBe(2);
  expect(memoryBytes / 2 ** 20).toBeGreaterThan(200);
  expect(memoryBytes / 2 ** 20).toBeLessThan(260);
});

test('the processor time of children that have ended counts', async () => {
  const child = await started(
    `import os, subprocess, sys, time
subprocess.run([sys.executable, "-c", "import time\\nwhile time.process_time() < 0.5: pass"])
print(1, flush=True)
time.sleep(60)`,
  );

  const { cpuMs } = await useOfTree(child.pid);

  expect(cpuMs).toBeGreaterThanOrEqual(500);
});

test('of a process that is gone nothing is left', async () => {
  const child = await started('print(1, flush=True)');
  if (child.exitCode === null) await once(child, 'exit');

  expect(await useOfTree(child.pid)).toMatchObject({ pids: [], cpuMs: 0, memoryBytes: 0 });
});

test('who lost its parent stays in the group, who left the group has its parent', () => {
  const of = (pid: number, parent: number, group: number) => ({ pid, parent, group, cpuMs: 1 });
  const all = [
    of(1, 0, 1),
    of(10, 1, 10),
    of(11, 10, 10),
    of(12, 1, 10),
    of(13, 11, 13),
    of(14, 13, 13),
    of(20, 1, 20),
  ];

  expect(new Set(treeOf(10, all).map(({ pid }) => pid))).toEqual(new Set([10, 11, 12, 13, 14]));
});

test('a process may have any name', () => {
  const text = '4242 (a) b (c) S 7 42 42 0 -1 4194304 1 0 0 0 12 3 4 1 20 0 1 0 99 1 1';

  expect(parseStat(text)).toEqual({ pid: 4242, parent: 7, group: 42, cpuMs: 200 });
  expect([parseStat(''), parseStat('nonsense')]).toEqual([undefined, undefined]);
});
