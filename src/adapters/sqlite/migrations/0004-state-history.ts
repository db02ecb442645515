import type { Migration } from './migration.ts';

/**
 * What packages, drones, sessions and settings were before each change, written by triggers, so that no write
 * can forget one. The state of an earlier time is the present one with all later changes undone; what is old
 * is simply removed. Rows that came to be say so themselves by `created_at`; where they cannot, `existed` is 0.
 */
export const stateHistory: Migration = {
  version: 4,
  sql: `
-- Nothing is known of the time before; empty while that is when the first drone or session came.
CREATE TABLE state_history (since REAL NOT NULL) STRICT;
INSERT INTO state_history SELECT unixepoch('subsec')
  WHERE EXISTS (SELECT 1 FROM nodes) OR EXISTS (SELECT 1 FROM sessions) OR EXISTS (SELECT 1 FROM queue);

CREATE TABLE queue_changes (
  id INTEGER PRIMARY KEY,
  at REAL NOT NULL,
  queue_id INTEGER NOT NULL,
  package TEXT NOT NULL,
  session_id TEXT,
  status TEXT NOT NULL,
  ready INTEGER NOT NULL,
  assigned_to TEXT,
  assigned_at REAL,
  failure_count INTEGER NOT NULL,
  error_message TEXT,
  created_at REAL NOT NULL
) STRICT;
CREATE INDEX queue_changes_at ON queue_changes (at);
CREATE TRIGGER queue_changed AFTER UPDATE OF package, session_id, status, ready, assigned_to, assigned_at ON queue
  WHEN OLD.status <> NEW.status OR OLD.ready <> NEW.ready OR OLD.assigned_to IS NOT NEW.assigned_to
    OR OLD.assigned_at IS NOT NEW.assigned_at OR OLD.session_id IS NOT NEW.session_id OR OLD.package <> NEW.package BEGIN
  INSERT INTO queue_changes (at, queue_id, package, session_id, status, ready, assigned_to, assigned_at,
      failure_count, error_message, created_at)
    VALUES (unixepoch('subsec'), OLD.id, OLD.package, OLD.session_id, OLD.status, OLD.ready, OLD.assigned_to,
      OLD.assigned_at, OLD.failure_count, OLD.error_message, OLD.created_at);
END;
CREATE TRIGGER queue_removed AFTER DELETE ON queue BEGIN
  INSERT INTO queue_changes (at, queue_id, package, session_id, status, ready, assigned_to, assigned_at,
      failure_count, error_message, created_at)
    VALUES (unixepoch('subsec'), OLD.id, OLD.package, OLD.session_id, OLD.status, OLD.ready, OLD.assigned_to,
      OLD.assigned_at, OLD.failure_count, OLD.error_message, OLD.created_at);
END;

-- Capabilities, running builds and the numbers of builds are NULL where they stayed what they were, or are known otherwise.
CREATE TABLE node_changes (
  id INTEGER PRIMARY KEY,
  at REAL NOT NULL,
  node_id TEXT NOT NULL,
  name TEXT NOT NULL,
  ip TEXT NOT NULL,
  type TEXT NOT NULL,
  cores INTEGER,
  ram_gb REAL,
  status TEXT NOT NULL,
  paused INTEGER NOT NULL,
  last_seen REAL NOT NULL,
  capabilities_json TEXT,
  running_json TEXT,
  current_task TEXT,
  version TEXT,
  builds_completed INTEGER,
  builds_failed INTEGER,
  created_at REAL NOT NULL,
  removed_at REAL
) STRICT;
CREATE INDEX node_changes_at ON node_changes (at);
-- A heartbeat that only says how long a build has been running, or how warm it is, changes nothing here.
CREATE TRIGGER node_changed AFTER UPDATE OF name, ip, type, cores, ram_gb, status, paused, capabilities_json,
    running_json, current_task, version ON nodes
  WHEN OLD.name <> NEW.name OR OLD.ip <> NEW.ip OR OLD.type <> NEW.type OR OLD.cores IS NOT NEW.cores
    OR OLD.ram_gb IS NOT NEW.ram_gb OR OLD.status <> NEW.status OR OLD.paused <> NEW.paused
    OR OLD.current_task IS NOT NEW.current_task OR OLD.version IS NOT NEW.version
    OR OLD.capabilities_json <> NEW.capabilities_json
    OR (OLD.running_json <> NEW.running_json
      AND (SELECT group_concat(value ->> '$.attempt') FROM json_each(OLD.running_json))
        IS NOT (SELECT group_concat(value ->> '$.attempt') FROM json_each(NEW.running_json))) BEGIN
  INSERT INTO node_changes (at, node_id, name, ip, type, cores, ram_gb, status, paused, last_seen, capabilities_json,
      running_json, current_task, version, created_at)
    VALUES (unixepoch('subsec'), OLD.id, OLD.name, OLD.ip, OLD.type, OLD.cores, OLD.ram_gb, OLD.status, OLD.paused,
      OLD.last_seen, nullif(OLD.capabilities_json, NEW.capabilities_json), nullif(OLD.running_json, NEW.running_json),
      OLD.current_task, OLD.version, OLD.created_at);
END;
CREATE TRIGGER node_removed AFTER DELETE ON nodes BEGIN
  INSERT INTO node_changes (at, node_id, name, ip, type, cores, ram_gb, status, paused, last_seen, capabilities_json,
      running_json, current_task, version, builds_completed, builds_failed, created_at,
      removed_at)
    VALUES (unixepoch('subsec'), OLD.id, OLD.name, OLD.ip, OLD.type, OLD.cores, OLD.ram_gb, OLD.status, OLD.paused,
      OLD.last_seen, OLD.capabilities_json, OLD.running_json, OLD.current_task, OLD.version, OLD.builds_completed,
      OLD.builds_failed, OLD.created_at, unixepoch('subsec'));
END;

CREATE TABLE session_changes (
  id INTEGER PRIMARY KEY,
  at REAL NOT NULL,
  session_id TEXT NOT NULL,
  name TEXT NOT NULL,
  status TEXT NOT NULL,
  total_packages INTEGER NOT NULL,
  started_at REAL NOT NULL,
  completed_at REAL
) STRICT;
CREATE INDEX session_changes_at ON session_changes (at);
CREATE TRIGGER session_changed AFTER UPDATE OF name, status, total_packages ON sessions
  WHEN OLD.status <> NEW.status OR OLD.total_packages <> NEW.total_packages OR OLD.name <> NEW.name BEGIN
  INSERT INTO session_changes (at, session_id, name, status, total_packages, started_at, completed_at)
    VALUES (unixepoch('subsec'), OLD.id, OLD.name, OLD.status, OLD.total_packages, OLD.started_at, OLD.completed_at);
END;
CREATE TRIGGER session_removed AFTER DELETE ON sessions BEGIN
  INSERT INTO session_changes (at, session_id, name, status, total_packages, started_at, completed_at)
    VALUES (unixepoch('subsec'), OLD.id, OLD.name, OLD.status, OLD.total_packages, OLD.started_at, OLD.completed_at);
END;

CREATE TABLE drone_health_changes (
  id INTEGER PRIMARY KEY,
  at REAL NOT NULL,
  node_id TEXT NOT NULL,
  existed INTEGER NOT NULL CHECK (existed IN (0, 1)),
  failures INTEGER,
  last_failure REAL,
  rebooted INTEGER,
  grounded_until REAL,
  last_probe_result TEXT,
  last_probe_at REAL
) STRICT;
CREATE INDEX drone_health_changes_at ON drone_health_changes (at);
CREATE TRIGGER drone_health_came AFTER INSERT ON drone_health BEGIN
  INSERT INTO drone_health_changes (at, node_id, existed) VALUES (unixepoch('subsec'), NEW.node_id, 0);
END;
CREATE TRIGGER drone_health_changed AFTER UPDATE ON drone_health
  WHEN OLD.failures <> NEW.failures OR OLD.last_failure IS NOT NEW.last_failure OR OLD.rebooted <> NEW.rebooted
    OR OLD.grounded_until IS NOT NEW.grounded_until OR OLD.last_probe_at IS NOT NEW.last_probe_at
    OR OLD.last_probe_result IS NOT NEW.last_probe_result BEGIN
  INSERT INTO drone_health_changes (at, node_id, existed, failures, last_failure, rebooted, grounded_until,
      last_probe_result, last_probe_at)
    VALUES (unixepoch('subsec'), OLD.node_id, 1, OLD.failures, OLD.last_failure, OLD.rebooted, OLD.grounded_until,
      OLD.last_probe_result, OLD.last_probe_at);
END;
CREATE TRIGGER drone_health_removed AFTER DELETE ON drone_health BEGIN
  INSERT INTO drone_health_changes (at, node_id, existed, failures, last_failure, rebooted, grounded_until,
      last_probe_result, last_probe_at)
    VALUES (unixepoch('subsec'), OLD.node_id, 1, OLD.failures, OLD.last_failure, OLD.rebooted, OLD.grounded_until,
      OLD.last_probe_result, OLD.last_probe_at);
END;

-- Of the settings only what the status shows.
CREATE TABLE config_changes (
  id INTEGER PRIMARY KEY,
  at REAL NOT NULL,
  key TEXT NOT NULL,
  existed INTEGER NOT NULL CHECK (existed IN (0, 1)),
  value TEXT
) STRICT;
CREATE INDEX config_changes_at ON config_changes (at);
CREATE TRIGGER config_came AFTER INSERT ON config
  WHEN NEW.key IN ('paused', 'stale_reports', 'expected_portage_timestamp') BEGIN
  INSERT INTO config_changes (at, key, existed) VALUES (unixepoch('subsec'), NEW.key, 0);
END;
CREATE TRIGGER config_changed AFTER UPDATE ON config
  WHEN OLD.value IS NOT NEW.value AND OLD.key IN ('paused', 'stale_reports', 'expected_portage_timestamp') BEGIN
  INSERT INTO config_changes (at, key, existed, value) VALUES (unixepoch('subsec'), OLD.key, 1, OLD.value);
END;
CREATE TRIGGER config_removed AFTER DELETE ON config
  WHEN OLD.key IN ('paused', 'stale_reports', 'expected_portage_timestamp') BEGIN
  INSERT INTO config_changes (at, key, existed, value) VALUES (unixepoch('subsec'), OLD.key, 1, OLD.value);
END;
`,
};
