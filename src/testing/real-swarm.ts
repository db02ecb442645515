import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { type Client, createClient } from '../client/client.ts';
import type { Plan } from '../contract/plan.ts';
import { findPortage, type PortageHost } from '../emerge/host.ts';
import { makePlan } from '../emerge/planner.ts';
import { createPrefix, type PortagePrefix, prefixEnv } from '../emerge/prefix.ts';
import { type Block, parsePackagesIndex } from '../portage/packages-index.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const BIN = join(ROOT, 'dist', 'cli', 'bin.js');
const EXAMPLE_REPO = join(ROOT, 'examples', 'repo');

/** A control plane and drones as real processes with real Portage, on the loopback address. */
export type RealSwarm = {
  readonly dir: string;
  readonly url: string;
  readonly host: PortageHost;
  readonly client: Client;
  /** Start (or start again) the control plane on the same port and files; resolves when it answers. */
  startControlPlane(): Promise<ChildProcess>;
  /** Start (or start again) a drone in its own prefix. */
  startDrone(name: string, env?: Record<string, string>): Promise<ChildProcess>;
  /** Resolve the targets as a machine on which nothing is installed would. */
  plan(targets: readonly string[]): Promise<Plan>;
  /** A prefix that installs from the binhost, as long a path as a drone's. */
  clientPrefix(name: string, world: readonly string[]): Promise<PortagePrefix>;
  /** Ask until the answer is something. */
  until<T>(what: string, question: () => Promise<T | undefined | false>): Promise<T>;
  index(): Promise<readonly Block[]>;
  /** Rows of the database, read as an operator would. */
  rows<T>(sql: string): T[];
  close(): Promise<void>;
};

/** `repoDir` is the ebuild repository of all its machines; the examples' unless told. */
export async function realSwarm({ repoDir = EXAMPLE_REPO }: { readonly repoDir?: string } = {}): Promise<RealSwarm> {
  const dir = await mkdtemp(join(tmpdir(), 'swarm-'));
  const host = await findPortage({ env: process.env, onProgress: () => {} });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const dataDir = join(dir, 'data');
  const children = new Set<ChildProcess>();
  const start = (name: string, args: readonly string[], env: Record<string, string> = {}) => {
    const child = spawn(process.execPath, [BIN, ...args], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const log = createWriteStream(join(dir, `${name}.log`), { flags: 'a' });
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    children.add(child);
    child.once('exit', () => children.delete(child));
    return child;
  };
  // Requests that fail while the control plane is away are a part of some tests.
  const client = createClient({ baseUrl: url, timeoutMs: 10_000 });
  const swarm: RealSwarm = {
    dir,
    url,
    host,
    client,
    startControlPlane: async () => {
      const child = start('control-plane', ['serve', '--port', String(port), '--data', dataDir], { SWARM_AUTH: 'off' });
      await swarm.until('the control plane answers', async () => {
        if (child.exitCode !== null) throw new Error(await readFile(join(dir, 'control-plane.log'), 'utf8'));
        return client.health().catch(() => undefined);
      });
      return child;
    },
    startDrone: async (name, env = {}) => {
      const prefix = join(dir, name);
      await createPrefix({ dir: prefix, host, repoDir, binhostUrl: `${url}/binhost` });
      return start(name, ['drone', 'run', '--url', url, '--name', name, '--prefix', prefix, '--heartbeat', '1'], env);
    },
    plan: async (targets) => {
      const prefix = await createPrefix({ dir: join(dir, 'planner'), host, repoDir });
      return makePlan({ python: host.python, env: prefixEnv(prefix) }, { targets, keepGoing: true });
    },
    clientPrefix: (name, world) =>
      createPrefix({
        dir: join(dir, name),
        host,
        repoDir,
        binhostUrl: `${url}/binhost`,
        world: [...world],
      }),
    until,
    index: async () => parsePackagesIndex(await readFile(join(dataDir, 'binhost', 'Packages'), 'utf8')).packages,
    rows: <T>(sql: string) => {
      const database = new Database(join(dataDir, 'swarm.db'), { readonly: true });
      try {
        return database.prepare<[], T>(sql).all();
      } finally {
        database.close();
      }
    },
    close: async () => {
      await Promise.all([...children].map((child) => ended(child, 'SIGTERM')));
      await rm(dir, { recursive: true, force: true });
    },
  };
  await mkdir(dataDir);
  return swarm;
}

/** Send the signal and wait until the process is gone. */
export async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill(signal);
  await exit;
}

/** A port of the loopback address that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Ask until the answer is something. */
export async function until<T>(what: string, question: () => Promise<T | undefined | false>): Promise<T> {
  for (let tries = 0; tries < 3000; tries += 1) {
    const answer = await question();
    if (answer !== undefined && answer !== false) return answer;
    await delay(100);
  }
  throw new Error(`waited in vain until ${what}`);
}

/** The command lines of all processes that name the path. */
export function processesNaming(path: string): string[] {
  const others = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  return others.map(commandLineOf).filter((line) => line.includes(path));
}

/** Empty for a process that has just ended. */
function commandLineOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}
