import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Endpoint, ParsedRequestOf, ReplyOf } from '../contract/endpoint.ts';

/** The raw request and reply, for the few handlers that need the socket or the bytes. */
export type Wire = { readonly request: FastifyRequest; readonly reply: FastifyReply };

/** Register one row of the contract: its schemas check what comes in and shape what goes out. */
export function route<E extends Endpoint>(
  app: FastifyInstance,
  endpoint: E,
  handler: (request: ParsedRequestOf<E>, wire: Wire) => Promise<ReplyOf<E> | FastifyReply>,
): void {
  app.route({
    method: endpoint.method,
    url: endpoint.path,
    config: { access: endpoint.access },
    ...(endpoint.head === false && { exposeHeadRoute: false }),
    schema: {
      summary: endpoint.summary,
      ...(endpoint.params && { params: endpoint.params }),
      ...(endpoint.query && { querystring: endpoint.query }),
      ...(endpoint.body && { body: endpoint.body }),
      ...(endpoint.raw !== 'reply' && { response: { 200: endpoint.reply } }),
    },
    handler: (request, reply) => {
      // The compiled schemas above have made these so.
      const parsed = { params: request.params, query: request.query, body: request.body } as ParsedRequestOf<E>;
      return handler(parsed, { request, reply });
    },
  });
}

/** Given when the peer goes away before it has its answer. */
export function disconnectSignal({ reply }: Wire): AbortSignal {
  const gone = new AbortController();
  reply.raw.once('close', () => {
    // Closing follows every answer; an abort makes an exception with a stack.
    if (!reply.raw.writableFinished) gone.abort();
  });
  return gone.signal;
}
