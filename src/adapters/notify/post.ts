import type { Sent } from '../../app/notify-ports.ts';

export type Post = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
};

const LIMIT_MS = 15_000;
/** What a server says of a request that will never fit, but for those that pass. */
const PASSING = new Set([408, 409, 425, 429]);

/**
 * Posts something once. Addresses hold secrets, so nothing of one is ever said, and no other place is followed to:
 * it would get them too.
 */
export async function post({ url, headers, body, signal }: Post): Promise<Sent> {
  const timeout = AbortSignal.timeout(LIMIT_MS);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers,
      body,
      redirect: 'manual',
      signal: AbortSignal.any([signal, timeout]),
    });
    await response.body?.cancel();
    return sentOr(response);
  } catch (error) {
    const why = timeout.aborted ? `no answer in ${LIMIT_MS / 1000} s` : reasonOf(error);
    return { isSent: false, error: why, isFinal: false, retryAfterMs: 0 };
  }
}

function sentOr({ status, ok, headers }: Response): Sent {
  if (ok) return { isSent: true };
  const isFinal = status < 500 && !PASSING.has(status);
  const retryAfter = headers.get('retry-after') ?? '';
  const retryAfterMs = /^\d{1,6}$/.test(retryAfter) ? Number(retryAfter) * 1000 : 0;
  const where = status >= 300 && status < 400 ? ', which names another place' : '';
  return { isSent: false, error: `the server answered ${status}${where}`, isFinal, retryAfterMs };
}

/** The code alone: the sentence of an error may have the address in it. */
function reasonOf(error: unknown): string {
  const code = codeOf(error) ?? codeOf((error as { cause?: unknown } | undefined)?.cause);
  return `the server cannot be reached${code === undefined ? '' : ` (${code})`}`;
}

function codeOf(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z0-9_]{1,60}$/.test(code) ? code : undefined;
}

/** The part of an address that is no secret. */
export function hostOf(url: string): string {
  return new URL(url).host;
}

/** Where to post, and with which header, for an address that may have a name and a password in it. */
export function destinationOf(url: string): {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
} {
  const parsed = new URL(url);
  if (parsed.username === '' && parsed.password === '') return { url, headers: {} };
  const login = `${decodeURIComponent(parsed.username)}:${decodeURIComponent(parsed.password)}`;
  parsed.username = '';
  parsed.password = '';
  return { url: parsed.href, headers: { authorization: `Basic ${Buffer.from(login).toString('base64')}` } };
}
