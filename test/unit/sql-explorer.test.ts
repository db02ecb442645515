import { spawnSync } from 'node:child_process';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type ControlPlaneWorld, controlPlaneWorld } from '../../src/testing/control-plane-world.ts';

const ENDLESS = 'WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c';

async function setup(timeoutMs = 5_000): Promise<ControlPlaneWorld> {
  const world = await controlPlaneWorld({}, undefined, (settings) => ({
    ...settings,
    sql: { ...settings.sql, timeoutMs },
  }));
  onTestFinished(() => world.close());
  await world.join('anvil');
  return world;
}

function query(world: ControlPlaneWorld, q: string, more = '') {
  return world.get(`/api/v1/sql/query?q=${encodeURIComponent(q)}${more}`);
}

/** How many processes for queries this one has. */
function explorers(): number {
  const { stdout } = spawnSync('ps', ['-o', 'args=', '--ppid', String(process.pid)], { encoding: 'utf8' });
  return stdout.split('\n').filter((line) => line.includes('sql-child')).length;
}

test('tables, schema and rows are told in the shapes that clients know', async () => {
  const world = await setup();

  const tables = await world.get<{ tables: Record<string, number> }>('/api/v1/sql/tables');
  const schema = await world.get<{ schema: { name: string; sql: string }[] }>('/api/v1/sql/schema');
  const rows = await query(world, 'SELECT id, name, cores FROM nodes');
  const limited = await query(world, 'VALUES (1), (2), (3)', '&limit=2');

  expect(tables.body.tables).toMatchObject({ nodes: 1, queue: 0, sessions: 0, config: expect.any(Number) });
  expect(Object.keys(tables.body.tables)).not.toContain('credentials');
  expect(schema.body.schema.find(({ name }) => name === 'nodes')?.sql).toContain('created_at');
  expect(rows).toEqual({
    status: 200,
    body: {
      columns: ['id', 'name', 'cores'],
      rows: [['anvil', 'anvil', 4]],
      count: 1,
      truncated: false,
      reason: null,
      elapsed_ms: expect.any(Number),
    },
  });
  expect(limited.body).toMatchObject({ rows: [[1], [2]], count: 2, truncated: true, reason: expect.any(String) });
});

test('what cannot be answered is told with the status and the place that belong to it', async () => {
  const world = await setup(300);
  const MISSING = { status: 400, body: { error: 'Missing query parameter q' } };

  expect(await world.get('/api/v1/sql/query')).toEqual(MISSING);
  expect(await world.get('/api/v1/sql/query?q=%20')).toEqual(MISSING);
  expect(await query(world, 'SELECT *\nFROM nosuch')).toEqual({
    status: 400,
    body: { error: 'no such table: nosuch', position: { offset: 14, line: 2, column: 6 } },
  });
  expect(await query(world, 'DELETE FROM queue')).toMatchObject({
    status: 403,
    body: { error: expect.stringContaining('Only SELECT queries allowed') },
  });
  expect(await query(world, 'SELECT secret_hash FROM credentials')).toMatchObject({ status: 403 });
  expect(await query(world, 'SELECT 1', '&limit=0')).toMatchObject({ status: 400 });
  expect(await query(world, 'SELECT 1', '&limit=10001')).toMatchObject({ status: 400 });
  expect(await query(world, ENDLESS)).toMatchObject({ status: 408, body: { error: expect.stringContaining('0.3 s') } });
  expect(await query(world, 'SELECT hex(zeroblob(400000000))')).toMatchObject({ status: 422 });
  const several = await Promise.all([ENDLESS, ENDLESS, ENDLESS].map((each) => query(world, each)));
  expect(several.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([408, 408, 429]);
});

test('while a query runs for ever, drones and dashboards are served', async () => {
  const world = await setup(1_500);

  let isRunning = true;
  const hostile = query(world, ENDLESS).finally(() => {
    isRunning = false;
  });
  let served = 0;
  while (isRunning) {
    await world.join('anvil');
    await world.get('/api/v1/status');
    served += 1;
  }

  expect((await hostile).status).toBe(408);
  expect(served).toBeGreaterThan(20);
});

test('a query whose client has gone is ended', async () => {
  const world = await setup();
  await world.plane().app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = world.plane().app.server.address() as AddressInfo;

  const asked = request({ port, path: `/api/v1/sql/query?q=${encodeURIComponent(ENDLESS)}` });
  asked.on('error', () => {});
  asked.end();
  await vi.waitFor(() => expect(explorers()).toBe(1));
  asked.destroy();

  await vi.waitFor(() => expect(explorers()).toBe(0), { timeout: 4_000 });
});

test('a control plane that is stopped leaves no query behind', async () => {
  const world = await setup(60_000);
  const asked = query(world, ENDLESS);
  await vi.waitFor(() => expect(explorers()).toBe(1));

  await world.restart();

  expect(explorers()).toBe(0);
  expect((await asked).status).toBe(503);
});
