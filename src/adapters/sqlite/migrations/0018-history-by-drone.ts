import type { Migration } from './migration.ts';

/** Pages of drones ask for what each built last, however long the history is. */
export const historyByDrone: Migration = {
  version: 18,
  sql: `
CREATE INDEX build_history_drone ON build_history (drone_id);
`,
};
