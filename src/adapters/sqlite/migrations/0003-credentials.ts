import type { Migration } from './migration.ts';

/** Who may do what: tokens by their digests. The secrets themselves are nowhere. */
export const credentials: Migration = {
  version: 3,
  sql: `
CREATE TABLE credentials (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('admin', 'operator', 'viewer', 'drone', 'join')),
  name TEXT NOT NULL CHECK (name <> ''),
  secret_hash BLOB NOT NULL CHECK (length(secret_hash) = 32),
  drone_id TEXT,
  created_at REAL NOT NULL,
  expires_at REAL,
  revoked_at REAL,
  last_used_at REAL,
  uses_left INTEGER CHECK (uses_left >= 0),
  joined_with TEXT REFERENCES credentials (id),
  CHECK (kind <> 'drone' OR drone_id IS NOT NULL),
  CHECK (kind IN ('drone', 'join') OR drone_id IS NULL),
  CHECK ((kind = 'join') = (uses_left IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX credentials_drone ON credentials (drone_id) WHERE kind = 'drone' AND revoked_at IS NULL;
CREATE INDEX credentials_created ON credentials (created_at);
`,
};
