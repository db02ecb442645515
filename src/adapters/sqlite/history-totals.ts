import type { ConfigCache } from './config-cache.ts';
import type { Connection } from './open.ts';

/** So many characters of drone names are kept for each package. */
const LONGEST_TRIED_ON = 2000;

const COUNTED = 'history_counted';

/**
 * Brings the totals of builds up to date from the history rows that came since, within the caller's transaction.
 * For many rows at once that costs a fraction of what it costs with each row. A crash in between loses nothing:
 * up to where was counted is written with what was counted.
 */
export function makeHistoryTotals(connection: Connection, config: ConfigCache): HistoryTotals {
  const newest = connection.prepare<[], { id: number | null }>('SELECT max(id) AS id FROM build_history');
  const bySession = connection.prepare<Range>(
    `INSERT INTO build_totals (session_id, drone_name, total, success, failed, timed, duration_seconds)
     SELECT CASE WHEN all_of_them THEN '*' ELSE coalesce(session_id, '') END, drone_name, count(*),
       sum(status = 'success'), sum(status NOT IN ('success', 'returned')),
       sum(status = 'success' AND duration_seconds > 0),
       coalesce(sum(duration_seconds) FILTER (WHERE status = 'success'), 0.0)
     FROM build_history, (SELECT 0 AS all_of_them UNION ALL SELECT 1) WHERE id > @after AND id <= @to GROUP BY 1, 2
     ON CONFLICT DO UPDATE SET total = total + excluded.total, success = success + excluded.success,
       failed = failed + excluded.failed, timed = timed + excluded.timed,
       duration_seconds = duration_seconds + excluded.duration_seconds`,
  );
  const byPackage = connection.prepare<Range>(
    `INSERT INTO package_totals (package, attempts, successes, tried_on, last_attempt)
     SELECT package, count(*), sum(status = 'success'), drone_name, max(built_at) FROM build_history
     WHERE id > @after AND id <= @to GROUP BY package, drone_name ORDER BY min(id)
     ON CONFLICT DO UPDATE SET attempts = attempts + excluded.attempts, successes = successes + excluded.successes,
       last_attempt = max(last_attempt, excluded.last_attempt),
       tried_on = CASE WHEN instr(',' || tried_on || ',', ',' || excluded.tried_on || ',') > 0
         OR length(tried_on) > ${LONGEST_TRIED_ON} THEN tried_on ELSE tried_on || ',' || excluded.tried_on END`,
  );
  const byNode = connection.prepare<Range>(
    `UPDATE nodes SET builds_completed = builds_completed + h.success, builds_failed = builds_failed + h.failed
     FROM (SELECT drone_id, sum(status = 'success') AS success, sum(status NOT IN ('success', 'returned')) AS failed
       FROM build_history WHERE id > @after AND id <= @to GROUP BY drone_id) h WHERE nodes.id = h.drone_id`,
  );
  const uncounted = (): Range => ({ after: Number(config.get(COUNTED) ?? 0), to: newest.get()?.id ?? 0 });
  return {
    isCounted: () => {
      const { after, to } = uncounted();
      return to <= after;
    },
    count: (now) => {
      const range = uncounted();
      for (const statement of [bySession, byPackage, byNode]) statement.run(range);
      config.set(COUNTED, String(range.to), now);
    },
  };
}

/** Totals of builds, by session and drone, by package, and by drone. */
export type HistoryTotals = {
  isCounted(): boolean;
  /** Within a write. */
  count(now: number): void;
};

type Range = { readonly after: number; readonly to: number };
