#!/usr/bin/env node
// What the protocol log costs: CPU time of the control plane per request with the log on, over the same with it off.
//   node bench/wire.mjs [--rounds 5] [--drones 200] [--packages 5000] [--connections 16]
import { parseArgs } from 'node:util';
import { setTimeout as delay } from 'node:timers/promises';
import { createClient } from './lean-client.mjs';
import { pinClient, startControlPlane, usage } from './server-under-test.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    drones: { type: 'string', default: '200' },
    packages: { type: 'string', default: '5000' },
    connections: { type: 'string', default: '16' },
  },
});
const [ROUNDS, DRONES, PACKAGES, CONNECTIONS] = [values.rounds, values.drones, values.packages, values.connections].map(Number);
/** The log writes behind; what it still does after the last answer counts too. */
const SETTLE_MS = 1500;

pinClient();
const costs = { on: [], off: [] };
let log = {};
for (let round = 0; round < ROUNDS; round += 1) {
  // Turn about, and each first in turn, so that what else the machine does meets both.
  for (const state of round % 2 === 0 ? ['off', 'on'] : ['on', 'off']) costs[state].push(await measure(state));
}
const [on, off] = [median(costs.on), median(costs.off)];
console.log(JSON.stringify({ bench: 'wire', cpu_us_per_request: { on, off }, added_us: on - off, on_over_off: on / off, rounds: costs, log }, rounded));

function rounded(_key, value) {
  return typeof value === 'number' ? Math.round(value * 1000) / 1000 : value;
}

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
}

/** Microseconds of CPU for one request of a drain with heartbeats. */
async function measure(state) {
  const server = await startControlPlane({ SWARM_PROTOCOL_LOG: state });
  const client = createClient(server.port, CONNECTIONS);
  for (let index = 0; index < DRONES; index += 1) await client.request('POST', '/api/v1/register', heartbeat(index));
  for (let first = 0; first < PACKAGES; first += 500) {
    const packages = Array.from({ length: 500 }, (_, index) => `=virtual/package${first + index}-1.0`);
    const { status } = await client.request('POST', '/api/v1/queue', { packages });
    if (status !== 200) throw new Error(`the packages were refused with ${status}`);
  }
  await drain(client, PACKAGES * 0.2);
  await delay(SETTLE_MS);
  const before = usage(server.pid).cpuS;
  // Each connection may have taken one more than was asked for.
  const requests = await drain(client, PACKAGES * 0.8 - CONNECTIONS);
  await delay(SETTLE_MS);
  const cpuS = usage(server.pid).cpuS - before;
  if (state === 'on') log = (await client.request('GET', '/api/v1/protocol/stats')).json();
  client.close();
  await server.stop();
  return (cpuS * 1e6) / requests;
}

async function drain(client, packages) {
  let [turn, done, requests, idle] = [0, 0, 0, 0];
  const request = (...what) => {
    requests += 1;
    return client.request(...what);
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, async () => {
    while (done < packages) {
      const index = turn++ % DRONES;
      const id = `drone-${index}`;
      if (turn % 4 === 0) await request('POST', '/api/v1/register', heartbeat(index));
      const { package: name, attempt } = (await request('GET', `/api/v1/work?id=${id}`)).json();
      if (!name && (idle += 1) > 10_000) throw new Error('no work is handed out');
      if (!name) continue;
      done += 1;
      await request('POST', '/api/v1/complete', { id, package: name, status: 'success', build_duration_s: 12.5, attempt });
    }
  }));
  return requests;
}

function heartbeat(index) {
  const cores = [4, 8, 8, 14, 16, 24][index % 6];
  return { id: `drone-${index}`, name: `drone-${index}`, ip: '127.0.0.1', type: 'drone', version: '3.1.0', current_task: null, capabilities: { cores, ram_gb: cores * 2, arch: 'amd64', auto_reboot: false }, metrics: { cpu_percent: 50 + (index % 50), ram_percent: 40, load_1m: cores / 2 } };
}
