import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { controlPlaneWorld } from '../../src/testing/control-plane-world.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A control plane that listens and writes its exchanges down, and `wire follow` beside it. */
async function follow(...args: string[]) {
  const world = await controlPlaneWorld({}, undefined, (settings) => ({
    ...settings,
    wire: { ...settings.wire, isOn: true, flushMs: 20 },
  }));
  onTestFinished(() => world.close());
  const { app } = world.plane();
  await app.listen({ host: '127.0.0.1', port: 0 });
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  const env = { ...process.env, SWARMV3_URL: url, SWARM_CONFIG: 'off', NO_COLOR: '1', TZ: 'UTC' };
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/cli/bin.ts', 'wire', 'follow', ...args], {
    ...{ cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let told = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    told += text;
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return { world, app, child, told: () => told, line: async () => String((await lines.next()).value) };
}

/** Until it follows it cannot be known what it has seen, so it is asked for again and again. */
async function keepAsking<T>(ask: () => Promise<unknown>, until: Promise<T>): Promise<T> {
  const timer = setInterval(() => void ask(), 200);
  return until.finally(() => clearInterval(timer));
}

test('wire follow prints each exchange as it is written down, and what does not fit is left out', async () => {
  const { world, line } = await follow('--type', 'register', '--ndjson');

  const first = JSON.parse(await keepAsking(() => world.join('anvil'), line())) as object;

  expect(first).toMatchObject({ msg_type: 'register', source_node: 'anvil', status_code: 200, id: expect.any(Number) });
}, 60_000);

test('wire follow says that the control plane is away, and goes on when it is back', async () => {
  const { world, app, child, told, line } = await follow('--type', 'register');
  expect(await keepAsking(() => world.join('anvil'), line())).toMatch(/register.*anvil/);

  const { port } = app.server.address() as AddressInfo;
  await world.restart();
  await expect.poll(told, { timeout: 30_000 }).toContain('The connection to the control plane is lost');
  await world.plane().app.listen({ host: '127.0.0.1', port });
  await expect.poll(told, { timeout: 30_000 }).toContain('The control plane is back.');
  expect(await keepAsking(() => world.join('bellows'), untilOf('bellows', line))).toMatch(/register.*bellows/);

  child.kill('SIGINT');
  expect(await once(child, 'exit')).toEqual([null, 'SIGINT']);
}, 120_000);

async function untilOf(name: string, line: () => Promise<string>): Promise<string> {
  for (;;) {
    const next = await line();
    if (next.includes(name)) return next;
  }
}
