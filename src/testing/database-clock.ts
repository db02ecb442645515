import type { SqliteStore } from '../adapters/sqlite/store.ts';
import type { Clock } from '../app/ports.ts';

/** Make a database tell the time of a test's clock to its triggers, which otherwise look at the real one. */
export function tellTime(connection: SqliteStore['connection'], clock: Clock): void {
  connection.function('unixepoch', (_precision) => clock.now() / 1000);
  // Statements that are prepared already keep the function they knew, until the schema changes.
  connection.exec('CREATE TABLE clock_was_changed (a INTEGER) STRICT; DROP TABLE clock_was_changed');
}
