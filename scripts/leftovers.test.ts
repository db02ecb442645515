import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { endLeftovers, findLeftovers } from './leftovers.ts';

test.each([
  ['by its environment', (directory: string) => ({ cwd: '/', env: { ...process.env, SWARM: directory } })],
  ['by the directory it works in', (directory: string) => ({ cwd: directory, env: {} })],
])('a process left behind is found %s and ended', async (_how, place) => {
  const directory = mkdtempSync(join(tmpdir(), 'left-'));
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000); console.log(1)'], {
    ...place(directory),
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(child.stdout, 'data');

  const found = findLeftovers(directory);
  endLeftovers(found);
  await once(child, 'exit');

  expect(found.map(({ pid }) => pid)).toEqual([child.pid]);
  expect(child.signalCode).toBe('SIGKILL');
  expect(findLeftovers(directory)).toEqual([]);
});
