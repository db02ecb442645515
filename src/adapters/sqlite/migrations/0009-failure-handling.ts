import type { Migration } from './migration.ts';

/** What convicts recipes and drones, and what the sweep for stuck states has found. */
export const failureHandling: Migration = {
  version: 9,
  sql: `
-- What a drone did before an operator resumed it is not held against it.
ALTER TABLE nodes ADD COLUMN judged_since REAL;

-- Failures of a recipe that another drone would see too, until they prove that it fails for good.
CREATE TABLE recipe_failures (
  attempt INTEGER PRIMARY KEY,
  recipe TEXT NOT NULL,
  cpv TEXT NOT NULL,
  drone_id TEXT NOT NULL,
  failure_class TEXT NOT NULL,
  first_error TEXT,
  guess INTEGER NOT NULL CHECK (guess IN (0, 1)),
  failed_at REAL NOT NULL
) STRICT;
CREATE INDEX recipe_failures_recipe ON recipe_failures (recipe);
CREATE INDEX recipe_failures_cpv ON recipe_failures (cpv);
CREATE INDEX recipe_failures_drone ON recipe_failures (drone_id);

CREATE TABLE findings (
  key TEXT PRIMARY KEY,
  rule TEXT NOT NULL,
  says TEXT NOT NULL,
  details_json TEXT NOT NULL CHECK (json_valid(details_json)),
  since REAL NOT NULL,
  told INTEGER NOT NULL CHECK (told IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE INDEX queue_memory ON queue (needs_memory_mb DESC) WHERE needs_memory_mb IS NOT NULL;
`,
};
