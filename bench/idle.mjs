#!/usr/bin/env node
// What a large swarm costs while nothing is built: heartbeats and dashboards, asked in an open loop, so that a
// request that had to wait counts from the moment it was due.
//   node bench/idle.mjs [--drones 5000] [--packages 30000] [--dashboards 3] [--streams 0] [--seconds 20] [--no-protocol-log]
import { connect } from 'node:net';
import { parseArgs } from 'node:util';
import { createClient, quantile } from './lean-client.mjs';
import { pinClient, startControlPlane, usage } from './server-under-test.mjs';

const { values } = parseArgs({
  options: {
    drones: { type: 'string', default: '5000' },
    packages: { type: 'string', default: '30000' },
    dashboards: { type: 'string', default: '3' },
    /** Listeners of the event stream beside the dashboards. */
    streams: { type: 'string', default: '0' },
    seconds: { type: 'string', default: '20' },
    'no-protocol-log': { type: 'boolean', default: false },
  },
});
const [DRONES, PACKAGES, DASHBOARDS, STREAMS, SECONDS] = [values.drones, values.packages, values.dashboards, values.streams, values.seconds].map(Number);
const HEARTBEAT_MS = 10_000;
const POLL_MS = 2_000;
const FILL_CONNECTIONS = 16;
const BEAT_CONNECTIONS = 64;

pinClient();
const server = await startControlPlane(values['no-protocol-log'] ? { SWARM_PROTOCOL_LOG: 'off' } : {});
try {
  const filled = await fill(server.port);
  console.log(JSON.stringify({ bench: 'idle', drones: DRONES, packages: PACKAGES, ...filled, ...(await idle(server)) }, rounded));
} finally {
  await server.stop();
}

function rounded(_key, value) {
  return typeof value === 'number' ? Math.round(value * 100) / 100 : value;
}

function heartbeat(index, turn) {
  const cores = [4, 8, 8, 14, 16, 24][index % 6];
  const metrics = { cpu_percent: (index * 7 + turn * 13) % 100, ram_percent: 30 + ((index + turn) % 40), load_1m: ((index + turn) % 80) / 10 };
  return { id: `drone-${index}`, name: `drone-${index}`, ip: '127.0.0.1', type: 'drone', version: '3.1.0', current_task: null, capabilities: { cores, ram_gb: cores * 2, arch: 'amd64', auto_reboot: false }, metrics };
}

/** All drones known, all packages queued. */
async function fill(port) {
  const client = createClient(port, FILL_CONNECTIONS);
  const startedAt = performance.now();
  let next = 0;
  await Promise.all(Array.from({ length: FILL_CONNECTIONS }, async () => {
    while (next < DRONES) must(await client.request('POST', '/api/v1/register', heartbeat(next++, 0)));
  }));
  const registeredAt = performance.now();
  for (let first = 0; first < PACKAGES; first += 500) {
    const packages = Array.from({ length: Math.min(500, PACKAGES - first) }, (_, index) => `=virtual/package${first + index}-1.0`);
    must(await client.request('POST', '/api/v1/queue', { packages }));
  }
  const queuedAt = performance.now();
  client.close();
  return { register_s: (registeredAt - startedAt) / 1000, queue_s: (queuedAt - registeredAt) / 1000 };
}

function must(answer) {
  if (answer.status !== 200) throw new Error(`was answered ${answer.status}: ${JSON.stringify(answer.json())}`);
  return answer;
}

async function idle({ port, pid }) {
  const listeners = Array.from({ length: STREAMS }, () => listen(port));
  const beats = createClient(port, BEAT_CONNECTIONS);
  const polls = createClient(port, DASHBOARDS * 4 + 1);
  const taken = {};
  const asked = [];
  const ask = (name, dueAt, answer) => {
    const entry = (taken[name] ??= { ms: [], bytes: [], failed: 0 });
    const noted = answer.then((got) => {
      if (got.status !== 200) entry.failed += 1;
      entry.ms.push(performance.now() - dueAt);
      entry.bytes.push(got.size);
      return got;
    }, () => void (entry.failed += 1));
    asked.push(noted);
    return noted;
  };
  // What the filling left to do is not what idling costs.
  await pause(2000);
  const before = usage(pid);
  const startedAt = performance.now();
  await Promise.all([
    paced(DRONES / HEARTBEAT_MS, startedAt, (turn, dueAt) => ask('heartbeat', dueAt, beats.request('POST', '/api/v1/register', heartbeat(turn % DRONES, turn)))),
    ...Array.from({ length: DASHBOARDS }, (_, index) => dashboard(polls, ask, startedAt + (POLL_MS * index) / DASHBOARDS)),
    paced(1 / POLL_MS, startedAt, (_turn, dueAt) => ask('queue', dueAt, polls.request('GET', '/api/v1/queue'))),
  ]);
  await Promise.all(asked);
  const seconds = (performance.now() - startedAt) / 1000;
  const after = usage(pid);
  const state = (await polls.request('GET', '/api/v1/status')).json();
  beats.close();
  polls.close();
  for (const each of listeners) each.socket.destroy();
  return {
    cpu_percent: ((after.cpuS - before.cpuS) * 100) / seconds,
    rss_mb: after.rssMb,
    nodes_online: state.nodes_online,
    ...Object.fromEntries(Object.entries(taken).map(([name, entry]) => [name, figures(entry)])),
    ...(STREAMS > 0 && { streamed_kb_per_s: listeners.reduce((sum, each) => sum + each.bytes(), 0) / 1024 / seconds / STREAMS }),
  };
}

function figures({ ms, bytes, failed }) {
  return { n: ms.length, failed, p50_ms: quantile(ms, 0.5), p99_ms: quantile(ms, 0.99), max_ms: quantile(ms, 1), bytes: Math.round(quantile(bytes, 0.5)) };
}

/** Calls `each` so often a millisecond, however long the answers take. */
async function paced(perMs, startedAt, each) {
  for (let turn = 0; ; turn += 1) {
    const dueAt = startedAt + (turn + 1) / perMs;
    if (dueAt > startedAt + SECONDS * 1000) return;
    await until(dueAt);
    each(turn, dueAt);
  }
}

/** Asks all it shows at once, as a page that polls does. */
async function dashboard(client, ask, firstAt) {
  let since = 0;
  for (let dueAt = firstAt; dueAt < firstAt + SECONDS * 1000; dueAt += POLL_MS) {
    await until(dueAt);
    ask('status', dueAt, client.request('GET', '/api/v1/status'));
    ask('nodes', dueAt, client.request('GET', '/api/v1/nodes?all=true'));
    const events = ask('events', dueAt, client.request('GET', `/api/v1/events?since=${since}`));
    void events.then((got) => (since = got?.json().latest_id ?? since));
  }
}

/** The event stream, counted and thrown away. */
function listen(port) {
  let count = 0;
  const socket = connect({ port, host: '127.0.0.1' });
  socket.on('data', (chunk) => (count += chunk.length));
  socket.write('GET /api/v1/stream HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
  return { socket, bytes: () => count };
}

async function until(dueAt) {
  const leftMs = dueAt - performance.now();
  if (leftMs > 0) await pause(leftMs);
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
