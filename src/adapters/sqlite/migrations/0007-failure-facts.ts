import type { Migration } from './migration.ts';

/**
 * What drones read in their logs and measured of their builds; what the next try of a package that ran out of
 * memory needs; and recipes that failed for good.
 */
export const failureFacts: Migration = {
  version: 7,
  sql: `
ALTER TABLE build_history ADD COLUMN first_error TEXT;
ALTER TABLE build_history ADD COLUMN first_error_line INTEGER CHECK (first_error_line > 0);
ALTER TABLE build_history ADD COLUMN excerpt TEXT;
ALTER TABLE build_history ADD COLUMN confidence TEXT CHECK (confidence IN ('certain', 'likely', 'guess'));
ALTER TABLE build_history ADD COLUMN conclusion TEXT;
ALTER TABLE build_history ADD COLUMN peak_memory_mb REAL CHECK (peak_memory_mb >= 0);
ALTER TABLE build_history ADD COLUMN disk_mb REAL CHECK (disk_mb >= 0);
ALTER TABLE build_history ADD COLUMN cpu_s REAL CHECK (cpu_s >= 0);

-- NULL: as many compilers at once as the drone likes, on a drone with any memory.
ALTER TABLE queue ADD COLUMN max_jobs INTEGER CHECK (max_jobs > 0);
ALTER TABLE queue ADD COLUMN needs_memory_mb REAL CHECK (needs_memory_mb >= 0);

CREATE TABLE failed_recipes (
  recipe TEXT PRIMARY KEY,
  cpv TEXT NOT NULL,
  failure_class TEXT NOT NULL,
  first_error TEXT,
  attempt INTEGER,
  drones INTEGER NOT NULL CHECK (drones > 0),
  failed_at REAL NOT NULL
) STRICT;
CREATE INDEX failed_recipes_cpv ON failed_recipes (cpv);
`,
};
