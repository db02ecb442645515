import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Plan } from '../../src/core/plan.ts';
import { buildClosure, planGraph } from '../../src/core/readiness.ts';
import { parsePackagesIndex } from '../../src/portage/packages-index.ts';
import { freePort, processesNaming } from '../../src/testing/real-swarm.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const DRONES = 3;

type Summary = {
  ok: boolean;
  problems: string[];
  built: number;
  reused: number;
  runs: number;
  redundant: number;
  failures: { package: string; class: string; isExpected: boolean }[];
  waits: { package: string; waitsFor: string }[];
  installation: { total: number; completed: number; compiled: string[]; proof: string };
};
type Run = { exitCode: number; summary: Summary; stderr: string };

let dir: string;
let first: Run;

/** The main job, as a new user runs it: one command, real emerge, three drones, a stock client. */
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'demo-'));
  first = await demo();
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function demo(): Promise<Run> {
  const args = [
    join(ROOT, 'dist/cli/bin.js'),
    'demo',
    '--once',
    '--json',
    '--drones',
    String(DRONES),
    '--port',
    String(await freePort()),
    '--data',
    join(dir, 'data'),
  ];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      // A demo that ended early printed no summary; its own words say why.
      const summary = JSON.parse(stdout === '' ? JSON.stringify({ problems: [stderr] }) : stdout) as Summary;
      resolve({ exitCode: typeof error?.code === 'number' ? error.code : 0, summary, stderr });
    });
  });
}

function rows<T>(sql: string): T[] {
  const database = new Database(join(dir, 'data', 'control-plane', 'swarm.db'), { readonly: true });
  try {
    return database.prepare<[], T>(sql).all();
  } finally {
    database.close();
  }
}

test('everything ended as it should, and the demo says so', () => {
  expect(first.summary.problems).toEqual([]);
  expect(first.exitCode).toBe(0);
});

test('each of the good packages was compiled exactly once over all drones', () => {
  const received = rows<{ package: string }>("SELECT package FROM queue WHERE status = 'received'");
  const attempts = rows<{ package: string; n: number; drones: number }>(
    "SELECT package, count(*) AS n FROM attempts WHERE package IN (SELECT package FROM queue WHERE status = 'received') GROUP BY package",
  );

  expect(received.length).toBeGreaterThanOrEqual(27);
  expect(attempts.filter((row) => row.n !== 1)).toEqual([]);
  expect(first.summary).toMatchObject({ built: received.length, redundant: 0 });
});

test('all drones took part', () => {
  const drones = rows<{ drone_name: string }>("SELECT DISTINCT drone_name FROM attempts WHERE state = 'received'");

  expect(drones).toHaveLength(DRONES);
});

test('no package was handed out before what it needs was in the binhost', () => {
  const accepted = new Map(
    rows<{ cpv: string; accepted_at: number }>('SELECT cpv, accepted_at FROM binpkgs').map((row) => [
      row.cpv,
      row.accepted_at,
    ]),
  );
  const plan = JSON.parse(rows<{ plan_json: string }>('SELECT plan_json FROM plans')[0]?.plan_json ?? '') as Plan;
  const graph = planGraph(plan);
  const grants = rows<{ cpv: string; granted_at: number }>(
    'SELECT q.cpv, a.granted_at FROM attempts a JOIN queue q ON q.id = a.queue_id',
  );
  const needs = grants.flatMap((grant) => [...buildClosure(graph, grant.cpv)].map((need) => ({ ...grant, need })));

  expect(needs.length).toBeGreaterThan(31);
  expect(needs.filter(({ need, granted_at: at }) => !((accepted.get(need) ?? Infinity) <= at))).toEqual([]);
});

test('what fails on purpose failed with its class, on as many drones as it takes and no more', () => {
  const demoFile = JSON.parse(readFileSync(join(ROOT, 'examples/demo.json'), 'utf8')) as {
    deliberate_failures: { target: string; class: string }[];
    deliberate_waits: { target: string; waits_for: string }[];
  };
  const blocked = rows<{ package: string; failure_class: string; tries: number }>(
    "SELECT q.package, q.failure_class, (SELECT count(*) FROM attempts a WHERE a.queue_id = q.id) AS tries FROM queue q WHERE status IN ('blocked', 'failed')",
  );
  const ended = blocked.map((row) => ({
    target: row.package.replace(/^=/, '').replace(/-\d[^/]*$/, ''),
    class: row.failure_class,
  }));

  const byTarget = (one: { target: string }, other: { target: string }) => one.target.localeCompare(other.target);
  expect(ended.toSorted(byTarget)).toEqual(
    demoFile.deliberate_failures.map(({ target, class: name }) => ({ target, class: name })).toSorted(byTarget),
  );
  for (const row of blocked)
    expect(row.tries).toBe(['compile', 'configure', 'test', 'fetch'].includes(row.failure_class) ? 2 : 0);
  expect(first.summary.waits.map((wait) => wait.package.replace(/-\d[^/]*$/, ''))).toEqual(
    demoFile.deliberate_waits.map((wait) => wait.target),
  );
});

test('the index names every package once, and every file it names is there, whole', async () => {
  const binhost = join(dir, 'data', 'control-plane', 'binhost');
  const { packages } = parsePackagesIndex(await readFile(join(binhost, 'Packages'), 'utf8'));
  const received = rows<{ cpv: string }>("SELECT cpv FROM queue WHERE status = 'received' ORDER BY cpv").map(
    (row) => row.cpv,
  );

  expect(packages.map((block) => block['CPV'])).toEqual(received);
  for (const block of packages)
    expect((await stat(join(binhost, block['PATH'] ?? ''))).size).toBe(Number(block['SIZE']));
});

test('the client installed everything from the binhost, compiled nothing, and the result runs', () => {
  const { installation } = first.summary;

  expect(installation.compiled).toEqual([]);
  expect(installation.completed).toBe(installation.total);
  expect(installation.total).toBeGreaterThanOrEqual(24);
  expect(installation.proof).toBe('swarmctl 2.0 value=7654343');
});

test('a second run with the same data finds all of it in the binhost, and nothing is left running', async () => {
  const second = await demo();

  expect(second.summary).toMatchObject({ problems: [], built: 0, reused: first.summary.built });
  expect(second.exitCode).toBe(0);
  expect(rows("SELECT package FROM attempts WHERE state = 'received' GROUP BY package HAVING count(*) > 1")).toEqual(
    [],
  );
  expect(processesNaming(dir)).toEqual([]);
});
