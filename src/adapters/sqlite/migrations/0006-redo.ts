import type { Migration } from './migration.ts';

/** Which log of acknowledged changes belongs to this database, and up to which of its entries the tables say everything. */
export const redo: Migration = {
  version: 6,
  sql: `
CREATE TABLE redo (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  identity TEXT NOT NULL,
  applied INTEGER NOT NULL
) STRICT;
INSERT INTO redo VALUES (1, lower(hex(randomblob(16))), 0);
`,
};
