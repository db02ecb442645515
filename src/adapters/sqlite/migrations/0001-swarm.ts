import type { Migration } from './migration.ts';

/** Fleet, sessions, queue, attempts, binary packages, history, events. */
export const swarm: Migration = {
  version: 1,
  sql: `
CREATE TABLE nodes (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  ip TEXT NOT NULL,
  tailscale_ip TEXT,
  type TEXT NOT NULL CHECK (type IN ('drone', 'sweeper')),
  cores INTEGER,
  ram_gb REAL,
  status TEXT NOT NULL DEFAULT 'offline' CHECK (status IN ('online', 'offline')),
  paused INTEGER NOT NULL DEFAULT 0 CHECK (paused IN (0, 1)),
  last_seen REAL NOT NULL,
  capabilities_json TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(capabilities_json)),
  metrics_json TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(metrics_json)),
  running_json TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(running_json)),
  current_task TEXT,
  version TEXT,
  created_at REAL NOT NULL
) STRICT;

CREATE TABLE sessions (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('active', 'completed', 'aborted')),
  total_packages INTEGER NOT NULL DEFAULT 0,
  completed_packages INTEGER NOT NULL DEFAULT 0,
  failed_packages INTEGER NOT NULL DEFAULT 0,
  started_at REAL NOT NULL,
  completed_at REAL,
  CHECK ((status = 'active') = (completed_at IS NULL))
) STRICT;

CREATE TABLE plans (
  session_id TEXT PRIMARY KEY REFERENCES sessions (id) ON DELETE CASCADE,
  plan_json TEXT NOT NULL CHECK (json_valid(plan_json))
) STRICT;

CREATE TABLE attempts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  queue_id INTEGER NOT NULL,
  package TEXT NOT NULL,
  drone_id TEXT NOT NULL,
  drone_name TEXT NOT NULL,
  session_id TEXT,
  state TEXT NOT NULL CHECK (state IN ('running', 'received', 'failed', 'returned', 'reclaimed')),
  granted_at REAL NOT NULL,
  last_heard_at REAL NOT NULL,
  ended_at REAL,
  duration_seconds REAL,
  failure_class TEXT,
  phase TEXT,
  error_message TEXT,
  CHECK ((state = 'running') = (ended_at IS NULL))
) STRICT;
CREATE INDEX attempts_running ON attempts (drone_id) WHERE state = 'running';
CREATE INDEX attempts_queue ON attempts (queue_id, state);

CREATE TABLE queue (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  package TEXT NOT NULL CHECK (package <> ''),
  cpv TEXT,
  status TEXT NOT NULL DEFAULT 'needed' CHECK (status IN ('needed', 'delegated', 'received', 'blocked', 'failed')),
  assigned_to TEXT REFERENCES nodes (id) ON DELETE SET NULL,
  assigned_at REAL,
  completed_at REAL,
  failure_count INTEGER NOT NULL DEFAULT 0 CHECK (failure_count >= 0),
  infrastructure_failures INTEGER NOT NULL DEFAULT 0 CHECK (infrastructure_failures >= 0),
  failure_class TEXT,
  error_message TEXT,
  session_id TEXT REFERENCES sessions (id),
  attempt INTEGER REFERENCES attempts (id),
  rank REAL NOT NULL DEFAULT 0,
  ready INTEGER NOT NULL DEFAULT 1 CHECK (ready IN (0, 1)),
  not_before REAL,
  failures_since INTEGER NOT NULL DEFAULT 0,
  created_at REAL NOT NULL,
  CHECK ((status = 'delegated') = (attempt IS NOT NULL)),
  CHECK (status <> 'delegated' OR assigned_at IS NOT NULL),
  CHECK ((status = 'received') = (completed_at IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX queue_live ON queue (session_id, package) WHERE status IN ('needed', 'delegated');
CREATE INDEX queue_ready ON queue (rank DESC, id) WHERE status = 'needed' AND ready = 1;
CREATE INDEX queue_status ON queue (status, session_id);
CREATE INDEX queue_session ON queue (session_id);
CREATE INDEX queue_package ON queue (package, status);
CREATE INDEX queue_assigned ON queue (assigned_to);

CREATE TABLE binpkgs (
  attempt INTEGER PRIMARY KEY REFERENCES attempts (id),
  cpv TEXT NOT NULL,
  build_id INTEGER,
  path TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  block_json TEXT NOT NULL CHECK (json_valid(block_json)),
  state TEXT NOT NULL CHECK (state IN ('staged', 'accepted', 'published')),
  accepted_at REAL,
  CHECK ((state = 'staged') = (accepted_at IS NULL))
) STRICT;
CREATE UNIQUE INDEX binpkgs_path ON binpkgs (path) WHERE state <> 'staged';
CREATE INDEX binpkgs_cpv ON binpkgs (cpv) WHERE state <> 'staged';
CREATE INDEX binpkgs_unpublished ON binpkgs (attempt) WHERE state = 'accepted';

CREATE TABLE build_history (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  package TEXT NOT NULL,
  drone_id TEXT NOT NULL,
  drone_name TEXT NOT NULL,
  status TEXT NOT NULL,
  duration_seconds REAL NOT NULL DEFAULT 0,
  error_message TEXT NOT NULL DEFAULT '',
  session_id TEXT,
  built_at REAL NOT NULL,
  attempt INTEGER,
  failure_class TEXT,
  phase TEXT
) STRICT;
CREATE INDEX build_history_session ON build_history (session_id);
CREATE INDEX build_history_drone ON build_history (drone_id, status);
CREATE INDEX build_history_built_at ON build_history (built_at);

CREATE TABLE drone_health (
  node_id TEXT PRIMARY KEY REFERENCES nodes (id) ON DELETE CASCADE,
  failures INTEGER NOT NULL DEFAULT 0,
  last_failure REAL,
  rebooted INTEGER NOT NULL DEFAULT 0,
  grounded_until REAL,
  last_probe_result TEXT,
  last_probe_at REAL
) STRICT;

CREATE TABLE events (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  timestamp REAL NOT NULL,
  event_type TEXT NOT NULL,
  message TEXT NOT NULL,
  details_json TEXT NOT NULL CHECK (json_valid(details_json)),
  drone_id TEXT,
  package TEXT
) STRICT;
CREATE INDEX events_timestamp ON events (timestamp);
CREATE INDEX events_type ON events (event_type);

CREATE TABLE config (
  key TEXT PRIMARY KEY,
  value TEXT,
  updated_at REAL NOT NULL
) STRICT;
`,
};
