#!/usr/bin/env node
// How many packages a second the control plane hands out and takes back, against what Node's own HTTP server can do.
//   node bench/drain.mjs [--drones 1000] [--packages 30000] [--connections 16] [--no-protocol-log]
import { parseArgs } from 'node:util';
import { createClient, quantile } from './lean-client.mjs';
import { pinClient, startBareServer, startControlPlane, usage } from './server-under-test.mjs';

const { values } = parseArgs({
  options: {
    drones: { type: 'string', default: '1000' },
    packages: { type: 'string', default: '30000' },
    connections: { type: 'string', default: '16' },
    'no-protocol-log': { type: 'boolean', default: false },
    'no-baseline': { type: 'boolean', default: false },
  },
});
const [DRONES, PACKAGES, CONNECTIONS] = [values.drones, values.packages, values.connections].map(Number);
const HEARTBEAT_S = 10;

pinClient();
const bareRate = values['no-baseline'] ? Number.NaN : await measureBare();
const result = await measureDrain();
console.log(JSON.stringify({ bench: 'drain', bare_requests_per_s: Math.round(bareRate), ...result, pairs_over_bare: result.pairs_per_s / bareRate }, rounded));

function rounded(_key, value) {
  return typeof value === 'number' ? Math.round(value * 1000) / 1000 : value;
}

async function measureBare() {
  const server = await startBareServer();
  const client = createClient(server.port, CONNECTIONS);
  const body = { id: 'x'.repeat(32), package: '=dev-libs/some-package-1.2.3', status: 'success', build_duration_s: 12.5, attempt: 1 };
  let count = 0;
  const until = performance.now() + 4000;
  await Promise.all(Array.from({ length: CONNECTIONS }, async () => {
    while (performance.now() < until) {
      await client.request('POST', '/', body);
      count += 1;
    }
  }));
  client.close();
  await server.stop();
  return count / 4;
}

function heartbeat(index) {
  const cores = [4, 8, 8, 14, 16, 24][index % 6];
  return { id: `drone-${index}`, name: `drone-${index}`, ip: '127.0.0.1', type: 'drone', version: '3.1.0', current_task: null, capabilities: { cores, ram_gb: cores * 2, arch: 'amd64', auto_reboot: false }, metrics: { cpu_percent: 50 + (index % 50), ram_percent: 40, load_1m: cores / 2 } };
}

async function measureDrain() {
  const server = await startControlPlane(values['no-protocol-log'] ? { SWARM_PROTOCOL_LOG: 'off' } : {});
  try {
    return await drain(server);
  } finally {
    await server.stop();
  }
}

async function drain(server) {
  const client = createClient(server.port, CONNECTIONS);
  const others = createClient(server.port, 8);
  for (let index = 0; index < DRONES; index += 1) await others.request('POST', '/api/v1/register', heartbeat(index));
  for (let first = 0; first < PACKAGES; first += 500) {
    const packages = Array.from({ length: Math.min(500, PACKAGES - first) }, (_, index) => `=virtual/package${first + index}-1.0`);
    const answer = await others.request('POST', '/api/v1/queue', { packages });
    if (answer.status !== 200) throw new Error(`the queue was answered ${answer.status}: ${JSON.stringify(answer.json())}`);
  }
  const latencies = { work: [], complete: [] };
  const doneAt = [];
  const handedOut = new Map();
  let next = 0;
  let isOver = false;
  const beats = setInterval(() => {
    for (let index = 0; index < DRONES / (HEARTBEAT_S * 10); index += 1) {
      void others.request('POST', '/api/v1/register', heartbeat((next = (next + 1) % DRONES))).catch(() => {});
    }
  }, 100);
  const before = usage(server.pid);
  const startedAt = performance.now();
  let turn = 0;
  await Promise.all(Array.from({ length: CONNECTIONS }, async () => {
    while (!isOver) {
      const id = `drone-${turn++ % DRONES}`;
      const work = await client.request('GET', `/api/v1/work?id=${id}`);
      latencies.work.push(work.ms);
      const { package: name, attempt } = work.json();
      if (!name) continue;
      handedOut.set(name, (handedOut.get(name) ?? 0) + 1);
      const done = await client.request('POST', '/api/v1/complete', { id, package: name, status: 'success', build_duration_s: 12.5, attempt });
      latencies.complete.push(done.ms);
      if (done.json().accepted) doneAt.push(performance.now() - startedAt);
      if (doneAt.length >= PACKAGES) isOver = true;
    }
  }));
  const seconds = (performance.now() - startedAt) / 1000;
  const after = usage(server.pid);
  clearInterval(beats);
  const status = (await others.request('GET', '/api/v1/status')).json();
  client.close();
  others.close();
  const rate = (from, to) => ((to - from) * PACKAGES * 1000) / (doneAt[Math.floor(PACKAGES * to) - 1] - (doneAt[Math.floor(PACKAGES * from) - 1] ?? 0));
  const requests = latencies.work.length + latencies.complete.length;
  return {
    pairs_per_s: PACKAGES / seconds,
    work_p50_ms: quantile(latencies.work, 0.5),
    work_p99_ms: quantile(latencies.work, 0.99),
    work_max_ms: quantile(latencies.work, 1),
    complete_p99_ms: quantile(latencies.complete, 0.99),
    last_fifth_over_first: rate(0.8, 1) / rate(0, 0.2),
    cpu_ms_per_request: ((after.cpuS - before.cpuS) * 1000) / requests,
    rss_mb: after.rssMb,
    received: status.received,
    handed_out_twice: [...handedOut.values()].filter((count) => count > 1).length,
  };
}
