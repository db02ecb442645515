import type { Migration } from './migration.ts';

/**
 * Totals that grow with what there is and not with what ever was, kept by triggers and by the writes
 * themselves, so that no question has to count the history or the whole queue.
 */
export const totals: Migration = {
  version: 2,
  sql: `
ALTER TABLE nodes ADD COLUMN slots INTEGER;
ALTER TABLE nodes ADD COLUMN portage_timestamp TEXT;
ALTER TABLE nodes ADD COLUMN builds_completed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE nodes ADD COLUMN builds_failed INTEGER NOT NULL DEFAULT 0;
UPDATE nodes SET
  slots = CASE typeof(capabilities_json ->> '$.slots') WHEN 'integer' THEN capabilities_json ->> '$.slots' END,
  portage_timestamp = capabilities_json ->> '$.portage_timestamp',
  builds_completed = (SELECT count(*) FROM build_history h WHERE h.drone_id = nodes.id AND h.status = 'success'),
  builds_failed = (SELECT count(*) FROM build_history h WHERE h.drone_id = nodes.id AND h.status NOT IN ('success', 'returned'));

ALTER TABLE queue ADD COLUMN blocked_at REAL;
ALTER TABLE queue ADD COLUMN ageings INTEGER NOT NULL DEFAULT 0;
-- Since now: what was blocked long ago is not to be tried again all at once at the first start.
UPDATE queue SET blocked_at = unixepoch('subsec') WHERE status = 'blocked';
CREATE INDEX queue_blocked ON queue (blocked_at) WHERE status = 'blocked';

-- What a change of state has to touch is what it costs: an index names the state only where it must.
DROP INDEX queue_status;
DROP INDEX queue_package;
DROP INDEX queue_assigned;
DROP INDEX attempts_queue;
DROP INDEX build_history_drone;
CREATE INDEX queue_open ON queue (status) WHERE status <> 'received';
CREATE INDEX queue_retry ON queue (not_before) WHERE not_before IS NOT NULL;
CREATE INDEX queue_package ON queue (package);
CREATE INDEX attempts_queue ON attempts (queue_id);
CREATE INDEX queue_cpv ON queue (cpv) WHERE cpv IS NOT NULL;
CREATE INDEX binpkgs_staged ON binpkgs (attempt) WHERE state = 'staged';
CREATE INDEX attempts_reclaimed ON attempts (drone_id, ended_at) WHERE state = 'reclaimed';

-- One row for each session ('' for none), state and readiness.
CREATE TABLE queue_totals (
  session_id TEXT NOT NULL,
  status TEXT NOT NULL,
  ready INTEGER NOT NULL,
  packages INTEGER NOT NULL,
  PRIMARY KEY (session_id, status, ready)
) STRICT, WITHOUT ROWID;
INSERT INTO queue_totals SELECT coalesce(session_id, ''), status, ready, count(*) FROM queue GROUP BY 1, 2, 3;
CREATE TRIGGER queue_counted_in AFTER INSERT ON queue BEGIN
  INSERT INTO queue_totals VALUES (coalesce(NEW.session_id, ''), NEW.status, NEW.ready, 1)
    ON CONFLICT DO UPDATE SET packages = packages + 1;
END;
CREATE TRIGGER queue_counted_out AFTER DELETE ON queue BEGIN
  UPDATE queue_totals SET packages = packages - 1
    WHERE session_id = coalesce(OLD.session_id, '') AND status = OLD.status AND ready = OLD.ready;
END;
CREATE TRIGGER queue_counted_over AFTER UPDATE OF status, ready, session_id ON queue
  WHEN OLD.status <> NEW.status OR OLD.ready <> NEW.ready OR OLD.session_id IS NOT NEW.session_id BEGIN
  UPDATE queue_totals SET packages = packages - 1
    WHERE session_id = coalesce(OLD.session_id, '') AND status = OLD.status AND ready = OLD.ready;
  INSERT INTO queue_totals VALUES (coalesce(NEW.session_id, ''), NEW.status, NEW.ready, 1)
    ON CONFLICT DO UPDATE SET packages = packages + 1;
END;

-- Builds by session and drone; the session '*' is all of them. These and the next are brought up to date from
-- the history from time to time; the setting 'history_counted' says up to which row.
CREATE TABLE build_totals (
  session_id TEXT NOT NULL,
  drone_name TEXT NOT NULL,
  total INTEGER NOT NULL DEFAULT 0,
  success INTEGER NOT NULL DEFAULT 0,
  failed INTEGER NOT NULL DEFAULT 0,
  timed INTEGER NOT NULL DEFAULT 0,
  duration_seconds REAL NOT NULL DEFAULT 0,
  PRIMARY KEY (session_id, drone_name)
) STRICT, WITHOUT ROWID;
INSERT INTO build_totals
  SELECT s.id, h.drone_name, count(*), sum(h.status = 'success'), sum(h.status NOT IN ('success', 'returned')),
    sum(h.status = 'success' AND h.duration_seconds > 0),
    coalesce(sum(h.duration_seconds) FILTER (WHERE h.status = 'success' AND h.duration_seconds > 0), 0.0)
  FROM build_history h JOIN (SELECT '*' AS id UNION SELECT id FROM sessions) s ON s.id IN ('*', h.session_id)
  GROUP BY 1, 2;

CREATE TABLE package_totals (
  package TEXT PRIMARY KEY,
  attempts INTEGER NOT NULL DEFAULT 0,
  successes INTEGER NOT NULL DEFAULT 0,
  tried_on TEXT NOT NULL DEFAULT '',
  last_attempt REAL NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO package_totals
  SELECT package, count(*), sum(status = 'success'), group_concat(DISTINCT drone_name), max(built_at)
  FROM build_history GROUP BY package;
INSERT INTO config SELECT 'history_counted', coalesce(max(id), 0), unixepoch() FROM build_history;
CREATE INDEX package_totals_attempts ON package_totals (attempts DESC, last_attempt DESC);
`,
};
