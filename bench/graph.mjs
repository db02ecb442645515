#!/usr/bin/env node
// The graph of a large plan in a real browser, while drones take packages and give them back: how long until it can be
// used, how long what is done to it takes to show, and what kept the page from answering.
//   node bench/graph.mjs [--packages 1000] [--events 10] [--rounds 3] [--workload FILE] [--json FILE]
// A workload with fewer packages is doubled from its end: the copies need what the originals need.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import makePlan from './makespan-plan.mjs';
import { startControlPlane } from './server-under-test.mjs';

const { values } = parseArgs({
  options: {
    packages: { type: 'string', default: '1000' },
    events: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '3' },
    workload: { type: 'string', default: new URL('../../shared/portage/workloads/flatcar-world.json', import.meta.url).pathname },
    json: { type: 'string' },
  },
});
const [PACKAGES, EVENTS, ROUNDS] = [values.packages, values.events, values.rounds].map(Number);

const server = await startControlPlane({ CONTROL_PLANE_HOST: '127.0.0.1', PROTOCOL_LOG: 'off' });
const url = `http://127.0.0.1:${server.port}`;
const edges = await queueLarge();
const stopDrones = runDrones();
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
try {
  const result = { packages: PACKAGES, edges, ...(await measure()) };
  console.log(JSON.stringify(result, null, 2));
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
} finally {
  stopDrones();
  await browser.close();
  await server.stop();
}
process.exit(0);

async function ask(method, path, body, type = 'application/json') {
  const response = await fetch(url + path, { method, ...(body === undefined ? {} : { headers: { 'content-type': type }, body: JSON.stringify(body) }) });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

/** The workload as a plan, made as large as is asked for. Says how many edges it has. */
async function queueLarge() {
  const [{ body }] = makePlan(JSON.parse(readFileSync(values.workload, 'utf8')));
  const { nodes, edges: known, merge_order: order } = body.plan;
  while (nodes.length < PACKAGES) {
    const copied = new Set(order.slice(-Math.min(order.length, PACKAGES - nodes.length)));
    const nameOf = (cpv) => (copied.has(cpv) ? cpv.replace('/', `/copy${nodes.length}-`) : cpv);
    const names = new Map([...copied].map((cpv) => [cpv, nameOf(cpv)]));
    known.push(...known.filter(({ from }) => copied.has(from)).map((edge) => ({ ...edge, from: names.get(edge.from), to: names.get(edge.to) ?? edge.to })));
    nodes.push(...[...names.values()].map((cpv) => ({ ...nodes[0], cpv })));
    order.push(...names.values());
  }
  const seconds = new Map(JSON.parse(readFileSync(values.workload, 'utf8')).packages.map((each) => [each.cpv, each.seconds]));
  for (const node of nodes) node.expected_s = seconds.get(node.cpv.replace(/\/copy\d+-/, '/')) ?? 60;
  await ask('POST', '/api/v1/queue', { ...body, session_name: 'large' }, 'application/vnd.build-swarm.plan+json');
  return known.length;
}

/** Drones that take a package and give it back. */
function runDrones() {
  const drones = Array.from({ length: 20 }, (_, index) => ({ name: `drone-${index + 1}`, id: createHash('sha256').update(`${index}`).digest('hex').slice(0, 32) }));
  const beat = ({ id, name }) =>
    ask('POST', '/api/v1/register', { id, name, ip: '10.0.0.1', version: '3.2.0', running: [], current_task: null, capabilities: { cores: 8, ram_gb: 16, arch: 'amd64', slots: 1, attempts: true }, metrics: { cpu_percent: 50, ram_percent: 40, load_1m: 4 } }).catch(() => {});
  const work = async ({ id }) => {
    const given = await ask('GET', `/api/v1/work?id=${id}&holding=`);
    if (given.package) await ask('POST', '/api/v1/complete', { id, package: given.package, attempt: given.attempt, status: 'returned' });
  };
  let next = 0;
  const every = (ms, act) => setInterval(() => void act(drones[next++ % drones.length]).catch(() => {}), ms);
  const timers = [every(500, beat)];
  void Promise.all(drones.map(beat)).then(() => timers.push(every(2000 / EVENTS, work)));
  return () => timers.forEach(clearInterval);
}

async function measure() {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.addInitScript(() => {
    globalThis.seen = { tasks: [], events: [] };
    new PerformanceObserver((list) => seen.tasks.push(...list.getEntries().map(({ duration }) => Math.round(duration)))).observe({ type: 'longtask', buffered: true });
    new PerformanceObserver((list) => seen.events.push(...list.getEntries().map(({ name, duration }) => ({ name, duration })))).observe({ type: 'event', durationThreshold: 16, buffered: true });
  });
  const begun = Date.now();
  await page.goto(`${url}/graph`);
  const drawing = page.locator('.react-flow');
  await drawing.waitFor({ timeout: 60_000 });
  const usableMs = Date.now() - begun;
  await page.waitForTimeout(3_000);
  const tasksAtLoad = await page.evaluate(() => seen.tasks.splice(0));
  const box = await drawing.boundingBox();
  const [x, y] = [box.x + box.width / 3, box.y + box.height / 3];
  const wheel = async (by, times) => {
    await page.mouse.move(x, y);
    for (let step = 0; step < times; step += 1) await page.mouse.wheel(0, by);
  };
  const drag = async () => {
    await page.mouse.move(x, y);
    await page.mouse.down();
    for (let step = 1; step <= 20; step += 1) await page.mouse.move(x - 15 * step, y + 4 * step);
    await page.mouse.up();
  };
  const keys = async (...names) => {
    await drawing.focus();
    for (const name of names) {
      await page.keyboard.press(name, { delay: 30 });
      await page.waitForTimeout(170);
    }
  };
  const field = page.getByRole('combobox', { name: 'Find a package' });
  const deeds = {
    'zoom in to the names': () => wheel(-200, 12),
    'pan among names': drag,
    'zoom out to all': () => wheel(200, 12),
    'pan all': drag,
    'mark by pointer': () => page.mouse.click(x, y - 60),
    'step along edges': () => keys('ArrowRight', 'ArrowRight', 'ArrowDown', 'ArrowLeft', 'ArrowUp', 'c', 'c'),
    'show all': () => keys('0'),
    'find a package': () => field.pressSequentially('openssl', { delay: 40 }),
    'go there': () => field.press('Enter'),
    'only around it': () => keys('f'),
    'all again': () => page.getByRole('button', { name: 'Show all packages again' }).click(),
    'close the panel': () => keys('Escape'),
    'implied edges': () => page.getByRole('checkbox', { name: 'Implied edges' }).click(),
    'no implied edges': () => page.getByRole('checkbox', { name: 'Implied edges' }).click(),
    'as a list': () => page.getByText('Critical path', { exact: true }).click(),
    'as a graph': () => page.getByText('Graph', { exact: true }).last().click(),
  };
  const interactions = {};
  for (let round = 0; round < ROUNDS; round += 1)
    for (const [name, act] of Object.entries(deeds)) {
      await drawing.or(page.locator('ol')).first().waitFor();
      await page.evaluate(() => (seen.events.length = 0));
      await act();
      await page.waitForTimeout(700);
      (interactions[name] ??= []).push(await page.evaluate(() => Math.max(0, ...seen.events.map(({ duration }) => duration))));
    }
  const tasks = await page.evaluate(() => seen.tasks);
  return {
    usable_ms: usableMs,
    interactions_ms: Object.fromEntries(Object.entries(interactions).map(([name, each]) => [name, Math.max(...each)])),
    worst_interaction_ms: Math.max(...Object.values(interactions).flat()),
    long_tasks: { at_load: tasksAtLoad, later: tasks.length, worst_later: Math.max(0, ...tasks) },
  };
}
