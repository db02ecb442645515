import type { Migration } from './migration.ts';

/** What operators say about who goes first and what a drone may take. */
export const scheduling: Migration = {
  version: 8,
  sql: `
-- More goes first; 0 is what nobody bumped.
ALTER TABLE queue ADD COLUMN bump INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN bump INTEGER NOT NULL DEFAULT 0;
-- The share of a session against others; 2 gets twice as much as 1.
ALTER TABLE sessions ADD COLUMN weight REAL NOT NULL DEFAULT 1 CHECK (weight > 0);

-- NULL: all of its cores.
ALTER TABLE nodes ADD COLUMN cores_limit INTEGER CHECK (cores_limit > 0);
ALTER TABLE nodes ADD COLUMN labels_json TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(labels_json));`,
};
