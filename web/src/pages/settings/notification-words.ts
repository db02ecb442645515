import { ApiError } from '../../../../src/client/api-error.ts';
import type { Reply } from '../../api/api.ts';

export type Notifications = Reply<'notifications'>;
export type Notification = Notifications['notifications'][number];
export type Way = Notifications['channels'][number]['channel'];
type Kind = Notifications['about'][number];

type WayWords = {
  readonly name: string;
  /** The setting that makes it a way, first; those that it may have besides. */
  readonly settings: readonly [string, ...string[]];
};

/** The ways that there can be, as docs/guides/notifications.md has them. */
export const WAYS: Readonly<Record<Way, WayWords>> = {
  webhook: { name: 'Webhook', settings: ['SWARM_NOTIFY_WEBHOOK_URL', 'SWARM_NOTIFY_WEBHOOK_SECRET'] },
  ntfy: { name: 'ntfy', settings: ['SWARM_NOTIFY_NTFY_URL', 'SWARM_NOTIFY_NTFY_TOKEN'] },
  matrix: { name: 'Matrix', settings: ['SWARM_NOTIFY_MATRIX_URL'] },
  email: {
    name: 'E-mail',
    settings: ['SWARM_NOTIFY_EMAIL', 'SWARM_NOTIFY_EMAIL_FROM', 'SWARM_NOTIFY_SENDMAIL'],
  },
};

/** What people can be told of. */
export const KINDS: Readonly<Record<Kind, string>> = {
  drone_down: 'a drone is offline for some time',
  drone_back: 'a drone that was offline is back',
  drone_help: 'a drone needs somebody',
  session_done: 'a session ended',
  package_blocked: 'a package is blocked or given up',
  disk_low: 'a disk is nearly full',
};

/** `Webhook` for `webhook`; one of a later version by its own name. */
export function wayName(way: string): string {
  return way in WAYS ? WAYS[way as Way].name : way;
}

type Delivery = Pick<Notification['deliveries'][number], 'state' | 'tries'>;

/** How far a delivery is, with the state that gives its colour. */
export function deliveryWords({ state, tries }: Delivery): { readonly state: string; readonly label: string } {
  if (state === 'sent') return { state: 'received', label: 'delivered' };
  if (state === 'failed') return { state: 'failed', label: 'given up' };
  return tries === 0 ? { state: 'waiting', label: 'waits' } : { state: 'blocked', label: 'is tried again' };
}

/** Whether it was refused for who asks, and not for what went wrong. */
export function isForbidden(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 401 || error.status === 403);
}
