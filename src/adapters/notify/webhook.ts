import { createHmac } from 'node:crypto';
import type { Channel } from '../../app/notify-ports.ts';
import type { Message } from '../../core/notify/message.ts';
import { destinationOf, hostOf, post } from './post.ts';

type Options = {
  readonly url: string;
  readonly secret: string | null;
  readonly version: string;
  readonly now: () => number;
};

/** Posts messages as JSON, signed as Standard Webhooks are (standardwebhooks.com). */
export function createWebhook({ url, secret, version, now }: Options): Channel {
  const to = destinationOf(url);
  return {
    name: 'webhook',
    target: hostOf(url),
    send: (message, signal) => {
      const body = JSON.stringify(payloadOf(message, version));
      const timestamp = `${Math.floor(now() / 1000)}`;
      const signature =
        secret === null ? {} : { 'webhook-signature': sign({ secret, id: message.id, timestamp, body }) };
      const headers = {
        ...to.headers,
        'content-type': 'application/json',
        'user-agent': `build-swarm/${version}`,
        'webhook-id': message.id,
        'webhook-timestamp': timestamp,
        ...signature,
      };
      return post({ url: to.url, headers, body, signal });
    },
  };
}

type Signed = { readonly secret: string; readonly id: string; readonly timestamp: string; readonly body: string };

/** `v1,` and the HMAC-SHA-256 of `id.timestamp.body` in base64. */
function sign({ secret, id, timestamp, body }: Signed): string {
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice('whsec_'.length), 'base64') : Buffer.from(secret);
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}

function payloadOf({ title, text, items }: Message, version: string) {
  return {
    type: 'build-swarm.notification',
    version: 1,
    control_plane: version,
    title,
    text,
    items: items.map((item) => ({
      id: item.id,
      kind: item.kind,
      title: item.title,
      text: item.text,
      at: item.at / 1000,
      details: item.details,
    })),
  };
}
