import { z } from 'zod';
import { NOTIFICATION_KINDS } from '../core/notify/notification.ts';
import { endpoint } from './endpoint.ts';
import { queryNumber } from './vocabulary.ts';

/** The ways by which people are told. */
const Channel = z.enum(['webhook', 'ntfy', 'matrix', 'email']);

const Delivery = z.object({
  channel: z.string().describe('The way.'),
  state: z.enum(['pending', 'sent', 'failed']).describe('`failed`: it is not tried again.'),
  tries: z.number().int().describe('How often it was tried.'),
  next_at: z
    .number()
    .nullable()
    .describe('When it is tried next, at the earliest (Unix seconds); null when it is over.'),
  ended_at: z.number().nullable().describe('When it was sent or given up (Unix seconds).'),
  error: z.string().nullable().describe('Why the last try failed.'),
});

export const notifications = endpoint({
  method: 'GET',
  path: '/api/v1/notifications',
  access: 'operator',
  tag: 'operations',
  summary: 'By which ways people are told what happens, and what they were told last, newest first.',
  query: z.object({ limit: queryNumber({ min: 1, max: 500 }).describe('50 when absent.') }),
  reply: z.object({
    channels: z
      .array(
        z.object({
          channel: Channel.describe('The way.'),
          target: z.string().describe('Where it leads, without anything secret: a host, or addresses of e-mail.'),
        }),
      )
      .describe('The ways that are set up.'),
    about: z.array(z.enum(NOTIFICATION_KINDS)).describe('What people are told of.'),
    notifications: z
      .array(
        z.object({
          id: z.number().int().describe('Number of the notification; grows by one.'),
          kind: z.string().describe('What it is about, such as `drone_down`.'),
          title: z.string().describe('Its title.'),
          text: z.string().describe('Its text.'),
          at: z.number().describe('When it happened (Unix seconds).'),
          deliveries: z.array(Delivery).describe('How far each way is.'),
        }),
      )
      .describe('The notifications.'),
  }),
});

export const testNotifications = endpoint({
  method: 'POST',
  path: '/api/v1/notifications/test',
  access: 'admin',
  tag: 'operations',
  summary: 'Send a test by one way or by all, once and at once, and say how it went.',
  body: z.object({ channel: Channel.optional().describe('Only by this way; all when absent.') }),
  reply: z.object({
    results: z
      .array(
        z.object({
          channel: Channel.describe('The way.'),
          sent: z.boolean().describe('Whether the other side took it.'),
          error: z.string().nullable().describe('Why it did not; null when it did.'),
          duration_s: z.number().describe('How long that took (seconds).'),
        }),
      )
      .describe('One entry for each way.'),
  }),
  errors: ['NO_CHANNEL'],
});
