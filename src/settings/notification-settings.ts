import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { SwarmError } from '../core/errors.ts';
import type { DeliveryPolicy } from '../core/notify/delivery.ts';
import type { DiskLimits } from '../core/notify/low-disks.ts';
import { NOTIFICATION_KINDS, type NotificationKind } from '../core/notify/notification.ts';
import { DEFAULT_TEMPLATES, TEMPLATE_FACTS, type Templates, unknownFacts } from '../core/notify/templates.ts';
import type { Values } from './table.ts';

/** Who is told of what, and by which ways; null for a way that is not used. */
export type NotificationSettings = {
  readonly periodMs: number;
  readonly about: readonly NotificationKind[];
  readonly webhook: { readonly url: string; readonly secret: string | null } | null;
  readonly ntfy: { readonly url: string; readonly token: string | null } | null;
  readonly matrix: { readonly url: string } | null;
  readonly email: { readonly to: readonly string[]; readonly from: string | null; readonly sendmail: string } | null;
  readonly templates: Templates;
  readonly policy: DeliveryPolicy;
  readonly disks: DiskLimits;
};

const SECOND_MS = 1_000;
const MB = 1024 ** 2;

/** @throws SwarmError BAD_SETTING for templates that cannot be used */
export function notificationsOf(values: Values): NotificationSettings {
  const { SWARM_NOTIFY_WEBHOOK_URL: webhook, SWARM_NOTIFY_NTFY_URL: ntfy, SWARM_NOTIFY_MATRIX_URL: matrix } = values;
  const to = values.SWARM_NOTIFY_EMAIL;
  const from = values.SWARM_NOTIFY_EMAIL_FROM?.[0] ?? null;
  return {
    periodMs: values.SWARM_NOTIFY_S * SECOND_MS,
    about: values.SWARM_NOTIFY_ABOUT,
    webhook: webhook === null ? null : { url: webhook, secret: values.SWARM_NOTIFY_WEBHOOK_SECRET },
    ntfy: ntfy === null ? null : { url: ntfy, token: values.SWARM_NOTIFY_NTFY_TOKEN },
    matrix: matrix === null ? null : { url: matrix },
    email: to.length === 0 ? null : { to, from, sendmail: values.SWARM_NOTIFY_SENDMAIL },
    templates: templatesIn(values.SWARM_NOTIFY_TEMPLATES),
    policy: {
      perHour: values.SWARM_NOTIFY_PER_HOUR,
      tries: values.SWARM_NOTIFY_TRIES,
      backoffMs: values.SWARM_NOTIFY_BACKOFF_S * SECOND_MS,
      downAfterMs: values.SWARM_NOTIFY_DOWN_S * SECOND_MS,
    },
    disks: { lowShare: values.SWARM_DISK_LOW_PERCENT / 100, lowBytes: values.SWARM_DISK_LOW_MB * MB },
  };
}

const Words = z.strictObject({ title: z.string().min(1).max(500), text: z.string().max(5_000) }).partial();
const File = z.partialRecord(z.enum(NOTIFICATION_KINDS), Words);

/** The usual words, and those of a file instead. */
function templatesIn(path: string | null): Templates {
  if (path === null) return DEFAULT_TEMPLATES;
  const own = File.safeParse(contentOf(path));
  if (!own.success) throw bad(path, z.prettifyError(own.error));
  const templates = { ...DEFAULT_TEMPLATES };
  for (const kind of NOTIFICATION_KINDS) {
    const { title = DEFAULT_TEMPLATES[kind].title, text = DEFAULT_TEMPLATES[kind].text } = own.data[kind] ?? {};
    templates[kind] = { title, text };
    const [unknown] = unknownFacts(kind, templates[kind]);
    if (unknown !== undefined)
      throw bad(
        path,
        `${kind} knows no {${unknown}}, but ${TEMPLATE_FACTS[kind].map((name) => `{${name}}`).join(', ')}`,
      );
  }
  return templates;
}

function contentOf(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw bad(path, (cause as Error).message, cause);
  }
}

function bad(path: string, why: string, cause?: unknown): SwarmError {
  return new SwarmError('BAD_SETTING', `SWARM_NOTIFY_TEMPLATES: ${path} cannot be used: ${why}`, { cause });
}
