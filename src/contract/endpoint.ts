import type { z } from 'zod';
import type { ErrorCode } from '../core/errors.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/**
 * Who may call an endpoint. `open`: everybody. `viewer`: who may look, which needs no credential unless the
 * operator says so. `drone`: a drone, for itself only. `operator`, `admin`: people, admins may do everything.
 */
export type Access = 'open' | 'viewer' | 'drone' | 'operator' | 'admin';

/** The chapter of the reference that an endpoint is described in. */
export type Tag = 'fleet' | 'drones' | 'queue' | 'history' | 'wire' | 'data' | 'provisioning' | 'access' | 'operations';

/**
 * One row of the contract. `params`, `query` and `body` are what the server checks before anything
 * else happens; `reply` is what it serialises. `raw` marks bodies and replies that are bytes, not JSON.
 */
export type Endpoint = {
  readonly method: Method;
  /** Fastify's path syntax: `/api/v1/nodes/:id/pause`. */
  readonly path: string;
  readonly summary: string;
  readonly access: Access;
  readonly tag: Tag;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  readonly reply: z.ZodType;
  readonly raw?: 'body' | 'reply';
  /** What our own clients call the body; `application/json` where it is not said. */
  readonly mediaType?: string;
  /** What the reply is called where it is bytes. */
  readonly replyMediaType?: string;
  /** HEAD is answered as GET without the body, but not where GET changes something or never ends. */
  readonly head?: false;
  /** What may go wrong beyond what follows from `access`, the schemas and the size of the body. */
  readonly errors?: readonly ErrorCode[];
  /** A request that makes sense and what it is answered, for readers of the reference. */
  readonly example?: {
    readonly params?: unknown;
    readonly query?: unknown;
    readonly body?: unknown;
    readonly reply?: unknown;
  };
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
