import type { Migration } from './migration.ts';

/** Who goes first is decided in memory: an index that every grant and every report changes is read by nobody. */
export const noReadyIndex: Migration = {
  version: 10,
  sql: `
DROP INDEX queue_ready;
`,
};
