import type { Migration } from './migration.ts';

/** What was found when somebody compared drones with what they have to look like. */
export const audits: Migration = {
  version: 15,
  sql: `
CREATE TABLE audits (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  drone TEXT NOT NULL CHECK (drone <> ''),
  drone_id TEXT,
  address TEXT NOT NULL,
  audited_at REAL NOT NULL,
  audited_by TEXT NOT NULL,
  verdict TEXT NOT NULL CHECK (verdict IN ('compliant', 'warnings', 'non-compliant', 'unreachable')),
  spec_version INTEGER,
  spec_updated TEXT,
  duration_seconds REAL NOT NULL,
  error TEXT,
  checks_json TEXT NOT NULL CHECK (json_valid(checks_json)),
  drift_json TEXT CHECK (json_valid(drift_json)),
  CHECK ((verdict = 'unreachable') = (error IS NOT NULL))
) STRICT;
CREATE INDEX audits_drone ON audits (drone, id);
`,
};
