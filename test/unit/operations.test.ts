import { afterEach, expect, test } from 'vitest';
import { METRICS } from '../../src/adapters/metrics/definitions.ts';
import { makeOperations } from '../../src/adapters/sqlite/operations.ts';
import { pruneSwarm } from '../../src/app/prune-swarm.ts';
import type { Api } from '../../src/contract/api.ts';
import type { ReplyOf } from '../../src/contract/endpoint.ts';
import { type ControlPlaneWorld, controlPlaneWorld } from '../../src/testing/control-plane-world.ts';

const worlds: ControlPlaneWorld[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close();
});

async function setup(): Promise<ControlPlaneWorld> {
  const world = await controlPlaneWorld();
  worlds.push(world);
  return world;
}

function operationsOf(world: ControlPlaneWorld) {
  const { connection, write } = world.database();
  return makeOperations(connection, write);
}

/** The measurements as Prometheus reads them: `name{labels}` → value. */
async function scrape(world: ControlPlaneWorld): Promise<Map<string, number>> {
  const { body, statusCode, headers } = await world.plane().app.inject({ method: 'GET', url: '/metrics' });
  expect(statusCode).toBe(200);
  expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
  const lines = body.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const [, name = '', value = ''] = /^(\S+) (\S+)$/.exec(line) ?? [];
      return [name, Number(value)];
    }),
  );
}

test('every measurement of the table is there, with a name as Prometheus wants it', async () => {
  const world = await setup();

  const { body } = await world.plane().app.inject({ method: 'GET', url: '/metrics' });

  for (const { name, type, help } of Object.values(METRICS)) {
    expect(body).toContain(`# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`);
    expect(name).toMatch(/^build_swarm_[a-z0-9_]+$/);
    expect(name.endsWith('_total')).toBe(type === 'counter');
    if (type !== 'counter') expect(name).not.toMatch(/_(ms|percent|kb|mb)$/);
  }
});

test('packages, drones and builds are measured as they are', async () => {
  const world = await setup();
  await world.join('anvil', { capabilities: { cores: 8, slots: 3, attempts: true } });
  await world.post('/api/v1/queue', { packages: ['app-misc/a', 'app-misc/b', 'app-misc/c'] });
  const { attempt, package: name } = await world.ask('anvil');
  await world.report('anvil', attempt ?? 0, name ?? '', { status: 'failed', failure_class: 'compile' });
  await world.report('anvil', attempt ?? 0, name ?? '', { status: 'failed', failure_class: 'compile' });
  await world.ask('anvil');

  const measured = await scrape(world);

  expect(Object.fromEntries(measured)).toMatchObject({
    'build_swarm_packages{state="needed"}': 2,
    'build_swarm_packages{state="delegated"}': 1,
    'build_swarm_drones{status="online"}': 1,
    build_swarm_slots: 3,
    build_swarm_slots_busy: 1,
    build_swarm_grants_total: 2,
    build_swarm_completions_total: 0,
    'build_swarm_failures_total{class="compile"}': 1,
    build_swarm_stale_reports_total: 1,
    'build_swarm_events_total{type="register"}': 1,
  });
  expect(measured.get('build_swarm_database_size_bytes')).toBeGreaterThan(10_000);
  expect(measured.get('build_swarm_process_resident_memory_bytes')).toBeGreaterThan(10_000_000);
});

test('requests are counted by route and not by address, and unknown addresses together', async () => {
  const world = await setup();
  for (const id of ['a', 'b', 'c']) await world.post(`/api/v1/nodes/${id}/pause`, {});
  await world.get('/api/v1/status');
  for (const path of ['/nowhere', '/api/v1/else']) await world.get(path);

  const measured = await scrape(world);

  const route = 'method="POST",route="/api/v1/nodes/:id/pause"';
  expect(measured.get(`build_swarm_http_requests_total{${route},status="4xx"}`)).toBe(3);
  expect(measured.get(`build_swarm_http_request_duration_seconds_count{${route}}`)).toBe(3);
  expect(measured.get(`build_swarm_http_request_duration_seconds_bucket{${route},le="+Inf"}`)).toBe(3);
  expect(measured.get('build_swarm_http_requests_total{method="GET",route="/api/v1/status",status="2xx"}')).toBe(1);
  expect(measured.get('build_swarm_http_requests_total{method="any",route="unknown",status="4xx"}')).toBe(2);
  expect([...measured.keys()].filter((name) => name.includes('nowhere'))).toEqual([]);
});

test('a histogram never counts fewer requests in a longer time', async () => {
  const world = await setup();
  for (let request = 0; request < 20; request += 1) await world.get('/api/v1/status');

  const measured = await scrape(world);

  const buckets = [...measured].filter(([name]) => name.includes('_bucket{method="GET",route="/api/v1/status"'));
  const counts = buckets.map(([, count]) => count);
  expect(counts).toEqual(counts.toSorted((a, b) => a - b));
  expect(counts.at(-1)).toBe(20);
});

test('health writes at most once a second, however many ask', async () => {
  const world = await setup();
  const { connection } = world.database();
  const changes = () => connection.prepare<[], number>('SELECT total_changes()').pluck().get() ?? 0;
  world.clock.advance(5_000);
  const before = changes();

  for (let asked = 0; asked < 50; asked += 1) expect((await world.get('/api/v1/health')).status).toBe(200);
  const afterFirst = changes();
  world.clock.advance(1_000);
  await world.get('/api/v1/health');

  expect(afterFirst - before).toBe(1);
  expect(changes() - afterFirst).toBe(1);
});

test('a database that takes no writes any more makes health and readiness fail, until it does again', async () => {
  const world = await setup();
  const { connection } = world.database();
  expect((await world.get('/api/v1/ready')).status).toBe(200);

  connection.pragma('query_only = ON');
  world.clock.advance(1_001);
  const health = await world.get('/api/v1/health');
  const ready = await world.get('/api/v1/ready');
  connection.pragma('query_only = OFF');
  world.clock.advance(1_001);

  expect(health.status).toBeGreaterThanOrEqual(500);
  expect(ready).toMatchObject({
    status: 503,
    body: { ready: false, error: expect.stringContaining('takes no writes'), store: { writable: false } },
  });
  expect((await world.get('/api/v1/health')).status).toBe(200);
  expect((await world.get('/api/v1/ready')).body).toMatchObject({ ready: true, problems: [] });
});

test('readiness names store, disks and background services with their state', async () => {
  const world = await setup();

  const { body } = await world.get<ReplyOf<Api['ready']>>('/api/v1/ready');

  expect(body.store.size_bytes).toBeGreaterThan(0);
  expect(body.disks.binhost.path).toContain(world.dir);
  expect(body.disks.data.free_bytes).toBeGreaterThan(0);
  expect(body.services.map(({ name, period_s: period, status }) => [name, period, status])).toEqual(
    expect.arrayContaining([
      ['reconcile', 1, 'stopped'],
      ['metrics', 15, 'stopped'],
      ['prune', 300, 'stopped'],
    ]),
  );
});

type Metrics = ReplyOf<Api['metrics']>;

async function sampleFor(world: ControlPlaneWorld, seconds: number): Promise<void> {
  const { metricsLog } = operationsOf(world);
  for (let passed = 0; passed < seconds; passed += 15) {
    world.clock.advance(15_000);
    await metricsLog.sample(world.clock.now());
  }
}

test('a sample is a row for each drone that says how it is, and one for the swarm', async () => {
  const world = await setup();
  await world.join('anvil', { metrics: { cpu_percent: 12.5, ram_percent: 33, load_1m: 0.8 } });
  await world.join('odd', { metrics: { temperature: 60 } });
  await world.join('silent');
  await world.post('/api/v1/queue', { packages: ['app-misc/a', 'app-misc/b'] });

  await sampleFor(world, 15);
  const { body } = await world.get<Metrics>('/api/v1/metrics');

  const row = { cpu_percent: null, ram_percent: null, load_1m: null, queue_needed: 2, queue_delegated: 0 };
  expect(body.history).toMatchObject([
    { ...row, node_id: 'anvil', cpu_percent: 12.5, ram_percent: 33, load_1m: 0.8 },
    { ...row, node_id: 'odd' },
    { ...row, node_id: null },
  ]);
  expect(body).toMatchObject({
    timestamp: world.clock.now() / 1000,
    bucket_s: null,
    current_queue: { needed: 2, delegated: 0, received: 0, blocked: 0, failed: 0, total: 2 },
    drones: { anvil: { cpu_percent: 12.5 }, odd: { temperature: 60 } },
  });
  expect(Object.keys(body.drones)).toEqual(['anvil', 'odd']);
});

test('without a time the last hour is meant, with 0 everything, with a node its own rows only', async () => {
  const world = await setup();
  await world.join('anvil', { metrics: { cpu_percent: 5 } });
  await sampleFor(world, 30);
  world.clock.advance(2 * 3_600_000);
  await sampleFor(world, 15);

  const hour = await world.get<Metrics>('/api/v1/metrics');
  const all = await world.get<Metrics>('/api/v1/metrics?since=0');
  const ofAnvil = await world.get<Metrics>('/api/v1/metrics?since=0&node=anvil');

  expect(hour.body.history).toHaveLength(2);
  expect(all.body.history).toHaveLength(6);
  expect(ofAnvil.body.history.map(({ node_id: id }) => id)).toEqual(['anvil', 'anvil', 'anvil']);
  expect((await world.get('/api/v1/metrics?since=abc')).status).toBe(400);
});

test('of the swarm as a whole there is a row for each time, with the means of its drones', async () => {
  const world = await setup();
  await world.join('anvil', { metrics: { cpu_percent: 10, disk_free_mb: 3_000 } });
  await world.join('bellows', { metrics: { cpu_percent: 30, disk_free_mb: 1_000 } });
  await world.post('/api/v1/queue', { packages: ['app-misc/a'] });
  const from = world.clock.now() / 1000;
  await sampleFor(world, 60);

  const { body } = await world.get<Metrics>(`/api/v1/metrics?since=${from}&swarm=true&buckets=4`);
  const ofAnvil = await world.get<Metrics>(`/api/v1/metrics?since=${from}&node=anvil`);

  expect(body.history).toHaveLength(4);
  for (const row of body.history)
    expect(row).toMatchObject({ node_id: null, cpu_percent: 20, disk_free_mb: 2_000, queue_needed: 1 });
  expect(ofAnvil.body.history[0]).toMatchObject({ disk_free_mb: 3_000 });
});

test('an hour of ten drones is all there, averaged, and not only its last eleven minutes', async () => {
  const world = await setup();
  for (let drone = 0; drone < 10; drone += 1) await world.join(`d-${drone}`, { metrics: { cpu_percent: drone } });
  const from = world.clock.now() / 1000;
  await sampleFor(world, 3_600);

  const { body } = await world.get<Metrics>(`/api/v1/metrics?since=${from}`);
  const ten = await world.get<Metrics>(`/api/v1/metrics?since=${from}&buckets=10`);

  expect(body.history.length).toBeGreaterThan(400);
  expect(body.history.length).toBeLessThanOrEqual(500);
  expect((body.history[0]?.timestamp ?? 0) - from).toBeLessThan(120);
  expect(from + 3_600 - (body.history.at(-1)?.timestamp ?? 0)).toBeLessThan(120);
  expect(body.history.filter((row) => row.node_id === 'd-7').every((row) => row.cpu_percent === 7)).toBe(true);
  expect(ten.body.history).toHaveLength(110);
  expect(ten.body.bucket_s).toBeCloseTo(358.5, 0);
});

test('in a large swarm the drones take turns, so that a sample stays small', async () => {
  const world = await setup();
  const { connection } = world.database();
  connection.exec(
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200)
     INSERT INTO nodes (id, name, ip, type, status, last_seen, metrics_json, created_at)
     SELECT printf('d-%05d', i), printf('d-%05d', i), '', 'drone', 'online', 1, '{"cpu_percent":1}', 1 FROM n`,
  );

  await sampleFor(world, 45);

  const rows = connection
    .prepare<[], { rows: number; nodes: number }>(
      'SELECT count(*) AS rows, count(DISTINCT node_id) AS nodes FROM metrics_log GROUP BY timestamp ORDER BY timestamp',
    )
    .all();
  expect(rows.map(({ rows: count }) => count)).toEqual([501, 501, 201]);
  expect(connection.prepare('SELECT count(DISTINCT node_id) FROM metrics_log').pluck().get()).toBe(1200);
});

const DAY_MS = 86_400_000;

test('what is too old is removed in small steps, and nothing else', async () => {
  const world = await setup();
  const { connection } = world.database();
  const { pruner } = operationsOf(world);
  const now = world.clock.now() / 1000;
  const insert = connection.prepare(
    "INSERT INTO events (timestamp, event_type, message, details_json) VALUES (?, 'control', 'x', '{}')",
  );
  connection.transaction(() => {
    for (let old = 0; old < 1_000; old += 1) insert.run(now - 8 * 86_400);
    for (let young = 0; young < 10; young += 1) insert.run(now - 86_400);
  })();
  connection.prepare('INSERT INTO metrics_log (timestamp) VALUES (?), (?)').run(now - 90_000, now - 80_000);
  const removed: number[] = [];
  const counting = {
    pruneSome: async (...args: Parameters<typeof pruner.pruneSome>) => {
      const rows = await pruner.pruneSome(...args);
      removed.push(rows);
      return rows;
    },
  };

  const retention = { eventsMs: 7 * DAY_MS, metricsMs: DAY_MS, statesMs: DAY_MS, sessionsMs: null };
  const clock = { ...world.clock, sleep: async () => {} };
  await pruneSwarm({ pruner: counting, retention, clock })(new AbortController().signal);

  expect(Math.max(...removed)).toBeLessThanOrEqual(500);
  expect(removed.reduce((sum, rows) => sum + rows, 0)).toBe(1_001);
  const count = (table: string) => connection.prepare(`SELECT count(*) FROM ${table}`).pluck().get();
  expect([count('events'), count('metrics_log')]).toEqual([10, 1]);
});

test('packages of sessions that ended long ago go; those of open sessions and the history stay', async () => {
  const world = await setup();
  const { connection } = world.database();
  const { pruner } = operationsOf(world);
  connection.exec(`
    INSERT INTO sessions (id, name, status, started_at, completed_at) VALUES ('old', 'old', 'completed', 1, 2);
    INSERT INTO sessions (id, name, status, started_at) VALUES ('open', 'open', 'active', 1);
    INSERT INTO queue (package, status, session_id, completed_at, created_at) VALUES ('a', 'received', 'old', 2, 1);
    INSERT INTO queue (package, status, session_id, created_at) VALUES ('b', 'needed', 'open', 1);
    INSERT INTO build_history (package, drone_id, drone_name, status, built_at) VALUES ('a', 'x', 'x', 'success', 2)`);

  const retention = { eventsMs: 7 * DAY_MS, metricsMs: DAY_MS, statesMs: DAY_MS, sessionsMs: 30 * DAY_MS };
  while ((await pruner.pruneSome(retention, world.clock.now())) > 0);

  expect(connection.prepare('SELECT package FROM queue').pluck().all()).toEqual(['b']);
  expect(connection.prepare('SELECT count(*) FROM build_history').pluck().get()).toBe(1);
  expect(connection.prepare('SELECT count(*) FROM queue_totals WHERE packages = 0').pluck().get()).toBe(0);
});
