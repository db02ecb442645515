import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { createClient } from '../../src/client/client.ts';
import { followSwarm, type SwarmMessage } from '../../src/client/stream.ts';
import { ended, freePort, until } from '../../src/testing/real-swarm.ts';

/** The real program, compiled, as `npm test` leaves it. */
const BIN = fileURLToPath(new URL('../../dist/cli/bin.js', import.meta.url));

type Running = { readonly child: ChildProcess; readonly log: () => string };

async function setup() {
  const dir = await mkdtemp(join(tmpdir(), 'stop-'));
  const port = await freePort();
  const baseUrl = `http://127.0.0.1:${port}`;
  const children: ChildProcess[] = [];
  onTestFinished(async () => {
    for (const child of children) await ended(child, 'SIGKILL');
    await rm(dir, { recursive: true, force: true });
  });
  const client = createClient({ baseUrl });
  const start = async (more: Record<string, string> = {}): Promise<Running> => {
    const env = { PATH: process.env['PATH'] ?? '', HOME: dir, SWARM_AUTH: 'off', LOG_FILE: 'off', ...more };
    const args = [BIN, 'serve', '--config', 'off', '--port', String(port), '--data', dir];
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
    children.push(child);
    let log = '';
    child.stderr?.on('data', (bytes) => {
      log += String(bytes);
    });
    await until('the control plane answers', async () => {
      if (child.exitCode !== null) throw new Error(log);
      return client.health().catch(() => undefined);
    });
    return { child, log: () => log };
  };
  return { dir, port, baseUrl, client, start };
}

async function exitOf(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  const exit = once(child, 'exit');
  child.kill(signal);
  const [code] = (await exit) as [number | null];
  return code;
}

test('a control plane that is stopped under load keeps everything it acknowledged, and exits with 0', async () => {
  const { dir, port, start } = await setup();
  const { child } = await start();
  const acknowledged: string[] = [];
  let isOver = false;
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  onTestFinished(() => agent.destroy());
  const writers = Array.from({ length: 8 }, async (_, writer) => {
    for (let number = 0; !isOver; number += 1) {
      const name = `app-misc/p${writer}x${number}`;
      const status = await queue(port, agent, name).catch(() => undefined);
      if (status === 200) acknowledged.push(name);
      if (status === undefined) return;
    }
  });
  await until('some are acknowledged', async () => acknowledged.length > 200);

  const code = await exitOf(child, 'SIGTERM');
  isOver = true;
  await Promise.all(writers);

  // Folded into the database and closed; reading it makes a new one.
  const hasWal = existsSync(join(dir, 'swarm.db-wal'));
  const database = new Database(join(dir, 'swarm.db'), { readonly: true });
  onTestFinished(() => void database.close());
  const queued = new Set(database.prepare<[], string>('SELECT package FROM queue').pluck().all());
  expect(code).toBe(0);
  expect(acknowledged.filter((name) => !queued.has(name))).toEqual([]);
  expect(hasWal).toBe(false);
});

function queue(port: number, agent: Agent, name: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request({ port, agent, method: 'POST', path: '/api/v1/queue' }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(JSON.stringify({ packages: [name] }));
  });
}

test('idle connections, waiting drones, listeners and a request that never ends do not hold it up', async () => {
  const { port, baseUrl, client, start } = await setup();
  const { child, log } = await start();
  await client.register({ body: { id: 'anvil', name: 'anvil', running: [], capabilities: { attempts: true } } });
  const waiting = client.work({ query: { id: 'anvil', wait: 60 } });
  const seen: SwarmMessage[] = [];
  const gone = new AbortController();
  onTestFinished(() => gone.abort());
  const lost = new Promise<void>((resolve) => {
    void (async () => {
      const wish = { topics: ['events'], signal: gone.signal, onLost: () => resolve() };
      for await (const message of followSwarm({ baseUrl }, wish)) seen.push(message);
    })();
  });
  await until('the listener is there', async () => seen.length > 0);
  const idle = connect(port, '127.0.0.1');
  const endless = connect(port, '127.0.0.1');
  for (const socket of [idle, endless]) {
    onTestFinished(() => void socket.destroy());
    socket.on('error', () => {});
    await once(socket, 'connect');
  }
  await beginEndless(endless);
  await until('the drone waits', async () => {
    const response = await fetch(`${baseUrl}/metrics`);
    return (await response.text()).includes('build_swarm_long_polls_waiting 1');
  });

  const code = await exitOf(child, 'SIGTERM');

  expect(code).toBe(0);
  expect(await waiting).toMatchObject({ package: null });
  await lost;
  expect(seen.at(-1)).toMatchObject({ event: 'bye' });
  expect(log()).toContain('cut off what did not end in time');
  expect(log()).toContain('control plane stopped');
  expect(log()).not.toContain('could not stop in time');
});

/** Send a request whose body never ends; resolves when the control plane has begun to read it. */
async function beginEndless(socket: Socket): Promise<void> {
  socket.write('POST /api/v1/queue HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n{');
  await once(socket, 'data');
}

test('after an orderly stop it starts again on the same files, and listeners go on where they were', async () => {
  const { baseUrl, client, start } = await setup();
  const first = await start();
  const seen: SwarmMessage[] = [];
  const gone = new AbortController();
  onTestFinished(() => gone.abort());
  void (async () => {
    for await (const message of followSwarm({ baseUrl }, { topics: ['events'], signal: gone.signal }))
      seen.push(message);
  })();
  const told = () => seen.flatMap((message) => (message.event === 'events' ? [message.data.id] : []));
  await until('the listener is there', async () => seen.length > 0);
  await client.queueAdd({ body: { packages: ['app-misc/a'] } });
  await until('the first event is told', async () => told().length > 0);

  expect(await exitOf(first.child, 'SIGTERM')).toBe(0);
  await start();
  await client.queueAdd({ body: { packages: ['app-misc/b'] } });
  await until('the next event is told', async () => {
    const { events } = await client.events({ query: { since: 0 } });
    return told().length >= events.length;
  });

  const { events } = await client.events({ query: { since: 0 } });
  expect(told()).toEqual(events.map(({ id }) => id));
});

test('a second signal ends it at once', async () => {
  const { port, start } = await setup();
  const { child, log } = await start();
  const endless = connect(port, '127.0.0.1');
  onTestFinished(() => void endless.destroy());
  endless.on('error', () => {});
  await once(endless, 'connect');
  await beginEndless(endless);
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  await until('it is stopping', async () => log().includes('control plane stopping'));

  child.kill('SIGTERM');

  expect(await exit).toEqual([143, null]);
  expect(log()).not.toContain('control plane stopped');
});

test('a disk that takes nothing any more makes health fail, and room on it makes it well again', async () => {
  const { baseUrl, client, start } = await setup();
  const { child } = await start();
  const limit = promisify(execFile);
  await client.queueAdd({ body: { packages: ['app-misc/a'] } });
  const statusOf = async (path: string) => (await fetch(baseUrl + path)).status;

  await limit('prlimit', ['--pid', String(child.pid), '--fsize=1:']);
  await until('health fails', async () => (await statusOf('/api/v1/health')) >= 500);
  const ready = await fetch(`${baseUrl}/api/v1/ready`);
  await limit('prlimit', ['--pid', String(child.pid), '--fsize=unlimited:']);
  await until('health is well again', async () => (await statusOf('/api/v1/health')) === 200);

  expect(ready.status).toBe(503);
  expect(await ready.json()).toMatchObject({ store: { writable: false } });
  await client.queueAdd({ body: { packages: ['app-misc/b'] } });
  expect((await client.status()).needed).toBe(2);
});

test('systemd is told when it is ready and when it stops', async () => {
  const { dir, start } = await setup();
  const told: string[] = [];
  // What systemd listens on is a datagram socket; a small program of the system receives for us.
  const socket = join(dir, 'notify');
  const receiver = spawn('python3', ['-c', RECEIVER, socket], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => ended(receiver, 'SIGKILL'));
  receiver.stdout.on('data', (bytes) => told.push(...String(bytes).trim().split('\n')));
  await until('somebody listens', async () => told.includes('listening'));
  const { child } = await start({ NOTIFY_SOCKET: socket });
  await until('it is ready', async () => told.includes('READY=1'));

  await exitOf(child, 'SIGTERM');

  await until('it says good-bye', async () => told.includes('STOPPING=1'));
  expect(told.indexOf('STOPPING=1')).toBeGreaterThan(told.indexOf('READY=1'));
});

const RECEIVER = `
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print('listening', flush=True)
while True:
    for line in s.recv(4096).decode().split('\\n'):
        print(line, flush=True)
`;
