import { z } from 'zod';
import { endpoint } from './endpoint.ts';
import { queryNumber } from './vocabulary.ts';

/** Longer than any request line that is taken. */
const MAX_QUERY = 100_000;
const MAX_ROWS = 10_000;

/** Text, number or null as SQLite has it; integers beyond 2^53 as text, numbers that are not finite as null. */
const Cell = z.union([
  z.string(),
  z.number(),
  z.null(),
  /** A binary value: its first 256 bytes in hex, and how many it has. */
  z.object({ blob: z.string(), bytes: z.number().int() }),
]);

export const sqlTables = endpoint({
  method: 'GET',
  path: '/api/v1/sql/tables',
  access: 'operator',
  tag: 'data',
  summary: 'The tables of the database with the number of their rows.',
  errors: ['SQL_TIMEOUT', 'SQL_BUSY', 'SQL_UNAVAILABLE'],
  reply: z.object({ tables: z.record(z.string(), z.number().int()) }),
});

export const sqlSchema = endpoint({
  method: 'GET',
  path: '/api/v1/sql/schema',
  access: 'operator',
  tag: 'data',
  summary: 'The tables of the database with the statements that made them.',
  errors: ['SQL_TIMEOUT', 'SQL_BUSY', 'SQL_UNAVAILABLE'],
  reply: z.object({ schema: z.array(z.object({ name: z.string(), sql: z.string() })) }),
});

export const sqlQuery = endpoint({
  method: 'GET',
  path: '/api/v1/sql/query',
  access: 'operator',
  tag: 'data',
  summary:
    'One SELECT (or WITH, VALUES, EXPLAIN of those). It cannot change anything, and has 5 s and 8 MB of rows; where something is wrong with it, `position` says where.',
  errors: ['SQL_INVALID', 'SQL_FORBIDDEN', 'SQL_TIMEOUT', 'SQL_TOO_LARGE', 'SQL_BUSY', 'SQL_UNAVAILABLE'],
  query: z.object({
    q: z
      .string({ error: 'Missing query parameter q' })
      .max(MAX_QUERY)
      .refine((text) => text.trim() !== '', 'Missing query parameter q'),
    /** Rows of the answer at most; what the settings say (1000) when it is not said. */
    limit: queryNumber({ min: 1, max: MAX_ROWS }),
  }),
  reply: z.object({
    columns: z.array(z.string()),
    rows: z.array(z.array(Cell)),
    count: z.number().int(),
    /** Whether there are more rows than these. */
    truncated: z.boolean(),
    /** Why they were cut, and what to do; null when they were not. */
    reason: z.string().nullable(),
    elapsed_ms: z.number(),
  }),
  example: {
    query: { q: 'SELECT id, name, cores FROM nodes' },
    reply: {
      columns: ['id', 'name', 'cores'],
      rows: [['9999000011112222', 'Sweeper-1', 8]],
      count: 1,
      truncated: false,
      reason: null,
      elapsed_ms: 0.4,
    },
  },
});
