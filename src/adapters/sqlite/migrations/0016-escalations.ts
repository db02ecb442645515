import type { Migration } from './migration.ts';

/** What operators say of drones as machines, and what was done to those that did not go on. */
export const escalations: Migration = {
  version: 16,
  sql: `
CREATE TABLE drone_care (
  node_id TEXT PRIMARY KEY REFERENCES nodes (id) ON DELETE CASCADE,
  protected INTEGER NOT NULL DEFAULT 0 CHECK (protected IN (0, 1)),
  machine TEXT CHECK (machine IN ('metal', 'vm', 'container')),
  reboot TEXT NOT NULL DEFAULT 'by-machine' CHECK (reboot IN ('by-machine', 'allowed', 'never')),
  ssh_address TEXT,
  ssh_user TEXT,
  ssh_port INTEGER CHECK (ssh_port BETWEEN 1 AND 65535)
) STRICT;

CREATE TABLE escalations (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  drone_id TEXT NOT NULL,
  drone TEXT NOT NULL,
  suspicion TEXT NOT NULL CHECK (suspicion IN ('silent', 'grounded', 'no-progress', 'failing')),
  says TEXT NOT NULL,
  opened_at REAL NOT NULL,
  quiet_since REAL,
  asked_at REAL,
  in_vain INTEGER NOT NULL DEFAULT 0,
  closed_at REAL,
  ending TEXT CHECK (ending IN ('well', 'gone', 'protected', 'paused', 'closed')),
  CHECK ((closed_at IS NULL) = (ending IS NULL))
) STRICT;
CREATE UNIQUE INDEX escalations_open ON escalations (drone_id) WHERE closed_at IS NULL;
CREATE INDEX escalations_drone ON escalations (drone_id, id);

CREATE TABLE escalation_steps (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  escalation_id INTEGER NOT NULL REFERENCES escalations (id) ON DELETE CASCADE,
  drone_id TEXT NOT NULL,
  step TEXT NOT NULL CHECK (step IN ('probe', 'restart', 'hard-restart', 'reboot', 'ask')),
  because TEXT NOT NULL,
  started_at REAL NOT NULL,
  ended_at REAL,
  outcome TEXT CHECK (outcome IN ('done', 'failed', 'interrupted')),
  says TEXT,
  probe_json TEXT CHECK (json_valid(probe_json)),
  CHECK ((ended_at IS NULL) = (outcome IS NULL))
) STRICT;
CREATE INDEX escalation_steps_of ON escalation_steps (escalation_id, id);
CREATE UNIQUE INDEX escalation_steps_running ON escalation_steps (drone_id) WHERE ended_at IS NULL;
CREATE INDEX escalation_steps_reboots ON escalation_steps (drone_id, started_at) WHERE step = 'reboot';
`,
};
