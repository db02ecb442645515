import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import type { Exchange } from '../../app/wire-ports.ts';
import { api } from '../../contract/api.ts';
import { countWritten } from './count-written.ts';

export type Recording = {
  readonly record: (exchange: Exchange) => void;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Bodies longer than this are cut later, and what has to be counted in them is counted here. */
  readonly bodyLimitChars: number;
};

/** What is known of an exchange while it lasts. Everything is a reference to what is there anyway. */
type Take = {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly startedAt: number;
  /** The address of a socket that is closed is gone. */
  readonly ip: string;
  requestBody: string | null;
  requestBytes: number | null;
  responseBody: string | null;
  /** Bytes of an answer that was streamed; null for others, which say their length. */
  streamed: { bytes: number } | null;
  count: number | null;
  isFinished: boolean;
};

declare module 'fastify' {
  interface FastifyRequest {
    /** What the protocol log takes down of it; null where that is nothing. */
    take: Take | null;
  }
}

/** Of UTF-8, for each unit of a JavaScript string. */
const MAX_BYTES_A_CHAR = 3;

/** Not answered: the peer was gone. The number is nginx's. */
const CLIENT_GONE = 499;

const NOT_RECORDED = new Set(
  [api.protocol, api.protocolDetail, api.protocolStats, api.protocolDensity, api.protocolExport].map(
    ({ path }) => path as string,
  ),
);
const PROTOCOL = api.protocol.path;

/**
 * Hand every exchange to the protocol log when it is over, however it ended, except questions about the log
 * itself. Call this before any other hook and any route. What is returned takes down those requests that
 * Fastify refuses before it calls hooks.
 */
export function recordExchanges(
  app: FastifyInstance,
  recording: Recording,
): (request: FastifyRequest, reply: FastifyReply) => void {
  const begin = (request: FastifyRequest, reply: FastifyReply): Take | undefined => {
    if (isAboutTheLog(request)) return undefined;
    const take: Take = {
      request,
      reply,
      startedAt: performance.now(),
      ip: request.ip,
      requestBody: null,
      requestBytes: null,
      responseBody: null,
      streamed: null,
      count: null,
      isFinished: false,
    };
    request.take = take;
    // Follows every answer, and every connection that breaks before one.
    reply.raw.on('close', () => recording.record(exchangeOf(take, recording)));
    return take;
  };

  app.decorateRequest('take', null);
  app.addHook('onRequest', (request, reply, done) => {
    begin(request, reply);
    done();
  });
  app.addHook('onSend', ({ take }, _reply, payload, done) => {
    if (take !== null) noteAnswer(take, payload, recording.bodyLimitChars);
    done(null, payload);
  });
  app.addHook('onResponse', ({ take }, _reply, done) => {
    if (take !== null) take.isFinished = true;
    done();
  });
  app.addHook('onRoute', countLists);
  return (request, reply) => {
    const take = begin(request, reply);
    reply.raw.once('finish', () => {
      if (take !== undefined) take.isFinished = true;
    });
  };
}

/** Keep a body that was read as text. */
export function noteBody({ take }: FastifyRequest, text: string, bytes: number): void {
  // Undefined where nothing is recorded.
  if (take === null || take === undefined) return;
  take.requestBody = text;
  take.requestBytes = bytes;
}

function isAboutTheLog({ method, url }: FastifyRequest): boolean {
  if (!url.startsWith(PROTOCOL) || method !== 'GET') return false;
  const mark = url.indexOf('?');
  return NOT_RECORDED.has(mark < 0 ? url : url.slice(0, mark));
}

/** Streams and files are only measured. */
function noteAnswer(take: Take, payload: unknown, limitChars: number): void {
  const { reply } = take;
  if (Buffer.isBuffer(payload)) take.responseBody = isJson(reply) ? beginning(payload, limitChars) : null;
  else take.responseBody = typeof payload === 'string' ? payload : null;
  if (typeof payload === 'object' && payload !== null && 'pipe' in payload) take.streamed = countWritten(reply.raw);
}

function isJson(reply: FastifyReply): boolean {
  return textOf(reply.getHeader('content-type'))?.startsWith('application/json') === true;
}

/** At least one character more than is kept, where there is one: what is longer is cut later, and said to be. */
function beginning(utf8: Buffer, limitChars: number): string {
  return utf8.toString('utf8', 0, MAX_BYTES_A_CHAR * (limitChars + 1));
}

/** Lists of drones and events may be longer than what is kept of them; how long they are is known here. */
function countLists(options: RouteOptions): void {
  if (options.method !== 'GET' || (options.url !== api.nodes.path && options.url !== api.events.path)) return;
  const others = options.preSerialization ?? [];
  options.preSerialization = [
    ...(Array.isArray(others) ? others : [others]),
    ({ take }, _reply, payload, done) => {
      if (take !== null)
        take.count =
          lengthOf(payload) ?? lengthOf(memberOf(payload, 'drones')) ?? lengthOf(memberOf(payload, 'events'));
      done(null, payload);
    },
  ];
}

function exchangeOf(take: Take, { now, bodyLimitChars }: Recording): Exchange {
  const { request, reply, requestBody, responseBody } = take;
  const { raw } = reply;
  const isAborted = !take.isFinished && !raw.writableFinished;
  const isLong = requestBody !== null && requestBody.length > bodyLimitChars;
  return {
    at: now(),
    latencyMs: performance.now() - take.startedAt,
    sourceIp: take.ip,
    method: request.method,
    url: request.url,
    status: raw.headersSent ? raw.statusCode : CLIENT_GONE,
    isAborted,
    actor: request.caller?.name ?? null,
    userAgent: request.headers['user-agent'] ?? null,
    requestBody,
    requestBytes: take.requestBytes ?? numberOf(request.headers['content-length']),
    responseBody,
    responseBytes: bytesOf(take, request.method),
    responseType: textOf(reply.getHeader('content-type')),
    count: isLong ? packagesIn(request.body) : take.count,
  };
}

function bytesOf({ streamed, reply }: Take, method: string): number {
  if (streamed !== null) return streamed.bytes;
  if (method === 'HEAD' || !reply.raw.headersSent) return 0;
  return numberOf(reply.getHeader('content-length')) ?? 0;
}

/** Packages of a queueing, in either of its forms. */
function packagesIn(body: unknown): number | null {
  return lengthOf(memberOf(body, 'packages')) ?? lengthOf(memberOf(memberOf(body, 'plan'), 'merge_order'));
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}

function lengthOf(value: unknown): number | null {
  return Array.isArray(value) ? value.length : null;
}

function numberOf(header: unknown): number | null {
  const number = Number(header ?? Number.NaN);
  return Number.isFinite(number) ? number : null;
}

function textOf(header: unknown): string | null {
  return typeof header === 'string' ? header : null;
}
