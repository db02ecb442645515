import type { ChannelName, Draft, KeptNotification, NotificationStore } from '../../app/notify-ports.ts';
import type { Notification } from '../../core/notify/message.ts';
import { TOLD_EVENTS } from '../../core/notify/notification.ts';
import { makeRecordEvent } from './apply.ts';
import type { Write } from './group-commit.ts';
import type { Connection } from './open.ts';
import { type EventRow, jsonObject, storedEvent, toMs, toSeconds } from './rows.ts';

const NOTIFICATIONS_KEPT = 1_000;
const FAR_BEHIND = 500;
const CURSOR = 'notified_event';
const LOW_DISKS = 'low_disks';

type Row = {
  readonly id: number;
  readonly kind: Notification['kind'];
  readonly title: string;
  readonly body: string;
  readonly details_json: string;
  readonly created_at: number;
};
type DeliveryRow = {
  readonly channel: ChannelName;
  readonly state: 'pending' | 'sent' | 'failed';
  readonly tries: number;
  readonly next_at: number | null;
  readonly ended_at: number | null;
  readonly error: string | null;
};

/** What people are to be told, beside the events that it is about: a restart loses none, and tells none twice. */
export function makeNotificationStore(connection: Connection, write: Write): NotificationStore {
  const recordEvent = makeRecordEvent(connection);
  const statements = prepare(connection);
  const remember = (key: string, value: string, now: number) =>
    statements.setConfig.run({ key, value, at: toSeconds(now) });
  return {
    readNews: async (limit, now) => {
      const newest = statements.newestEvent.get()?.id ?? 0;
      const known = statements.config.get(CURSOR)?.value ?? null;
      // Nobody is told of what was before anybody was to be told; of that the next reading begins.
      const since = known === null ? newest : Number(known);
      if (known === null) await write(() => remember(CURSOR, `${newest}`, now));
      const events = statements.events.all(since, limit).map(storedEvent);
      // What concerns nobody is not looked through again and again.
      if (events.length === 0 && newest - since > FAR_BEHIND) await write(() => remember(CURSOR, `${newest}`, now));
      return { events, upTo: events.length === limit ? (events.at(-1)?.id ?? since) : Math.max(newest, since) };
    },
    lastUpOrDown: async (drone) => {
      const row = statements.lastUpOrDown.get(drone);
      return row && { id: row.id, kind: row.kind, isSent: row.unsent === 0 };
    },
    takeIn: ({ drafts, dropped, channels, upTo, now }) =>
      write(() => {
        for (const draft of drafts) add(statements, draft, channels);
        for (const id of dropped) statements.drop.run(id);
        statements.forgetOld.run();
        remember(CURSOR, `${upTo}`, now);
      }),
    due: async (channel, now, limit) =>
      statements.due
        .all({ channel, now: toSeconds(now), limit })
        .map((row) => ({ ...notification(row), tries: row.tries })),
    countSent: async (channel, since) => statements.countSent.get(channel, toSeconds(since))?.count ?? 0,
    sent: (channel, ids, now) =>
      write(() => {
        for (const id of ids) statements.sent.run({ id, channel, at: toSeconds(now), message: ids[0] });
      }),
    failed: (channel, failures, error, now) =>
      write(() => {
        for (const { id, nextAt } of failures) {
          const next = nextAt === null ? null : toSeconds(nextAt);
          statements.failed.run({ id, channel, next, ended: next === null ? toSeconds(now) : null, error });
        }
      }),
    list: async (limit) => statements.list.all(limit).map((row) => kept(row, statements.deliveries.all(row.id))),
    readLowDisks: async () => {
      const text = statements.config.get(LOW_DISKS)?.value;
      return new Set(text ? (JSON.parse(text) as string[]) : []);
    },
    noteLowDisks: (low, events, now) =>
      write(() => {
        remember(LOW_DISKS, JSON.stringify(low), now);
        return events.map((event) => recordEvent(event, now));
      }),
  };
}

type Statements = ReturnType<typeof prepare>;

function add({ add: insert, addDelivery }: Statements, draft: Draft, channels: readonly ChannelName[]): void {
  const { lastInsertRowid: id } = insert.run({
    kind: draft.kind,
    title: draft.title,
    body: draft.text,
    details: JSON.stringify(draft.details),
    eventId: draft.eventId,
    at: toSeconds(draft.at),
  });
  for (const channel of channels) addDelivery.run({ id, channel, next: toSeconds(draft.dueAt) });
}

function prepare(connection: Connection) {
  const types = TOLD_EVENTS.map((type) => `'${type}'`).join(', ');
  return {
    newestEvent: connection.prepare<[], { id: number | null }>('SELECT max(id) AS id FROM events'),
    events: connection.prepare<[number, number], EventRow>(
      `SELECT * FROM events WHERE id > ? AND event_type IN (${types}) ORDER BY id LIMIT ?`,
    ),
    config: connection.prepare<[string], { value: string | null }>('SELECT value FROM config WHERE key = ?'),
    setConfig: connection.prepare(
      `INSERT INTO config (key, value, updated_at) VALUES (@key, @value, @at)
       ON CONFLICT (key) DO UPDATE SET value = @value, updated_at = @at`,
    ),
    lastUpOrDown: connection.prepare<[string], { id: number; kind: 'drone_down' | 'drone_back'; unsent: 0 | 1 }>(
      `SELECT n.id, n.kind, NOT EXISTS (SELECT 1 FROM notification_deliveries d
         WHERE d.notification_id = n.id AND (d.state <> 'pending' OR d.tries > 0)) AS unsent
       FROM notifications n WHERE n.kind IN ('drone_down', 'drone_back') AND n.details_json ->> '$.drone' = ?
       ORDER BY n.id DESC LIMIT 1`,
    ),
    add: connection.prepare(
      `INSERT INTO notifications (kind, title, body, details_json, event_id, created_at)
       VALUES (@kind, @title, @body, @details, @eventId, @at)`,
    ),
    addDelivery: connection.prepare(
      `INSERT INTO notification_deliveries (notification_id, channel, state, next_at) VALUES (@id, @channel, 'pending', @next)`,
    ),
    drop: connection.prepare('DELETE FROM notifications WHERE id = ?'),
    forgetOld: connection.prepare(
      `DELETE FROM notifications WHERE id <= (SELECT id FROM notifications ORDER BY id DESC LIMIT 1
         OFFSET ${NOTIFICATIONS_KEPT})`,
    ),
    due: connection.prepare<{ channel: string; now: number; limit: number }, Row & { tries: number }>(
      `SELECT n.*, d.tries FROM notification_deliveries d JOIN notifications n ON n.id = d.notification_id
       WHERE d.state = 'pending' AND d.channel = @channel AND d.next_at <= @now ORDER BY d.next_at, n.id LIMIT @limit`,
    ),
    countSent: connection.prepare<[string, number], { count: number }>(
      `SELECT count(DISTINCT message) AS count FROM notification_deliveries
       WHERE state = 'sent' AND channel = ? AND ended_at > ?`,
    ),
    sent: connection.prepare(
      `UPDATE notification_deliveries SET state = 'sent', tries = tries + 1, next_at = NULL, ended_at = @at,
         message = @message, error = NULL WHERE notification_id = @id AND channel = @channel AND state = 'pending'`,
    ),
    failed: connection.prepare(
      `UPDATE notification_deliveries SET state = CASE WHEN @next IS NULL THEN 'failed' ELSE 'pending' END,
         tries = tries + 1, next_at = @next, ended_at = @ended, error = @error
       WHERE notification_id = @id AND channel = @channel AND state = 'pending'`,
    ),
    list: connection.prepare<[number], Row>('SELECT * FROM notifications ORDER BY id DESC LIMIT ?'),
    deliveries: connection.prepare<[number], DeliveryRow>(
      'SELECT * FROM notification_deliveries WHERE notification_id = ? ORDER BY channel',
    ),
  };
}

function notification(row: Row): Notification {
  const { id, kind, title, body: text, details_json: details, created_at: createdAt } = row;
  return { id, kind, title, text, at: toMs(createdAt), details: jsonObject(details) };
}

function kept(row: Row, deliveries: readonly DeliveryRow[]): KeptNotification {
  return {
    ...notification(row),
    deliveries: deliveries.map(({ channel, state, tries, next_at: nextAt, ended_at: endedAt, error }) => ({
      ...{ channel, state, tries, error },
      nextAt: nextAt === null ? null : toMs(nextAt),
      endedAt: endedAt === null ? null : toMs(endedAt),
    })),
  };
}
