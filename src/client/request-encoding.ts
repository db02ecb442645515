import type { Endpoint } from '../contract/endpoint.ts';
import type { AnyRequest } from './request.ts';

/** Path and query of a request; every value is percent-encoded, so no value can reach another path. */
export function requestPath(endpoint: Endpoint, request: AnyRequest): string {
  const path = endpoint.path.replace(/:([A-Za-z]\w*)/g, (_, name: string) => pathValue(name, request.params?.[name]));
  const query = new URLSearchParams(
    Object.entries(request.query ?? {}).flatMap(([name, value]) =>
      value === undefined || value === null ? [] : [[name, scalar(name, value)]],
    ),
  ).toString();
  return query === '' ? path : `${path}?${query}`;
}

export type EncodedBody = {
  readonly body?: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;
  readonly headers: Readonly<Record<string, string>>;
  /** Fetch demands it for streams. */
  readonly duplex?: 'half';
};

/** The body as fetch takes it: JSON, or bytes as they are. */
export function requestBody(endpoint: Endpoint, body: unknown): EncodedBody {
  if (body === undefined) return { headers: {} };
  if (endpoint.raw !== 'body') {
    return { body: JSON.stringify(body), headers: { 'content-type': endpoint.mediaType ?? 'application/json' } };
  }
  const headers = { 'content-type': 'application/octet-stream' };
  if (body instanceof Uint8Array) return { body: new Uint8Array(body), headers };
  if (body instanceof ReadableStream) return { body, headers, duplex: 'half' };
  if (isByteIterable(body)) return { body: streamOf(body), headers, duplex: 'half' };
  throw new TypeError(`${endpoint.method} ${endpoint.path} takes bytes`);
}

function pathValue(name: string, value: unknown): string {
  const text = scalar(name, value);
  // A browser and a server both walk `.` and `..` segments, encoded or not.
  if (text === '' || text === '.' || text === '..') throw new TypeError(`${name} cannot be ${JSON.stringify(text)}`);
  return encodeURIComponent(text);
}

function scalar(name: string, value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new TypeError(`${name} must be a text, a number or a truth value`);
}

function isByteIterable(body: unknown): body is AsyncIterable<Uint8Array> {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
}

/** Browsers know no other streamed bodies; a piece is asked for only when the last one is on its way. */
function streamOf(source: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const pieces = source[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const piece = await pieces.next();
      if (piece.done === true) controller.close();
      else controller.enqueue(piece.value);
    },
    async cancel() {
      await pieces.return?.();
    },
  });
}
