import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { ended, freePort } from '../../src/testing/real-swarm.ts';

const BIN = fileURLToPath(new URL('../../dist/cli/bin.js', import.meta.url));
const KILLS = 15;
const DRONES = 6;

type Server = ChildProcessByStdio<null, Readable, Readable>;
type Reply = Readonly<Record<string, unknown>>;

/** The real program, and a way to ask it that says whether an answer came. */
async function setup() {
  const dir = await mkdtemp(join(tmpdir(), 'durability-'));
  const port = await freePort();
  const start = async (): Promise<Server> => {
    const child = spawn(process.execPath, [BIN, 'serve', '--port', String(port), '--data', dir], {
      env: { ...process.env, SWARM_AUTH: 'off' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stderr.pipe(createWriteStream(join(dir, 'stderr.log'), { flags: 'a' }));
    // Gone already, unless the test ended early.
    onTestFinished(() => void child.kill('SIGKILL'));
    const lines = createInterface(child.stdout);
    const isUp = (async () => {
      for await (const line of lines) if (line.includes('Address:')) return;
      throw new Error('the control plane did not start');
    })();
    await isUp;
    child.stdout.resume();
    return child;
  };
  const ask = async (path: string, body?: unknown): Promise<Reply | undefined> => {
    const json =
      body === undefined
        ? {}
        : { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    try {
      const response = await fetch(`http://127.0.0.1:${port}/api/v1/${path}`, json);
      if (response.status !== 200) throw new Error(`${path}: ${response.status} ${await response.text()}`);
      return (await response.json()) as Reply;
    } catch (error) {
      // Only a connection that broke means that the answer is not known.
      if (error instanceof TypeError) return undefined;
      throw error;
    }
  };
  return { dir, start, ask };
}

/** What has been acknowledged, by package. */
type Ledger = { readonly queued: Set<string>; readonly completed: Set<string>; answers: number };

test('after kill -9 at any moment everything acknowledged is there, and nothing twice', async () => {
  const { dir, start, ask } = await setup();
  const ledger: Ledger = { queued: new Set(), completed: new Set(), answers: 0 };
  const held = new Map<string, { package: unknown; attempt: unknown }>();
  let numbered = 0;

  const produce = async (isDown: () => boolean) => {
    while (!isDown()) {
      const packages = [0, 1, 2].map(() => `=virtual/p${numbered++}-1`);
      if (!(await ask('queue', { packages }))) return;
      for (const each of packages) ledger.queued.add(each);
      ledger.answers += 1;
    }
  };
  /** It goes on with what it holds, as a drone does that lost its connection. */
  const work = async (id: string, isDown: () => boolean) => {
    if (!(await ask('register', { id, name: id, capabilities: { cores: 4 } }))) return;
    while (!isDown()) {
      const holding = held.get(id);
      if (holding) {
        const reply = await ask('complete', { id, ...holding, status: 'success', build_duration_s: 1 });
        if (!reply) return;
        expect({ ...holding, accepted: reply['accepted'] }).toEqual({ ...holding, accepted: true });
        ledger.completed.add(String(holding.package));
        held.delete(id);
      }
      const grant = await ask(`work?id=${id}`);
      if (!grant) return;
      if (grant['package']) held.set(id, { package: grant['package'], attempt: grant['attempt'] });
      ledger.answers += 1;
    }
  };

  for (let kill = 0; kill < KILLS; kill += 1) {
    const server = await start();
    const stopAt = ledger.answers + 5 + Math.floor(Math.random() * 60);
    let isKilled = false;
    const isDown = () => {
      if (!isKilled && ledger.answers >= stopAt) isKilled = server.kill('SIGKILL');
      return isKilled;
    };
    const gone = once(server, 'exit');
    const ids = Array.from({ length: DRONES }, (_, number) => `d${number}`);
    await Promise.all([produce(isDown), produce(isDown), ...ids.map((id) => work(id, isDown))]);
    await gone;
    // The last moments may be in the log beside the database; a start takes them up.
    await ended(await start(), 'SIGTERM');
    check(join(dir, 'swarm.db'), ledger);
  }

  expect(ledger.completed.size).toBeGreaterThan(KILLS);
  await rm(dir, { recursive: true });
});

/** Read as an operator would, while the program is away. */
function check(path: string, { queued, completed }: Ledger): void {
  const database = new Database(path);
  const column = (sql: string) => database.prepare(sql).pluck().all() as string[];
  try {
    const rows = column('SELECT package FROM queue');
    expect(new Set(rows).size).toBe(rows.length);
    expect([...queued].filter((each) => !rows.includes(each))).toEqual([]);
    const received = new Set(column("SELECT package FROM queue WHERE status = 'received'"));
    expect([...completed].filter((each) => !received.has(each))).toEqual([]);
    const results = column("SELECT package FROM build_history WHERE status = 'success'");
    expect(new Set(results)).toEqual(received);
    expect(results.length).toBe(received.size);
    const events = column('SELECT id FROM events ORDER BY id').map(Number);
    expect(events).toEqual(events.map((_, index) => index + 1));
    expect(
      column(
        "SELECT count(*) FROM queue WHERE status = 'delegated' AND attempt IN (SELECT id FROM attempts WHERE state = 'running')",
      ),
    ).toEqual(column("SELECT count(*) FROM attempts WHERE state = 'running'"));
    expect(database.pragma('quick_check', { simple: true })).toBe('ok');
  } finally {
    database.close();
  }
}
