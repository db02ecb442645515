import type { FastifyInstance } from 'fastify';
import type { Notifier } from '../app/notify.ts';
import { api } from '../contract/api.ts';
import { SwarmError } from '../core/errors.ts';
import type { NotificationKind } from '../core/notify/notification.ts';
import { disconnectSignal, route } from './route.ts';

const DEFAULT_LIMIT = 50;

/** What the HTTP face asks about notifications. */
export type NotificationUseCases = {
  readonly notifier: Pick<Notifier, 'test' | 'channels' | 'list'>;
  readonly about: readonly NotificationKind[];
};

/** By which ways people are told, what they were told, and whether it works. */
export function registerNotificationRoutes(app: FastifyInstance, { notifier, about }: NotificationUseCases): void {
  route(app, api.notifications, async ({ query }) => {
    const kept = await notifier.list(query.limit ?? DEFAULT_LIMIT);
    return {
      channels: notifier.channels().map(({ name, target }) => ({ channel: name, target })),
      about: [...about],
      notifications: kept.map(({ id, kind, title, text, at, deliveries }) => ({
        ...{ id, kind, title, text, at: at / 1000 },
        deliveries: deliveries.map(({ channel, state, tries, nextAt, endedAt, error }) => ({
          ...{ channel, state, tries, error },
          ...{ next_at: nextAt === null ? null : nextAt / 1000, ended_at: endedAt === null ? null : endedAt / 1000 },
        })),
      })),
    };
  });

  route(app, api.testNotifications, async ({ body }, wire) => {
    const results = await notifier.test(body.channel ?? null, disconnectSignal(wire));
    if (results.length === 0)
      throw new SwarmError(
        'NO_CHANNEL',
        body.channel === undefined ? 'nobody is told anything' : `${body.channel}: is not set up`,
      );
    return {
      results: results.map((result) => ({
        ...{ channel: result.channel, sent: result.isSent, error: result.isSent ? null : result.error },
        duration_s: result.durationMs / 1000,
      })),
    };
  });
}
