import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { createClient } from '../../src/client/client.ts';
import { freePort, processesNaming, until } from '../../src/testing/real-swarm.ts';

const BIN = fileURLToPath(new URL('../../dist/cli/bin.js', import.meta.url));

const dirs: string[] = [];
afterEach(async () => {
  for (const dir of dirs.splice(0)) await rm(dir, { recursive: true, force: true });
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s in the middle of the builds ends the demo and everything it started', async (signal, exitCode) => {
  const dir = await mkdtemp(join(tmpdir(), 'interrupt-'));
  dirs.push(dir);
  const port = await freePort();
  const args = ['demo', '--port', String(port), '--drones', '2', '--data', join(dir, 'data')];
  const demo = spawn(process.execPath, [BIN, ...args], { stdio: 'ignore' });
  const client = createClient({ baseUrl: `http://127.0.0.1:${port}` });
  await until(
    'two packages are being built',
    async () => (await client.status().catch(() => undefined))?.delegated === 2,
  );
  // The control plane, two drones, and the emerge of each, with what they have started.
  expect(processesNaming(dir).length).toBeGreaterThanOrEqual(5);

  const exit = once(demo, 'exit');
  demo.kill(signal);

  expect((await exit)[0]).toBe(exitCode);
  expect(processesNaming(dir)).toEqual([]);
  await expect(client.health()).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE' });
});
