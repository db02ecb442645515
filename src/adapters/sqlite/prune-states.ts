import type { Connection } from './open.ts';

const CHANGES = ['queue_changes', 'node_changes', 'session_changes', 'drone_health_changes', 'config_changes'] as const;

/**
 * Make the function that forgets changes of the state from before a time (Unix seconds), at most `atOnce` of
 * each kind, within the caller's write; it says how many. Every snapshot of that time or later stays as it was.
 */
export function makePruneStates(connection: Connection, atOnce: number): (before: number) => number {
  const removals = CHANGES.map((table) =>
    connection.prepare(
      `DELETE FROM ${table} WHERE id IN (SELECT id FROM ${table} WHERE at < ? ORDER BY at LIMIT ${atOnce})`,
    ),
  );
  const forget = connection.prepare('DELETE FROM state_history WHERE since < ?');
  const begin = connection.prepare('INSERT INTO state_history SELECT ? WHERE NOT EXISTS (SELECT 1 FROM state_history)');
  return (before) => {
    const removed = removals.reduce((sum, removal) => sum + removal.run(before).changes, 0);
    // What was before the removed changes is not known any more; before that, there is nothing to forget.
    if (removed > 0) {
      forget.run(before);
      begin.run(before);
    }
    return removed;
  };
}
