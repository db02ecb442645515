import Database from 'better-sqlite3';

export type OldDatabaseOptions = {
  /** The same seed makes the same rows. */
  readonly seed?: number;
  /** As 3.0 left it: no columns for probes, no table of events. */
  readonly isV30?: boolean;
  readonly queueRows?: number;
  readonly historyRows?: number;
};

/** What the old program made when it started, by the table definitions of the contract. */
const SCHEMA = `
CREATE TABLE nodes (
  id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, ip TEXT, tailscale_ip TEXT,
  type TEXT NOT NULL CHECK (type IN ('drone', 'sweeper')), cores INTEGER, ram_gb REAL,
  status TEXT DEFAULT 'offline' CHECK (status IN ('online', 'offline')), paused INTEGER DEFAULT 0, last_seen REAL,
  capabilities_json TEXT, metrics_json TEXT, current_task TEXT, version TEXT,
  created_at REAL DEFAULT (strftime('%s', 'now'))
);
CREATE TABLE sessions (
  id TEXT PRIMARY KEY, name TEXT, status TEXT DEFAULT 'active' CHECK (status IN ('active', 'completed', 'aborted')),
  total_packages INTEGER DEFAULT 0, completed_packages INTEGER DEFAULT 0, failed_packages INTEGER DEFAULT 0,
  started_at REAL, completed_at REAL
);
CREATE TABLE queue (
  id INTEGER PRIMARY KEY AUTOINCREMENT, package TEXT NOT NULL,
  status TEXT DEFAULT 'needed' CHECK (status IN ('needed', 'delegated', 'received', 'blocked', 'failed')),
  assigned_to TEXT REFERENCES nodes (id), assigned_at REAL, completed_at REAL, failure_count INTEGER DEFAULT 0,
  error_message TEXT, session_id TEXT REFERENCES sessions (id), created_at REAL DEFAULT (strftime('%s', 'now'))
);
CREATE TABLE build_history (
  id INTEGER PRIMARY KEY AUTOINCREMENT, package TEXT NOT NULL, drone_id TEXT, drone_name TEXT, status TEXT,
  duration_seconds REAL, error_message TEXT, session_id TEXT, built_at REAL DEFAULT (strftime('%s', 'now'))
);
CREATE TABLE config (key TEXT PRIMARY KEY, value TEXT, updated_at REAL);
CREATE TABLE metrics_log (
  id INTEGER PRIMARY KEY AUTOINCREMENT, timestamp REAL, node_id TEXT, cpu_percent REAL, ram_percent REAL, load_1m REAL,
  queue_needed INTEGER, queue_delegated INTEGER, queue_received INTEGER, queue_blocked INTEGER
);
CREATE TABLE protocol_log (
  id INTEGER PRIMARY KEY AUTOINCREMENT, timestamp REAL, source_ip TEXT, source_node TEXT, method TEXT, path TEXT,
  msg_type TEXT, drone_id TEXT, package TEXT, session_id TEXT, status_code INTEGER, request_summary TEXT,
  response_summary TEXT, request_body TEXT, response_body TEXT, latency_ms REAL, content_length INTEGER
);
CREATE INDEX idx_queue_status ON queue (status);
CREATE INDEX idx_queue_session ON queue (session_id);
CREATE INDEX idx_queue_assigned ON queue (assigned_to);
CREATE INDEX idx_queue_package ON queue (package);
CREATE INDEX idx_history_session ON build_history (session_id);
CREATE INDEX idx_history_drone ON build_history (drone_id);
CREATE INDEX idx_history_built ON build_history (built_at);
CREATE INDEX idx_metrics_time ON metrics_log (timestamp);
CREATE INDEX idx_metrics_node ON metrics_log (node_id, timestamp);
CREATE INDEX idx_nodes_status ON nodes (status);
CREATE INDEX idx_nodes_type ON nodes (type);
CREATE INDEX idx_protocol_time ON protocol_log (timestamp);
CREATE INDEX idx_protocol_type ON protocol_log (msg_type);
CREATE INDEX idx_protocol_drone ON protocol_log (drone_id);
CREATE INDEX idx_protocol_package ON protocol_log (package);
`;
const HEALTH = `
CREATE TABLE drone_health (
  node_id TEXT PRIMARY KEY REFERENCES nodes (id), failures INTEGER DEFAULT 0, last_failure REAL,
  rebooted INTEGER DEFAULT 0, grounded_until REAL`;
const PROBES = ', last_probe_result TEXT, last_probe_at REAL';
const EVENTS = `
CREATE TABLE events (
  id INTEGER PRIMARY KEY AUTOINCREMENT, timestamp REAL NOT NULL, event_type TEXT NOT NULL, message TEXT NOT NULL,
  details_json TEXT, drone_id TEXT, package TEXT
);`;

const NOW_S = 1_760_000_000;
const DRONES = ['anvil', 'bellows', 'crucible', 'drill', 'embers'] as const;
const CATEGORIES = ['app-misc', 'dev-libs', 'dev-python', 'sys-apps', 'x11-libs', 'kde-apps'] as const;
const FAILURES = ['failed', 'upload_failed', 'missing_binary', 'masked', 'unknown'] as const;

type Maker = {
  readonly database: Database.Database;
  /** A whole number from 0 to below `limit`. */
  readonly below: (limit: number) => number;
  readonly oneOf: <T>(values: readonly T[]) => T;
};

/**
 * Make a database file as build-swarm 3.1.0 (or 3.0) would have left it after weeks of work: drones,
 * sessions made by hand, a queue with duplicates and builds under way, results, events, logs, and what
 * its tables without types let in. It is closed again.
 */
export function makeOldDatabase(path: string, options: OldDatabaseOptions = {}): void {
  const { seed = 1, isV30 = false, queueRows = 500, historyRows = 2_000 } = options;
  const database = new Database(path);
  database.pragma('journal_mode = WAL');
  database.exec(SCHEMA);
  database.exec(`${HEALTH}${isV30 ? '' : PROBES});`);
  if (!isV30) database.exec(EVENTS);
  const next = generator(seed);
  const below = (limit: number) => Math.floor(next() * limit);
  const maker: Maker = { database, below, oneOf: (values) => values[below(values.length)] as (typeof values)[number] };
  database.transaction(() => {
    addNodes(maker);
    addSessions(maker);
    addQueue(maker, queueRows);
    addHistory(maker, historyRows);
    addHealth(maker);
    addLogs(maker);
    if (!isV30) addEvents(maker);
  })();
  addOddities(maker, isV30);
  database.close();
}

/** mulberry32. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function addNodes({ database, below, oneOf }: Maker): void {
  const insert = database.prepare(
    `INSERT INTO nodes (id, name, ip, type, cores, ram_gb, status, paused, last_seen, capabilities_json, metrics_json,
       current_task, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  DRONES.forEach((name, index) => {
    const cores = oneOf([4, 8, 16, 24]);
    const capabilities = JSON.stringify({ cores, ram_gb: cores * 4, auto_reboot: index > 0, portage_timestamp: 'x' });
    const metrics = JSON.stringify({ cpu_percent: below(100), ram_percent: below(100), load_1m: below(40) / 10 });
    const status = index < 3 ? 'online' : 'offline';
    const type = index === 4 ? 'sweeper' : 'drone';
    const about = [name, `192.0.2.${index + 1}`, type, cores, cores * 4, status, index === 1 ? 1 : 0] as const;
    insert.run(`id-${name}`, ...about, NOW_S - below(60), capabilities, metrics, null, '0.4.0');
  });
}

function addSessions({ database }: Maker): void {
  const insert = database.prepare(
    'INSERT INTO sessions (id, name, status, started_at, completed_at) VALUES (?, ?, ?, ?, ?)',
  );
  insert.run('s-old', 'by hand', 'completed', NOW_S - 900_000, NOW_S - 800_000);
  insert.run('s-now', 'world', 'active', NOW_S - 5_000, null);
}

/** One in twenty is queued once more, as parallel requests did (nothing forbade it). */
function addQueue(maker: Maker, rows: number): void {
  const { database, below, oneOf } = maker;
  const insert = database.prepare(
    `INSERT INTO queue (package, status, assigned_to, assigned_at, completed_at, failure_count, error_message, session_id,
       created_at) VALUES (@package, @status, @owner, @assignedAt, @completedAt, @failures, @error, @session, @createdAt)`,
  );
  for (let row = 0; row < rows; row += 1) {
    const status = oneOf(['needed', 'needed', 'needed', 'delegated', 'received', 'received', 'blocked', 'failed']);
    const isAssigned = status !== 'needed';
    const createdAt = NOW_S - below(100_000);
    const wish = {
      package: packageName(maker, row),
      status,
      owner: isAssigned ? `id-${oneOf(DRONES)}` : null,
      assignedAt: isAssigned ? createdAt + 10 : null,
      completedAt: status === 'received' ? createdAt + 100 : null,
      failures: status === 'blocked' ? 2 : 0,
      error: status === 'blocked' ? 'Failed on 2 different drones' : null,
      session: oneOf([null, null, 's-now', 's-old']),
      createdAt,
    };
    insert.run(wish);
    if (below(20) === 0) insert.run({ ...wish, createdAt: createdAt + 1 });
  }
}

function packageName({ below, oneOf }: Maker, number: number): string {
  const name = `${oneOf(CATEGORIES)}/pkg${number}`;
  return below(3) === 0 ? name : `=${name}-${below(9)}.${below(30)}${below(5) === 0 ? '-r1' : ''}`;
}

function addHistory(maker: Maker, rows: number): void {
  const { database, below, oneOf } = maker;
  const insert = database.prepare(
    `INSERT INTO build_history (package, drone_id, drone_name, status, duration_seconds, error_message, session_id, built_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  for (let row = 0; row < rows; row += 1) {
    const drone = oneOf(DRONES);
    const status = below(6) === 0 ? oneOf(FAILURES) : oneOf(['success', 'success', 'success', 'returned']);
    const error = status === 'success' ? '' : 'emerge ended with 1';
    const name = packageName(maker, below(500));
    insert.run(
      name,
      `id-${drone}`,
      drone,
      status,
      below(9_000) / 10,
      error,
      oneOf([null, 's-now']),
      NOW_S - rows + row,
    );
  }
}

function addHealth({ database }: Maker): void {
  const insert = database.prepare(
    'INSERT INTO drone_health (node_id, failures, last_failure, rebooted) VALUES (?, ?, ?, ?)',
  );
  insert.run('id-anvil', 0, null, 0);
  insert.run('id-drill', 5, NOW_S - 600, 1);
}

function addLogs({ database }: Maker): void {
  const config = database.prepare('INSERT INTO config (key, value, updated_at) VALUES (?, ?, ?)');
  config.run('paused', 'true', NOW_S - 50);
  config.run('expected_portage_timestamp', '1770685200', NOW_S - 50);
  const metrics = database.prepare('INSERT INTO metrics_log (timestamp, node_id, cpu_percent) VALUES (?, ?, ?)');
  const protocol = database.prepare(
    "INSERT INTO protocol_log (timestamp, method, path) VALUES (?, 'GET', '/api/v1/work')",
  );
  for (let row = 0; row < 40; row += 1) {
    metrics.run(NOW_S - row * 15, 'id-anvil', row);
    protocol.run(NOW_S - row);
  }
}

/** The oldest are pruned already, and so is the newest: its number must not be given again. */
function addEvents({ database, below, oneOf }: Maker): void {
  const insert = database.prepare(
    'INSERT INTO events (timestamp, event_type, message, details_json, drone_id, package) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const types = ['assign', 'complete', 'fail', 'grounded', 'rebalance', 'reclaim', 'stale'];
  for (let row = 0; row < 300; row += 1) {
    const drone = oneOf(DRONES);
    const details = JSON.stringify({ drone, package: `app-misc/pkg${below(500)}` });
    insert.run(NOW_S - 300 + row, oneOf(types), `something on ${drone}`, details, drone, null);
  }
  database.exec('DELETE FROM events WHERE id <= 20 OR id = 300');
}

/** Everything here was accepted by the old program, or by somebody with a database tool. */
function addOddities({ database }: Maker, isV30: boolean): void {
  database.pragma('foreign_keys = OFF');
  database.exec(`
    INSERT INTO nodes (id, name, type, cores, ram_gb, last_seen, capabilities_json, metrics_json) VALUES
      ('id-text', 'text', 'drone', 'many', '12.5', '1759999000', '{"slots": "many", "cores": "8 or so"}', 'no json'),
      ('id-half', 'half', 'drone', 4.5, NULL, NULL, '[1]', NULL),
      ('', 'nobody', 'drone', NULL, NULL, NULL, NULL, NULL);
    INSERT INTO queue (package, status, failure_count, created_at) VALUES ('', 'needed', 0, 1), (1, 'needed', 0, 2);
    INSERT INTO queue (package, status, failure_count, created_at) VALUES ('; rm -rf /', 'needed', 0, 3);
    INSERT INTO queue (package, status, failure_count, created_at) VALUES ('app-misc/no-operator-1.0', 'needed', 'x', 'y');
    INSERT INTO queue (package, status, assigned_to, assigned_at) VALUES ('app-misc/lost', 'delegated', 'gone', 5);
    INSERT INTO queue (package, status, session_id) VALUES ('app-misc/orphan', 'blocked', 's-gone');
    INSERT INTO queue (package, status, completed_at) VALUES ('app-misc/done', 'received', NULL);
    INSERT INTO queue (package, status, created_at) VALUES ('=app-misc/taken-1', 'needed', 6);
    INSERT INTO queue (package, status, assigned_to, assigned_at, created_at)
      VALUES ('=app-misc/taken-1', 'delegated', 'id-anvil', 1759999900, 7), ('=app-misc/taken-1', 'needed', NULL, NULL, 8);
    INSERT INTO build_history (package, drone_id, drone_name, status, duration_seconds, error_message, built_at) VALUES
      ('app-misc/soon', 'id-anvil', 'anvil', '<img src=x onerror=alert(1)>', 'soon', NULL, 1759999000),
      ('app-misc/when', NULL, NULL, NULL, 9e999, x'ff', 1759999001), ('app-misc/never', 'id-anvil', 'anvil', 'success', 1, '', 'then');
    INSERT INTO drone_health (node_id, failures) VALUES ('gone', 9), ('id-bellows', 'several');
    INSERT INTO config (key, value) VALUES ('number', 17);
    PRAGMA ignore_check_constraints = ON;
    INSERT INTO queue (package, status) VALUES ('app-misc/word', 'pending');
    INSERT INTO sessions (id, status, started_at) VALUES ('s-word', 'paused', 1);
    INSERT INTO sessions (id, status, started_at, completed_at) VALUES ('s-both', 'active', 1, 2), ('s-none', 'aborted', 3, NULL);
    PRAGMA ignore_check_constraints = OFF;
  `);
  if (isV30) return;
  database.exec(`
    INSERT INTO events (timestamp, event_type, message, details_json) VALUES (1759999990, 'control', 'odd', 'not json'),
      ('whenever', 'control', 'no time', '{}');
  `);
}
