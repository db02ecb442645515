import type { Migration } from './migration.ts';

/** What the drones and the queue were like, every few seconds of the last day. */
export const metricsLog: Migration = {
  version: 5,
  sql: `
CREATE TABLE metrics_log (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  timestamp REAL NOT NULL,
  node_id TEXT,
  cpu_percent REAL,
  ram_percent REAL,
  load_1m REAL,
  queue_needed INTEGER NOT NULL DEFAULT 0 CHECK (queue_needed >= 0),
  queue_delegated INTEGER NOT NULL DEFAULT 0 CHECK (queue_delegated >= 0),
  queue_received INTEGER NOT NULL DEFAULT 0 CHECK (queue_received >= 0),
  queue_blocked INTEGER NOT NULL DEFAULT 0 CHECK (queue_blocked >= 0)
) STRICT;
CREATE INDEX metrics_log_timestamp ON metrics_log (timestamp);
CREATE INDEX metrics_log_node ON metrics_log (node_id, timestamp);
`,
};
