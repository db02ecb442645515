import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeKnownNodes, type StatusOf } from './known-nodes.ts';
import { type Connection, openConnection } from './open.ts';

const NOW = 1_700_000_000_000;

let connection: Connection;
beforeEach(() => {
  connection = openConnection(':memory:');
});
afterEach(() => connection.close());

const statusOf: StatusOf = ({ isOnline, lastSeenAt }, now) => {
  if (isOnline) return 'online';
  return now - lastSeenAt < 1000 ? 'stale' : 'offline';
};

/** Drones that were heard of at `NOW`. */
function insert(count: number, status: 'online' | 'offline' = 'online'): void {
  const row = connection.prepare(
    `INSERT INTO nodes (id, name, ip, type, status, last_seen, capabilities_json, metrics_json, running_json, created_at)
     VALUES (?, ?, '192.0.2.1', 'drone', ?, ?, '{}', '{}', '[]', 1)`,
  );
  for (let index = 0; index < count; index += 1) {
    const id = `d${String(index).padStart(4, '0')}`;
    row.run(id, id, status, NOW / 1000);
  }
}

function hear(id: string, cpuPercent: number): void {
  const metrics = JSON.stringify({ cpu_percent: cpuPercent });
  connection.prepare('UPDATE nodes SET metrics_json = ? WHERE id = ?').run(metrics, id);
}

/** Turns of the event loop until it is done. */
async function turnsOf(work: Promise<void>): Promise<number> {
  let isDone = false;
  const ended = work.then(() => {
    isDone = true;
  });
  let turns = 0;
  for (; !isDone; turns += 1) await nextTurn();
  await ended;
  return turns;
}

test('the list is the same object for as long as nothing in it has changed', () => {
  insert(3);
  const nodes = makeKnownNodes(connection, statusOf);
  const first = nodes.all(NOW);

  const second = nodes.all(NOW + 1);
  hear('d0001', 70);
  const third = nodes.all(NOW + 2);

  expect(second).toBe(first);
  expect(third).not.toBe(first);
  expect(third.map((node) => node.metrics)).toEqual([{}, { cpu_percent: 70 }, {}]);
  expect([third[0], third[2]]).toEqual([first[0], first[2]]);
  expect(third[0]).toBe(first[0]);
  expect(first[1]?.metrics).toEqual({});
});

test('a silent drone becomes offline by time alone', () => {
  insert(1, 'offline');
  const nodes = makeKnownNodes(connection, statusOf);

  const statuses = [NOW, NOW + 999, NOW + 1000].map((now) => nodes.all(now)[0]?.status);

  expect(statuses).toEqual(['stale', 'stale', 'offline']);
});

test('of thousands of drones a part is read a turn, and the others get theirs in between', async () => {
  insert(2000);
  const nodes = makeKnownNodes(connection, statusOf);

  const turns = await turnsOf(nodes.catchUp());

  expect(turns).toBeGreaterThanOrEqual(9);
  expect(nodes.all(NOW)).toHaveLength(2000);
});

test('few changes are read at once', async () => {
  insert(2000);
  const nodes = makeKnownNodes(connection, statusOf);
  nodes.all(NOW);
  for (let index = 0; index < 50; index += 1) hear(`d${String(index).padStart(4, '0')}`, 1);
  let isLater = false;
  setImmediate(() => {
    isLater = true;
  });

  await nodes.catchUp();

  expect(isLater).toBe(false);
  expect(nodes.all(NOW).filter((node) => 'cpu_percent' in node.metrics)).toHaveLength(50);
});

test('what was read ahead is not read again', () => {
  insert(150);
  const nodes = makeKnownNodes(connection, statusOf);

  const ahead = nodes.readAhead(NOW);
  const all = nodes.all(NOW);

  expect(ahead).toHaveLength(150);
  expect(new Set(ahead)).toEqual(new Set(all));
  expect(all.every((node) => ahead.includes(node))).toBe(true);
  expect(nodes.readAhead(NOW)).toEqual([]);
});

test('only some are read ahead at a time', () => {
  insert(1000);
  const nodes = makeKnownNodes(connection, statusOf);

  const [first, second] = [nodes.readAhead(NOW), nodes.readAhead(NOW)];

  expect(first.length).toBeLessThan(500);
  expect(new Set([...first, ...second].map((node) => node.id)).size).toBe(first.length + second.length);
});

test('nothing is read ahead while a write is open, for it may be undone', () => {
  insert(1);
  const nodes = makeKnownNodes(connection, statusOf);
  nodes.all(NOW);
  connection.exec('BEGIN');
  hear('d0000', 70);

  const ahead = nodes.readAhead(NOW);

  expect(ahead).toEqual([]);
  connection.exec('ROLLBACK');
});

test('what was read within a write that is undone does not stay', () => {
  insert(2);
  const nodes = makeKnownNodes(connection, statusOf);
  nodes.all(NOW);
  connection.exec("BEGIN; DELETE FROM nodes WHERE id = 'd0000'; UPDATE nodes SET name = 'other'");
  expect(nodes.all(NOW).map((node) => node.name)).toEqual(['other']);

  connection.exec('ROLLBACK');

  expect(nodes.all(NOW).map((node) => node.name)).toEqual(['d0000', 'd0001']);
});

test('a write that stays open holds nobody up for ever', async () => {
  insert(3);
  const nodes = makeKnownNodes(connection, statusOf);
  connection.exec('BEGIN');

  await nodes.catchUp();

  expect(nodes.all(NOW)).toHaveLength(3);
  connection.exec('ROLLBACK');
});

test('a database that is closed meanwhile ends the reading', async () => {
  insert(2000);
  const nodes = makeKnownNodes(connection, statusOf);
  const reading = nodes.catchUp();

  connection.close();

  await expect(reading).resolves.toBeUndefined();
  expect(nodes.readAhead(NOW)).toEqual([]);
});
