import type { Channel } from '../../app/notify-ports.ts';
import { destinationOf, hostOf, post } from './post.ts';

/** Writes into a Matrix room by the generic webhook of a bridge (matrix-hookshot, or what takes the same). */
export function createMatrix({ url }: { readonly url: string }): Channel {
  const to = destinationOf(url);
  return {
    name: 'matrix',
    target: hostOf(url),
    send: ({ title, text }, signal) =>
      post({
        url: to.url,
        headers: { ...to.headers, 'content-type': 'application/json' },
        body: JSON.stringify({
          username: 'Build Swarm',
          text: `${title}\n${text}`,
          html: `<b>${escaped(title)}</b><br>${escaped(text).replaceAll('\n', '<br>')}`,
        }),
        signal,
      }),
  };
}

/** What a drone calls itself, or what emerge printed, is text and no part of the page. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
