import { NOTIFICATION_KINDS } from '../../core/notify/notification.ts';
import { addresses, decimalNumber, httpUrl, path, pathOrOff, severalOf, textLike, wholeNumber } from '../kinds.ts';
import { optionalSetting, setting } from '../setting.ts';

const HOUR_S = 3_600;
const DAY_S = 24 * HOUR_S;

const secretText = textLike(/^[\x21-\x7e]{8,512}$/, 'at least 8 letters, digits or signs without blanks');

/** Who is told of what, and by which way. A way that has no address is not used. */
export const NOTIFICATIONS = {
  SWARM_NOTIFY_ABOUT: setting({
    kind: severalOf(NOTIFICATION_KINDS),
    fallback: NOTIFICATION_KINDS,
    why: 'What people are told of.',
  }),
  SWARM_NOTIFY_WEBHOOK_URL: optionalSetting({
    kind: httpUrl,
    absence: 'no webhook',
    isSecret: true,
    why: 'Where notifications are posted as JSON, signed as Standard Webhooks are.',
  }),
  SWARM_NOTIFY_WEBHOOK_SECRET: optionalSetting({
    kind: secretText,
    absence: 'posts are not signed',
    isSecret: true,
    why: 'What the posts are signed with (HMAC-SHA-256). `whsec_…` is read as base64, as Standard Webhooks say, anything else as it is.',
  }),
  SWARM_NOTIFY_NTFY_URL: optionalSetting({
    kind: httpUrl,
    absence: 'no ntfy',
    isSecret: true,
    why: 'The topic of an ntfy server, such as https://ntfy.sh/my-farm. Who knows the topic reads it.',
  }),
  SWARM_NOTIFY_NTFY_TOKEN: optionalSetting({
    kind: secretText,
    absence: 'none',
    isSecret: true,
    why: 'Access token of that ntfy server.',
  }),
  SWARM_NOTIFY_MATRIX_URL: optionalSetting({
    kind: httpUrl,
    absence: 'no Matrix',
    isSecret: true,
    why: 'A generic webhook of a Matrix bridge (matrix-hookshot), which writes into a room.',
  }),
  SWARM_NOTIFY_EMAIL: setting({
    kind: addresses,
    fallback: [],
    why: 'Who gets e-mail, by the sendmail program of this host.',
  }),
  SWARM_NOTIFY_EMAIL_FROM: optionalSetting({
    kind: addresses,
    absence: 'whoever runs the control plane, as sendmail says',
    why: 'Sender of that e-mail.',
  }),
  SWARM_NOTIFY_SENDMAIL: setting({
    kind: path,
    fallback: '/usr/sbin/sendmail',
    why: 'The program that takes e-mail, as every mail server brings one along.',
  }),
  SWARM_NOTIFY_TEMPLATES: setting({
    kind: pathOrOff,
    fallback: null,
    why: 'A JSON file with other words: {"drone_down": {"title": "{drone} is gone", "text": "…"}}. docs/guides/notifications.md has the names.',
  }),
  SWARM_NOTIFY_S: setting({
    kind: decimalNumber({ min: 0.1, max: HOUR_S, unit: 's' }),
    fallback: 5,
    why: 'How often it is looked for what is to be told. What comes together goes in one message.',
  }),
  SWARM_NOTIFY_PER_HOUR: setting({
    kind: wholeNumber({ min: 1, max: 10_000 }),
    fallback: 20,
    why: 'Messages in an hour by one way; what is more waits, and goes in one message then.',
  }),
  SWARM_NOTIFY_TRIES: setting({
    kind: wholeNumber({ min: 1, max: 100 }),
    fallback: 8,
    why: 'How often a message is tried. The first pause is SWARM_NOTIFY_BACKOFF_S, each further one twice as long, up to an hour.',
  }),
  SWARM_NOTIFY_BACKOFF_S: setting({
    kind: decimalNumber({ min: 0.05, max: HOUR_S, unit: 's' }),
    fallback: 15,
    why: 'First pause before a message that could not be delivered is tried again.',
  }),
  SWARM_NOTIFY_DOWN_S: setting({
    kind: decimalNumber({ min: 0, max: DAY_S, unit: 's' }),
    fallback: 120,
    why: 'So long a drone has to be offline before anybody is told, so that a restart disturbs nobody.',
  }),
  SWARM_DISK_LOW_PERCENT: setting({
    kind: decimalNumber({ min: 0, max: 50, unit: '%' }),
    fallback: 5,
    why: 'A disk of the control plane with less than this part free, or with less than SWARM_DISK_LOW_MB, is low.',
  }),
  SWARM_DISK_LOW_MB: setting({
    kind: wholeNumber({ min: 0, max: 100_000_000, unit: 'MB' }),
    fallback: 2_048,
    why: 'The same as a size; for drones it is what they have free for builds.',
  }),
} as const;
