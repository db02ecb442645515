// Starts a server on one core and moves this process to the other, so that they do not fight for time.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const canPin = availableParallelism() > 1;

/** This process and all it starts later without a pin stay on the second core. */
export function pinClient() {
  if (canPin) execFileSync('taskset', ['-a', '-p', '-c', '1', String(process.pid)], { stdio: 'ignore' });
}

function spawnPinned(command, args, options) {
  const server = canPin ? spawn('taskset', ['-c', '0', command, ...args], options) : spawn(command, args, options);
  // However this program ends, no server stays behind.
  process.once('exit', () => server.kill('SIGKILL'));
  process.once('SIGTERM', () => process.exit(1));
  return server;
}

async function freePort() {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** The built control plane with a directory of its own; without authentication, as old agents need it. */
export async function startControlPlane(env = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'swarm-bench-'));
  const port = await freePort();
  const server = spawnPinned(process.execPath, [...(process.env.BENCH_NODE_ARGS?.split(' ') ?? []), join(ROOT, 'dist/cli/bin.js'), 'serve', '--port', String(port), '--data', dir], {
    env: { ...process.env, SWARM_AUTH: 'off', LOG_FILE: join(dir, 'control-plane.log'), SWARM_DB_PATH: join(dir, 'swarm.db'), ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await untilHealthy(port, server);
  return { port, pid: server.pid, dir, stop: () => stop(server).then(() => rmSync(dir, { recursive: true, force: true })) };
}

/** Node's own HTTP server, which reads a JSON body and answers a small one: the floor. */
export async function startBareServer() {
  const port = await freePort();
  const code = `require('node:http').createServer((q, s) => { const b = []; q.on('data', (c) => b.push(c)); q.on('end', () => {
    JSON.parse(Buffer.concat(b)); const t = '{"status":"ok"}'; s.writeHead(200, {'content-type':'application/json','content-length':t.length}); s.end(t); }); }).listen(${port}, '127.0.0.1')`;
  const server = spawnPinned(process.execPath, ['-e', code], { stdio: 'ignore' });
  await untilListening(port);
  return { port, pid: server.pid, stop: () => stop(server) };
}

function stop(server) {
  return new Promise((resolve) => {
    if (server.exitCode !== null) return resolve();
    server.once('exit', resolve);
    server.kill('SIGTERM');
  });
}

async function untilHealthy(port, server) {
  for (let tries = 0; tries < 200; tries += 1) {
    if (server.exitCode !== null) throw new Error(`the control plane ended with ${server.exitCode}`);
    const isThere = await fetch(`http://127.0.0.1:${port}/api/v1/health`).then((answer) => answer.ok, () => false);
    if (isThere) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the control plane does not answer');
}

async function untilListening(port) {
  for (let tries = 0; tries < 100; tries += 1) {
    const isThere = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: '{}' }).then(() => true, () => false);
    if (isThere) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** CPU seconds and resident megabytes of a process and all that it started. */
export function usage(pid) {
  let [cpuS, rssMb] = [0, 0];
  for (const each of descendants(pid)) {
    try {
      const stat = readFileSync(`/proc/${each}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      cpuS += (Number(fields[11]) + Number(fields[12])) / 100;
      rssMb += Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${each}/status`, 'utf8'))?.[1] ?? 0) / 1024;
    } catch {
      // It has ended meanwhile.
    }
  }
  return { cpuS, rssMb };
}

function descendants(pid) {
  const children = new Map();
  for (const name of readdirSync('/proc').filter((each) => /^\d+$/.test(each))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
    } catch {
      // It has ended meanwhile.
    }
  }
  const all = [pid];
  for (const each of all) all.push(...(children.get(each) ?? []));
  return all;
}
