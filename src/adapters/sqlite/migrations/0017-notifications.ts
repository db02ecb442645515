import type { Migration } from './migration.ts';

/** What people are told by other ways than ours, and how far each way is. */
export const notifications: Migration = {
  version: 17,
  sql: `
CREATE TABLE notifications (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  details_json TEXT NOT NULL CHECK (json_valid(details_json)),
  event_id INTEGER,
  created_at REAL NOT NULL
) STRICT;
CREATE INDEX notifications_created ON notifications (created_at);

CREATE TABLE notification_deliveries (
  notification_id INTEGER NOT NULL REFERENCES notifications (id) ON DELETE CASCADE,
  channel TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'sent', 'failed')),
  tries INTEGER NOT NULL DEFAULT 0,
  next_at REAL,
  message INTEGER,
  ended_at REAL,
  error TEXT,
  PRIMARY KEY (notification_id, channel),
  CHECK ((state = 'pending') = (next_at IS NOT NULL)),
  CHECK ((state = 'pending') = (ended_at IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX notification_deliveries_pending ON notification_deliveries (channel, next_at) WHERE state = 'pending';
CREATE INDEX notification_deliveries_sent ON notification_deliveries (channel, ended_at) WHERE state = 'sent';
`,
};
