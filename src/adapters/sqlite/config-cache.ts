import type { Connection } from './open.ts';
import { toSeconds } from './rows.ts';

/** The few values that every request asks for, kept beside the table they are in. */
export type ConfigCache = {
  readonly get: (key: string) => string | null;
  /** Within a write; null removes the value. */
  readonly set: (key: string, value: string | null, now: number) => void;
  /** Read all again: what was set may not have been committed. */
  readonly reload: () => void;
};

/** This program is the only writer of its database, so what it remembers stays true. */
export function createConfigCache(connection: Connection): ConfigCache {
  const all = connection.prepare<[], { key: string; value: string | null }>('SELECT key, value FROM config');
  const upsert = connection.prepare(
    `INSERT INTO config (key, value, updated_at) VALUES (@key, @value, @at)
     ON CONFLICT (key) DO UPDATE SET value = @value, updated_at = @at`,
  );
  const remove = connection.prepare('DELETE FROM config WHERE key = ?');
  const known = new Map<string, string | null>();
  const reload = () => {
    known.clear();
    for (const { key, value } of all.all()) known.set(key, value);
  };
  reload();
  return {
    get: (key) => known.get(key) ?? null,
    set: (key, value, now) => {
      if (value === null) remove.run(key);
      else upsert.run({ key, value, at: toSeconds(now) });
      known.set(key, value);
    },
    reload,
  };
}
