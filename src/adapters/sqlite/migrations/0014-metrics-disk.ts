import type { Migration } from './migration.ts';

/** What drones have free for builds, among what is noted of them. */
export const metricsDisk: Migration = {
  version: 14,
  sql: `
ALTER TABLE metrics_log ADD COLUMN disk_free_mb REAL;
`,
};
