import type { z } from 'zod';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/**
 * One row of the contract. `params`, `query` and `body` are what the server checks before anything
 * else happens; `reply` is what it serialises. `raw` marks bodies and replies that are bytes, not JSON.
 */
export type Endpoint = {
  readonly method: Method;
  /** Fastify's path syntax: `/api/v1/nodes/:id/pause`. */
  readonly path: string;
  readonly summary: string;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  readonly reply: z.ZodType;
  readonly raw?: 'body' | 'reply';
  /** What our own clients call the body; `application/json` where it is not said. */
  readonly mediaType?: string;
};

/** Declare an endpoint; keeps the exact types of its schemas. */
export function endpoint<const E extends Endpoint>(definition: E): E {
  return definition;
}

type InputOf<T> = T extends z.ZodType ? z.input<T> : undefined;
type OutputOf<T> = T extends z.ZodType ? z.output<T> : undefined;

/** What a caller has to give. */
export type RequestOf<E extends Endpoint> = {
  params: InputOf<E['params']>;
  query: InputOf<E['query']>;
  body: InputOf<E['body']>;
};

/** What a handler gets after validation. */
export type ParsedRequestOf<E extends Endpoint> = {
  params: OutputOf<E['params']>;
  query: OutputOf<E['query']>;
  body: OutputOf<E['body']>;
};

export type ReplyOf<E extends Endpoint> = z.output<E['reply']>;
