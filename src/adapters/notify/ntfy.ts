import type { Channel } from '../../app/notify-ports.ts';
import { destinationOf, hostOf, post } from './post.ts';

type Options = { readonly url: string; readonly token: string | null };

/** ntfy cuts longer ones, or makes a file of them. */
const MAX_BYTES = 3_500;

/** Publishes to a topic of an ntfy server. As JSON to its root: headers would hold ASCII alone. */
export function createNtfy({ url, token }: Options): Channel {
  const to = destinationOf(url);
  const parsed = new URL(to.url);
  const cut = parsed.pathname.replace(/\/+$/, '').lastIndexOf('/');
  const topic = decodeURIComponent(parsed.pathname.replace(/\/+$/, '').slice(cut + 1));
  const root = `${parsed.origin}${parsed.pathname.slice(0, cut)}/`;
  return {
    name: 'ntfy',
    target: hostOf(url),
    send: ({ title, text, isUrgent }, signal) =>
      post({
        url: root,
        headers: {
          ...to.headers,
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          'content-type': 'application/json',
        },
        body: JSON.stringify({
          topic,
          title,
          message: cutTo(text, MAX_BYTES),
          priority: isUrgent ? 4 : 3,
          tags: [isUrgent ? 'warning' : 'package'],
        }),
        signal,
      }),
  };
}

function cutTo(text: string, bytes: number): string {
  let cut = text;
  while (Buffer.byteLength(cut) > bytes) cut = cut.slice(0, Math.floor(cut.length * 0.9));
  return cut === text ? text : `${cut}…`;
}
