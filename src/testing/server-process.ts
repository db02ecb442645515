import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../../dist/cli/bin.js', import.meta.url));

/** The control plane as a process of its own, as it is shipped. */
export type ServerProcess = {
  readonly dir: string;
  readonly url: string;
  readonly port: number;
  /** Memory that it has in use, in bytes. */
  residentBytes(): number;
  stop(): Promise<void>;
};

/** Start one on a free port of the loopback address, with fresh files; resolves when it listens. */
export async function serverProcess(env: Readonly<Record<string, string>> = {}): Promise<ServerProcess> {
  const dir = await mkdtemp(join(tmpdir(), 'server-'));
  const child = spawn(process.execPath, [BIN, 'serve', '--host', '127.0.0.1', '--port', '0', '--data', dir], {
    env: { ...process.env, SWARM_AUTH: 'off', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  let log = '';
  child.stderr.on('data', (lines: Buffer) => {
    log = (log + lines.toString()).slice(-10_000);
  });
  const url = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).on('line', (line) => {
      const address = /Address: +(\S+)/.exec(line)?.[1];
      if (address !== undefined) resolve(address);
    });
    void exited.then(() => reject(new Error(`the control plane did not start: ${log}`)));
  });
  return {
    dir,
    url,
    port: Number(new URL(url).port),
    residentBytes: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) * 1024,
    stop: async () => {
      child.kill();
      await exited;
      await rm(dir, { recursive: true, force: true });
    },
  };
}
