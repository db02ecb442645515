/** Where in a query something is wrong. `offset` counts characters from 0, `line` and `column` from 1. */
export type QueryPosition = { readonly offset: number; readonly line: number; readonly column: number };

/** `maxRows` null leaves it to the settings. */
export type SqlQuery = { readonly sql: string; readonly maxRows: number | null };

/** A question about the database: its answer as JSON in UTF-8, or what is wrong with it. */
export type SqlAnswer =
  | { readonly body: Uint8Array }
  | {
      readonly problem: {
        readonly code:
          | 'SQL_INVALID'
          | 'SQL_FORBIDDEN'
          | 'SQL_TIMEOUT'
          | 'SQL_TOO_LARGE'
          | 'SQL_BUSY'
          | 'SQL_UNAVAILABLE';
        readonly message: string;
        readonly position?: QueryPosition;
      };
    };

/**
 * Free questions about the database. None of them can change anything, and none keeps the program from its
 * work: each has its limits of time, memory and size. When `signal` is aborted, the question ends.
 */
export type SqlExplorer = {
  /** `{tables}`: name to number of rows. */
  tables(signal: AbortSignal): Promise<SqlAnswer>;
  /** `{schema}`: a list of name and statement. */
  schema(signal: AbortSignal): Promise<SqlAnswer>;
  /** `{columns, rows, count, truncated, reason, elapsed_ms}` of one SELECT. */
  query(query: SqlQuery, signal: AbortSignal): Promise<SqlAnswer>;
  /** End what is under way; nothing of it is left when this resolves. */
  close(): Promise<void>;
};
