import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import type { SqlAnswer, SqlExplorer } from '../../app/sql-explorer.ts';
import { createSqlExplorer } from './explorer.ts';

const SECRET = 'the hash of a secret';

/** A database of a swarm with 3 nodes, 2,000 packages and a secret, and the explorer that looks at it. */
async function setup(limits: { timeoutMs?: number; maxRows?: number; maxBytes?: number } = {}) {
  const dir = await mkdtemp(join(tmpdir(), 'sql-explorer-'));
  const path = join(dir, "swarm's.db");
  const wirePath = join(dir, 'protocol.db');
  const writer = new Database(path);
  writer.pragma('journal_mode = WAL');
  writer.exec(`
    CREATE TABLE nodes (id TEXT PRIMARY KEY, name TEXT, cores INTEGER, created_at REAL, "drop" TEXT, updated_at REAL);
    INSERT INTO nodes VALUES ('a1', 'anvil', 8, 1.5, 'DROPbox', 2), ('b2', 'bellows', 4, 2, NULL, 3), ('c3', 'crucible', 2, 3, 'x', 4);
    CREATE TABLE queue (id INTEGER PRIMARY KEY, package TEXT, status TEXT);
    INSERT INTO queue WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) SELECT i, 'dev-libs/p' || i, 'needed' FROM n;
    CREATE TABLE config (key TEXT PRIMARY KEY, value TEXT, updated_at REAL);
    INSERT INTO config VALUES ('paused', 'false', 1);
    CREATE TABLE credentials (id TEXT PRIMARY KEY, secret TEXT) WITHOUT ROWID;
    CREATE INDEX credentials_secret ON credentials (secret);
    INSERT INTO credentials VALUES ('admin', '${SECRET}');
    CREATE VIEW exposed AS SELECT secret FROM credentials;
    ANALYZE;`);
  const wire = new Database(wirePath);
  wire.exec(
    "CREATE TABLE protocol_log (id INTEGER PRIMARY KEY, path TEXT); INSERT INTO protocol_log VALUES (7, '/api')",
  );
  wire.close();
  const explorer = createSqlExplorer({
    path,
    wirePath,
    timeoutMs: 5_000,
    maxRows: 1_000,
    maxBytes: 2 ** 20,
    ...limits,
  });
  onTestFinished(async () => {
    await explorer.close();
    writer.close();
    await rm(dir, { recursive: true });
  });
  const listed = async () => (await readdir(dir)).filter((name) => !name.endsWith('-shm'));
  const content = async () => Promise.all((await listed()).map((name) => readFile(join(dir, name), 'base64')));
  return { dir, writer, explorer, content, listed };
}

type Rows = { columns: string[]; rows: unknown[][]; count: number; truncated: boolean; reason: string | null };

const NEVER = new AbortController().signal;

async function ask(explorer: SqlExplorer, sql: string, maxRows: number | null = null): Promise<Rows> {
  return bodyOf<Rows>(await explorer.query({ sql, maxRows }, NEVER));
}

function bodyOf<T>(answer: SqlAnswer): T {
  if ('problem' in answer) throw new Error(JSON.stringify(answer.problem));
  return JSON.parse(Buffer.from(answer.body).toString()) as T;
}

async function refusal(explorer: SqlExplorer, sql: string) {
  const answer = await explorer.query({ sql, maxRows: null }, NEVER);
  return 'problem' in answer ? answer.problem : { code: 'answered', message: Buffer.from(answer.body).toString() };
}

/** Processes that this one has started and that have not ended. */
function children(): number {
  return execFileSync('ps', ['-o', 'args=', '--ppid', String(process.pid)], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes('sql-child')).length;
}

const ENDLESS = 'SELECT count(*) FROM (WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c) SELECT x FROM c)';

test('queries that read are answered', async () => {
  const { explorer } = await setup();

  expect(await ask(explorer, 'SELECT id, name, cores FROM nodes ORDER BY id')).toMatchObject({
    columns: ['id', 'name', 'cores'],
    rows: [
      ['a1', 'anvil', 8],
      ['b2', 'bellows', 4],
      ['c3', 'crucible', 2],
    ],
    count: 3,
    truncated: false,
    reason: null,
  });
  const one = async (sql: string) => (await ask(explorer, sql)).rows[0];
  expect(await one('  \n SELECT created_at, updated_at FROM nodes')).toEqual([1.5, 2]);
  expect(await one('SELECT "drop" FROM nodes WHERE "drop" = \'DROPbox\'')).toEqual(['DROPbox']);
  expect(await one('/* INSERT */ SELECT 1 -- DELETE')).toEqual([1]);
  expect(await one('VALUES (1, 2);')).toEqual([1, 2]);
  expect(await one("WITH t(a) AS (SELECT 'insert; drop') SELECT replace(a, ';', ',') AS \"create\" FROM t")).toEqual([
    'insert, drop',
  ]);
  expect(await one('SELECT path FROM protocol_log')).toEqual(['/api']);
  expect(await one("SELECT value FROM json_each('[5]')")).toEqual([5]);
  expect(await one('SELECT \'credentials\', "value" FROM config')).toEqual(['credentials', 'false']);
  expect(await one('WITH credentials(x) AS (SELECT 3) SELECT * FROM credentials')).toEqual([3]);
  expect((await ask(explorer, 'EXPLAIN QUERY PLAN SELECT * FROM queue WHERE id = 5')).rows.join()).toContain(
    'SEARCH queue',
  );
  expect((await ask(explorer, 'explain SELECT 1')).columns).toContain('opcode');
});

test('values that JSON has no word for are told apart', async () => {
  const { explorer } = await setup();

  const { rows } = await ask(
    explorer,
    "SELECT 1e999, -1e999, 9007199254740991, 9007199254740993, x'00ff', zeroblob(1000), 'ü\u{1f600}'",
  );

  expect(rows).toEqual([
    [
      null,
      null,
      9007199254740991,
      '9007199254740993',
      { blob: '00ff', bytes: 2 },
      { blob: '00'.repeat(256), bytes: 1000 },
      'ü\u{1f600}',
    ],
  ]);
});

const WRITES = [
  'WITH x AS (SELECT 1) DELETE FROM queue',
  "WITH x AS (SELECT 1) REPLACE INTO config SELECT 'paused', 'true', 1 FROM x",
  "REPLACE INTO config VALUES ('paused', 'true', 1)",
  'EXPLAIN DELETE FROM queue',
  'EXPLAIN WITH x AS (SELECT 1) DELETE FROM queue',
  'EXPLAIN QUERY PLAN UPDATE queue SET status = 1',
  'PRAGMA journal_mode=DELETE',
  'PRAGMA writable_schema=1',
  "ATTACH 'x.db' AS x",
  "EXPLAIN ATTACH 'x.db' AS x",
  'DETACH wire',
  'VACUUM',
  "VACUUM INTO 'x.db'",
  'BEGIN IMMEDIATE',
  'COMMIT',
  'SAVEPOINT x',
  'REINDEX',
  'ANALYZE',
  'CREATE TEMP TABLE x (a)',
  '(SELECT 1)',
  '\ufeffDELETE FROM queue',
  "SELECT load_extension('x')",
  'SELECT "load_extension"(\'x\')',
  "SELECT [load_extension] /**/ \ufeff ('x')",
  "SELECT fts3_tokenizer('simple')",
  'SELECT * FROM pragma_wal_checkpoint',
  "SELECT * FROM 'pragma_table_info'('credentials')",
  'SELECT * FROM "pragma_journal_mode"(\'DELETE\')',
  'SELECT * FROM main.pragma_database_list',
  'SELECT * FROM dbstat',
  "SELECT * FROM 'dbstat'",
  "SELECT * FROM nodes JOIN 'dbstat'",
  'SELECT * FROM credentials',
  "SELECT * FROM 'credentials'",
  'SELECT * FROM "CREDENTIALS"',
  'SELECT count(*) FROM main.[credentials]',
  'SELECT secret FROM credentials INDEXED BY credentials_secret',
  'SELECT * FROM exposed',
  "SELECT 1 WHERE EXISTS (SELECT 1 FROM credentials WHERE secret > 'a')",
  'EXPLAIN SELECT * FROM credentials',
  'SELECT * FROM sqlite_stat4',
];

const MISTAKES = [
  "SELECT 1; REPLACE INTO config VALUES('paused','true',1)",
  'SELECT 1; PRAGMA writable_schema=1',
  'SELECT 1; VACUUM',
  'SELECT 1; SELECT 2',
  'SELECT 1;;',
  'SELECT * FROM (REPLACE INTO config VALUES (1,2,3) RETURNING *)',
  "SELECT readfile('/etc/passwd')",
  "SELECT writefile('x', 'y')",
  "SELECT edit('x')",
  'SELECT ?',
  'SELECT :name',
  'SELECT 1 \0; DELETE FROM queue',
  "SELECT 'unfinished",
  '-- nothing',
];

test('what is not one reading query is refused and changes nothing', async () => {
  const { explorer, content, listed } = await setup();
  const [before, files] = [await content(), await listed()];

  const codes = new Map<string, string>();
  for (const sql of [...WRITES, ...MISTAKES]) codes.set(sql, (await refusal(explorer, sql)).code);

  expect(WRITES.filter((sql) => codes.get(sql) !== 'SQL_FORBIDDEN')).toEqual([]);
  expect(MISTAKES.filter((sql) => codes.get(sql) !== 'SQL_INVALID')).toEqual([]);
  expect(await content()).toEqual(before);
  expect(await listed()).toEqual(files);
});

const SOUP = fc.array(
  fc.constantFrom(
    ...'SELECT WITH RECURSIVE VALUES EXPLAIN INSERT INTO UPDATE DELETE FROM REPLACE SET WHERE UNION ALL RETURNING AS ON'.split(
      ' ',
    ),
    ...'PRAGMA VACUUM ATTACH DETACH BEGIN COMMIT REINDEX ANALYZE CREATE TEMP TABLE DROP ALTER LIMIT ORDER BY EXISTS IN'.split(
      ' ',
    ),
    ..."nodes queue config credentials secret \"queue\" [config] 'queue' * ( ) ( ) , , ; = . -- /* */ \n 1 2.5 'x' x'00' x y".split(
      ' ',
    ),
    ...'load_extension pragma_journal_mode pragma_wal_checkpoint journal_mode writable_schema count zeroblob'.split(
      ' ',
    ),
  ),
  { maxLength: 14 },
);

test('no words that happen to come together change the database or tell a secret', async () => {
  const { explorer, content, listed } = await setup({ timeoutMs: 500 });
  const [before, files] = [await content(), await listed()];
  const seen: Record<string, number> = {};

  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('', 'SELECT ', 'WITH x AS (SELECT 1) ', 'SELECT * FROM '),
      SOUP,
      async (first, words) => {
        const { code, message } = await refusal(explorer, first + words.join(' '));
        seen[code] = (seen[code] ?? 0) + 1;
        if (code === 'answered') expect(message).not.toContain(SECRET);
        expect(await content()).toEqual(before);
      },
    ),
    { numRuns: 600 },
  );

  expect(await listed()).toEqual(files);
  expect(Object.keys(seen)).toEqual(expect.arrayContaining(['answered', 'SQL_INVALID', 'SQL_FORBIDDEN']));
});

test('an error says where it is', async () => {
  const { explorer } = await setup();
  const at = async (sql: string) => {
    const problem = await refusal(explorer, sql);
    return [problem.message, 'position' in problem ? problem.position : undefined];
  };

  expect(await at('SELECT name\nFORM nodes, FORM\n  FORM nodes')).toEqual([
    'near "nodes": syntax error',
    { offset: 17, line: 2, column: 6 },
  ]);
  expect(await at("SELECT 'from', name FROM nodes WHERE from = 1")).toEqual([
    'near "from": syntax error',
    { offset: 37, line: 1, column: 38 },
  ]);
  expect(await at('SELECT n.nosuch FROM nodes n')).toEqual([
    'no such column: n.nosuch',
    { offset: 7, line: 1, column: 8 },
  ]);
  expect(await at('SELECT *\n  FROM nosuch')).toEqual(['no such table: nosuch', { offset: 16, line: 2, column: 8 }]);
  expect(await at('SELECT nosuch(1)')).toEqual(['no such function: nosuch', { offset: 7, line: 1, column: 8 }]);
  expect(await at('SELECT abs(1, 2)')).toEqual([
    'wrong number of arguments to function abs()',
    { offset: 7, line: 1, column: 8 },
  ]);
  expect(await at('SELECT (1 ')).toEqual(['incomplete input', { offset: 9, line: 1, column: 10 }]);
  expect(await at('SELECT 1; SELECT 2')).toEqual([
    'You can only execute one statement at a time.',
    { offset: 10, line: 1, column: 11 },
  ]);
});

test('rows are cut at the limit, and the answer says so', async () => {
  const { explorer } = await setup({ maxRows: 100 });
  const lengths = async (sql: string, maxRows: number | null) => {
    const { rows, count, truncated } = await ask(explorer, sql, maxRows);
    return [rows.length, count, truncated];
  };

  expect(await lengths('SELECT * FROM queue', null)).toEqual([100, 100, true]);
  expect(await lengths('SELECT * FROM queue', 1999)).toEqual([1999, 1999, true]);
  expect(await lengths('SELECT * FROM queue', 2000)).toEqual([2000, 2000, false]);
});

test('an answer never has more bytes than it may', async () => {
  const { explorer } = await setup({ maxBytes: 10_000 });

  const answer = await explorer.query({ sql: "SELECT printf('%.*c', 999, 'x') FROM queue", maxRows: null }, NEVER);
  const whole = await ask(explorer, "SELECT printf('%.*c', 999, 'x') FROM queue LIMIT 9");

  const cut = bodyOf<Rows>(answer);
  expect(cut).toMatchObject({ count: 9, truncated: true, reason: expect.stringContaining('10000 bytes') });
  expect(whole).toMatchObject({ count: 9, truncated: false, rows: cut.rows });
  expect((await ask(explorer, 'SELECT hex(zeroblob(1000000))')).rows).toEqual([]);
});

test('a query that never ends is ended, and others are answered meanwhile', async () => {
  const { explorer } = await setup({ timeoutMs: 1500 });

  let hostile: unknown;
  const ended = refusal(explorer, ENDLESS).then((problem) => {
    hostile = problem;
  });
  let answered = 0;
  while (hostile === undefined) {
    await ask(explorer, 'SELECT count(*) FROM queue');
    answered += 1;
  }
  await ended;

  expect(hostile).toMatchObject({ code: 'SQL_TIMEOUT', message: expect.stringContaining('1.5 s') });
  expect(answered).toBeGreaterThan(10);
  expect(children()).toBe(1);
});

test('a third query at the same time is refused', async () => {
  const { explorer } = await setup({ timeoutMs: 700 });

  const codes = await Promise.all([ENDLESS, ENDLESS, 'SELECT 1'].map((sql) => refusal(explorer, sql)));

  expect(codes.map(({ code }) => code)).toEqual(['SQL_TIMEOUT', 'SQL_TIMEOUT', 'SQL_BUSY']);
});

test('a query ends with the interest in it', async () => {
  const { explorer } = await setup();
  const gone = new AbortController();

  const asked = explorer.query({ sql: ENDLESS, maxRows: null }, gone.signal);
  await ask(explorer, 'SELECT 1');
  gone.abort();
  await asked;

  expect(children()).toBe(1);
  expect((await ask(explorer, 'SELECT 2')).rows).toEqual([[2]]);
});

test.each([
  "SELECT printf('%.*c', 900000000, 'x')",
  'SELECT hex(zeroblob(400000000))',
  "SELECT group_concat(a) FROM (WITH RECURSIVE c(a) AS (SELECT 'aaaaaaaa' UNION ALL SELECT a || a FROM c) SELECT a FROM c)",
  'WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x, zeroblob(1000) FROM c ORDER BY x DESC',
])('memory is bounded: %s', async (sql) => {
  const { explorer } = await setup();

  expect(await refusal(explorer, sql)).toMatchObject({ code: 'SQL_TOO_LARGE' });
  expect((await ask(explorer, 'SELECT 1')).rows).toEqual([[1]]);
});

test('tables and their statements are listed, those of secrets are not', async () => {
  const { explorer, writer } = await setup();
  writer.exec("INSERT INTO config VALUES ('later', 'x', 1)");

  expect(bodyOf(await explorer.tables(NEVER))).toEqual({
    tables: { config: 2, nodes: 3, protocol_log: 1, queue: 2000 },
  });
  const { schema } = bodyOf<{ schema: { name: string; sql: string }[] }>(await explorer.schema(NEVER));
  expect(schema.map(({ name }) => name)).toEqual(['config', 'nodes', 'protocol_log', 'queue']);
  expect(schema[0]?.sql).toBe('CREATE TABLE config (key TEXT PRIMARY KEY, value TEXT, updated_at REAL)');
});

test('nothing is started before somebody asks, and nothing is left after the end', async () => {
  const { explorer } = await setup();
  expect(children()).toBe(0);

  const hostile = refusal(explorer, ENDLESS);
  await ask(explorer, 'SELECT 1');
  expect(children()).toBe(2);
  await explorer.close();

  expect(children()).toBe(0);
  expect(await hostile).toMatchObject({ code: 'SQL_UNAVAILABLE' });
  expect(await refusal(explorer, 'SELECT 1')).toMatchObject({ code: 'SQL_UNAVAILABLE' });
});
