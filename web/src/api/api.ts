import endpoints from 'virtual:endpoints';
import { ApiError } from '../../../src/client/api-error.ts';
import type { Client } from '../../../src/client/client.ts';
import type { AnyRequest } from '../../../src/client/request.ts';
import { requestPath } from '../../../src/client/request-encoding.ts';
import type { Endpoint } from '../../../src/contract/endpoint.ts';
import { readToken } from './token.ts';

/** What an endpoint answers. */
export type Reply<Name extends keyof Client> = Awaited<ReturnType<Client[Name]>>;

/** The control plane cannot be reached; it may be starting again. */
class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
}

type CallOptions = { readonly signal?: AbortSignal; readonly timeoutMs?: number };

const DEFAULT_TIMEOUT_MS = 30_000;

/**
 * The control plane that this page came from: one method for each endpoint of the contract. Throws `ApiError` when
 * it says no, `UnreachableError` when it does not answer.
 */
export const api = Object.fromEntries(
  Object.entries(endpoints).map(([name, row]) => [
    name,
    (request: AnyRequest = {}, options: CallOptions = {}) => call(row as Endpoint, request, options),
  ]),
) as unknown as Client;

/** Where an endpoint is, with what is asked of it, for links and downloads. */
export function pathOf(name: keyof Client, request: AnyRequest = {}): string {
  const row = endpoints[name];
  if (row === undefined) throw new TypeError(`no endpoint ${name}`);
  return requestPath(row as Endpoint, request);
}

/** Who asks, for requests that are not made by `api`. */
export function authorization(): Record<string, string> {
  const token = readToken();
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}

async function call(endpoint: Endpoint, request: AnyRequest, options: CallOptions): Promise<unknown> {
  if (endpoint.method !== 'GET' && isReplay())
    throw new Error('You are looking at the past, where nothing can be changed: go back to now first.');
  const { signal, disarm } = within(options);
  try {
    const response = await fetch(requestPath(endpoint, request), {
      method: endpoint.method,
      headers: {
        ...authorization(),
        ...(request.body === undefined ? {} : { 'content-type': endpoint.mediaType ?? 'application/json' }),
      },
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
      signal,
    });
    if (!response.ok) throw await refusal(endpoint, response);
    return endpoint.raw === 'reply' ? response : await response.json();
  } catch (cause) {
    if (cause instanceof ApiError || options.signal?.aborted === true) throw cause;
    throw new UnreachableError('The control plane does not answer.', { cause });
  } finally {
    disarm();
  }
}

/** Whether the address of this page says that it shows an earlier moment. */
function isReplay(): boolean {
  return new URLSearchParams(location.search).has('replay');
}

function within({ signal: outer, timeoutMs = DEFAULT_TIMEOUT_MS }: CallOptions) {
  const controller = new AbortController();
  const abort = () => controller.abort();
  const timer = setTimeout(abort, timeoutMs);
  outer?.addEventListener('abort', abort, { once: true });
  return {
    signal: controller.signal,
    disarm: () => {
      clearTimeout(timer);
      outer?.removeEventListener('abort', abort);
    },
  };
}

async function refusal({ method, path }: Endpoint, response: Response): Promise<ApiError> {
  const text = await response.text();
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === 'object' && body !== null && 'error' in body && typeof body.error === 'string')
      return new ApiError(response.status, body.error, body);
  } catch {
    // Said below.
  }
  return new ApiError(response.status, `${method} ${path} was answered ${response.status}`, text);
}
