import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Channel, Sent } from '../../app/notify-ports.ts';
import type { Message } from '../../core/notify/message.ts';
import { runProcess } from '../../platform/process.ts';

type Options = {
  readonly program: string;
  readonly to: readonly string[];
  /** Null for whoever runs us, as sendmail says. */
  readonly from: string | null;
  readonly now: () => number;
};

const LIMIT_MS = 30_000;
/** What sendmail exits with where trying again is of no use: a wrong address, a wrong command line. */
const FINAL = new Set([64, 65, 67, 68]);

/** E-mail by the sendmail program of this host. */
export function createSendmail({ program, to, from, now }: Options): Channel {
  return {
    name: 'email',
    target: to.join(', '),
    send: async (message, signal) => {
      const said: string[] = [];
      const args = ['-i', ...(from === null ? [] : ['-f', from]), '--', ...to];
      const input = mailOf(message, { to, from, at: now() });
      const onLine = (line: string) => void said.push(line);
      try {
        const { exitCode, timedOut } = await runProcess({
          ...{ command: program, args, input, signal, onLine, timeoutMs: LIMIT_MS, graceMs: 1_000 },
        });
        if (exitCode === 0) return { isSent: true };
        const why = timedOut ? `sendmail did not end in ${LIMIT_MS / 1000} s` : endOf(exitCode, said);
        return failed(why, exitCode !== null && FINAL.has(exitCode));
      } catch (error) {
        return failed(error instanceof Error ? error.message : String(error), false);
      }
    },
  };
}

function failed(error: string, isFinal: boolean): Sent {
  return { isSent: false, error: error.slice(0, 300), isFinal, retryAfterMs: 0 };
}

function endOf(exitCode: number | null, said: readonly string[]): string {
  const last = said.findLast((line) => line.trim() !== '');
  return `sendmail ended with status ${exitCode ?? 'none'}${last === undefined ? '' : `: ${last.trim()}`}`;
}

type Envelope = Pick<Options, 'to' | 'from'> & { readonly at: number };

/** The body as base64: lines of emerge are longer than mail allows, and not all ASCII. */
function mailOf({ title, text }: Message, { to, from, at }: Envelope): string {
  const host = /^[A-Za-z0-9.-]+$/.test(hostname()) ? hostname() : 'localhost';
  const body = Buffer.from(`${text}\n`).toString('base64').replace(/.{76}/g, '$&\n');
  return [
    ...(from === null ? [] : [`From: Build Swarm <${from}>`]),
    `To: ${to.join(', ')}`,
    `Subject: ${encodedWords(`[build-swarm] ${title}`)}`,
    `Date: ${new Date(at).toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${randomUUID()}@${host}>`,
    'Auto-Submitted: auto-generated',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    body,
    '',
  ].join('\n');
}

/** As RFC 2047 writes what is not plain ASCII, or too long for one line. */
function encodedWords(text: string): string {
  if (/^[\x20-\x7e]{0,60}$/.test(text)) return text;
  const words: string[] = [];
  let word = '';
  for (const character of text) {
    if (Buffer.byteLength(word + character) > 42) {
      words.push(word);
      word = '';
    }
    word += character;
  }
  return [...words, word].map((each) => `=?utf-8?B?${Buffer.from(each).toString('base64')}?=`).join('\n ');
}
