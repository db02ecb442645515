import { type DeliveryPolicy, HOUR_MS, pauseBefore, toSend } from '../core/notify/delivery.ts';
import { type Message, messageOf } from '../core/notify/message.ts';
import { type NotificationKind, tellableIn } from '../core/notify/notification.ts';
import { type Templates, wordsFor } from '../core/notify/templates.ts';
import type {
  Channel,
  ChannelName,
  Draft,
  DueNotification,
  KeptNotification,
  NotificationStore,
  Sent,
} from './notify-ports.ts';
import type { Clock } from './ports.ts';

type Needs = {
  readonly notifications: NotificationStore;
  readonly channels: readonly Channel[];
  readonly about: readonly NotificationKind[];
  readonly templates: Templates;
  readonly policy: DeliveryPolicy;
  readonly clock: Clock;
  readonly onFailure: (fields: Record<string, unknown>, said: string) => void;
};

export type TestResult = Sent & { readonly channel: ChannelName; readonly durationMs: number };

/** Tells people by other ways what happened. */
export type Notifier = {
  /** Take over what happened, and deliver what is due. */
  tick(signal: AbortSignal): Promise<void>;
  /** Send a test by this way, or by all, once and at once. */
  test(channel: ChannelName | null, signal: AbortSignal): Promise<readonly TestResult[]>;
  channels(): readonly Pick<Channel, 'name' | 'target'>[];
  /** Newest first. */
  list(limit: number): Promise<readonly KeptNotification[]>;
};

const EVENTS_AT_ONCE = 500;
const DUE_AT_ONCE = 200;
/** What is older when it is first seen, because nobody was to be told before, is no news. */
const NEWS_FOR_MS = 6 * HOUR_MS;

export function createNotifier(needs: Needs): Notifier {
  const { notifications, channels, clock } = needs;
  return {
    tick: async (signal) => {
      if (channels.length === 0) return;
      await takeInNews(needs);
      await Promise.all(channels.map((channel) => deliver(needs, channel, signal)));
    },
    test: async (wanted, signal) => {
      const chosen = channels.filter(({ name }) => wanted === null || name === wanted);
      return Promise.all(
        chosen.map(async (channel) => {
          const from = clock.elapsed();
          const sent = await channel.send(testMessage(clock.now()), signal);
          return { ...sent, channel: channel.name, durationMs: clock.elapsed() - from };
        }),
      );
    },
    channels: () => channels.map(({ name, target }) => ({ name, target })),
    list: (limit) => notifications.list(limit),
  };
}

function testMessage(at: number): Message {
  const title = 'Build Swarm can reach you';
  const text = 'This is a test; somebody asked the control plane for it.';
  const items = [{ id: 0, kind: 'test' as const, title, text, at, details: {} }];
  return { ...messageOf(items), id: `test-${at}` };
}

async function takeInNews({ notifications, channels, about, templates, policy, clock }: Needs): Promise<void> {
  const now = clock.now();
  const { events, upTo } = await notifications.readNews(EVENTS_AT_ONCE, now);
  if (events.length === 0) return;
  const drafts: Draft[] = [];
  const dropped: number[] = [];
  for (const event of events) {
    const tellable = tellableIn(event);
    if (tellable === undefined || now - event.at > NEWS_FOR_MS || !about.includes(tellable.kind)) continue;
    const dueAt = event.at + (tellable.kind === 'drone_down' ? policy.downAfterMs : 0);
    const { details, id: eventId, at } = event;
    const draft: Draft = { ...tellable, ...wordsFor(tellable, templates), details, eventId, at, dueAt };
    if (tellable.kind !== 'drone_back' || tellable.drone === null) drafts.push(draft);
    else if (await isNews(notifications, tellable.drone, { drafts, dropped })) drafts.push(draft);
  }
  await notifications.takeIn({ drafts, dropped, channels: channels.map(({ name }) => name), upTo, now });
}

type Batch = { readonly drafts: Draft[]; readonly dropped: number[] };

/** That a drone is back is news to those who were told that it was gone; else that it was gone is none any more. */
async function isNews(notifications: NotificationStore, drone: string, { drafts, dropped }: Batch): Promise<boolean> {
  const index = drafts.findLastIndex((each) => each.kind === 'drone_down' && each.drone === drone);
  if (index >= 0) {
    drafts.splice(index, 1);
    return false;
  }
  const last = await notifications.lastUpOrDown(drone);
  if (last?.kind !== 'drone_down') return false;
  if (!last.isSent) dropped.push(last.id);
  return last.isSent;
}

async function deliver(needs: Needs, channel: Channel, signal: AbortSignal): Promise<void> {
  const { notifications, policy, clock } = needs;
  const now = clock.now();
  const due = await notifications.due(channel.name, now, DUE_AT_ONCE);
  if (due.length === 0) return;
  const chosen = toSend(due, await notifications.countSent(channel.name, now - HOUR_MS), policy);
  if (chosen.length === 0 || signal.aborted) return;
  const sent = await channel.send(messageOf(chosen), signal);
  if (sent.isSent) return notifications.sent(channel.name, ids(chosen), clock.now());
  // Cut off by our own end: it is sent again by the next start.
  if (!signal.aborted) await noteFailure(needs, channel, chosen, sent);
}

async function noteFailure(
  { notifications, policy, clock, onFailure }: Needs,
  { name: channel }: Channel,
  chosen: readonly DueNotification[],
  sent: Extract<Sent, { isSent: false }>,
): Promise<void> {
  const now = clock.now();
  const failures = chosen.map(({ id, tries }) => {
    const pauseMs = pauseBefore(tries + 1, sent, policy);
    return { id, nextAt: pauseMs === null ? null : now + pauseMs };
  });
  const givenUp = failures.filter(({ nextAt }) => nextAt === null).length;
  const said = givenUp > 0 ? 'people were not told, and it is not tried again' : 'people could not be told yet';
  onFailure({ channel, count: chosen.length, givenUp, reason: sent.error }, said);
  await notifications.failed(channel, failures, sent.error, now);
}

function ids(due: readonly DueNotification[]): number[] {
  return due.map(({ id }) => id);
}
