import type { Message, Notification } from '../core/notify/message.ts';
import type { Tellable } from '../core/notify/notification.ts';
import type { Template } from '../core/notify/templates.ts';
import type { StoredEvent } from './ports.ts';

export const CHANNELS = ['webhook', 'ntfy', 'matrix', 'email'] as const;
export type ChannelName = (typeof CHANNELS)[number];

/** How a message fared. `error` never holds a secret, and `isFinal` says that trying again is of no use. */
export type Sent =
  | { readonly isSent: true }
  | { readonly isSent: false; readonly error: string; readonly isFinal: boolean; readonly retryAfterMs: number };

/** A way by which people are told. */
export type Channel = {
  readonly name: ChannelName;
  /** Where it leads, without anything secret. */
  readonly target: string;
  send(message: Message, signal: AbortSignal): Promise<Sent>;
};

/** Something to be told, with its words. */
export type Draft = Tellable &
  Template & {
    readonly details: Readonly<Record<string, unknown>>;
    readonly eventId: number;
    readonly at: number;
    /** Not before this moment. */
    readonly dueAt: number;
  };

/** A notification with how far each way is. Times are Unix milliseconds. */
export type KeptNotification = Notification & {
  readonly deliveries: readonly {
    readonly channel: string;
    readonly state: 'pending' | 'sent' | 'failed';
    readonly tries: number;
    readonly nextAt: number | null;
    readonly endedAt: number | null;
    readonly error: string | null;
  }[];
};

export type DueNotification = Notification & { readonly tries: number };

/** What people are to be told, and were. */
export type NotificationStore = {
  /** Events that may have to be told since the last time, oldest first. */
  readNews(limit: number, now: number): Promise<{ readonly events: readonly StoredEvent[]; readonly upTo: number }>;
  /** What was last told, or is to be told, of whether a drone is up. */
  lastUpOrDown(drone: string): Promise<{ id: number; kind: 'drone_down' | 'drone_back'; isSent: boolean } | undefined>;
  /** Take over what is to be told by these ways, drop what need not be any more, and never look at these events again. */
  takeIn(news: {
    readonly drafts: readonly Draft[];
    readonly dropped: readonly number[];
    readonly channels: readonly ChannelName[];
    readonly upTo: number;
    readonly now: number;
  }): Promise<void>;
  /** Oldest first. */
  due(channel: ChannelName, now: number, limit: number): Promise<readonly DueNotification[]>;
  /** Messages, and not notifications. */
  countSent(channel: ChannelName, since: number): Promise<number>;
  sent(channel: ChannelName, ids: readonly number[], now: number): Promise<void>;
  /** `nextAt` null: it is not tried again. */
  failed(
    channel: ChannelName,
    failures: readonly { readonly id: number; readonly nextAt: number | null }[],
    error: string,
    now: number,
  ): Promise<void>;
  /** Newest first. */
  list(limit: number): Promise<readonly KeptNotification[]>;
  readLowDisks(): Promise<ReadonlySet<string>>;
  noteLowDisks(
    low: readonly string[],
    events: readonly Omit<StoredEvent, 'id' | 'at'>[],
    now: number,
  ): Promise<readonly StoredEvent[]>;
};
