import type { Endpoint, ParsedRequestOf, ReplyOf, RequestOf } from '../contract/endpoint.ts';

/** Bytes to send. An async iterable is taken piece by piece, so a file of any size needs little memory. */
export type RawBody = Uint8Array | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>;

/** What a method of the client takes: exactly the parts its endpoint has. */
export type ClientRequest<E extends Endpoint> = ParamsPart<RequestOf<E>['params']> &
  QueryPart<RequestOf<E>['query'], ParsedRequestOf<E>['query']> &
  (E['raw'] extends 'body' ? { readonly body: RawBody } : BodyPart<RequestOf<E>['body']>);

/** What a method of the client gives: the parsed reply, or the unread response where the reply is bytes. */
export type ClientReply<E extends Endpoint> = E['raw'] extends 'reply' ? Response : ReplyOf<E>;

/** A request whose endpoint has been forgotten, as the sender sees it. */
export type AnyRequest = {
  readonly params?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
};

type ParamsPart<T> = [T] extends [undefined] ? unknown : { readonly params: { readonly [K in keyof T]: PathValue } };

type BodyPart<T> = [T] extends [undefined] ? unknown : { readonly body: T };

type QueryPart<In, Out> = [In] extends [undefined] ? unknown : Wrap<QueryValues<In, Out>>;

type Wrap<T> = Record<never, never> extends T ? { readonly query?: T } : { readonly query: T };

type QueryValues<In, Out> = {
  readonly [K in keyof In as K extends OptionalKey<In, Out> ? never : K]: QueryValue<In[K]>;
} & { readonly [K in OptionalKey<In, Out>]?: QueryValue<In[K]> | undefined };

type PathValue = string | number;

/** A coerced value takes anything according to its schema; what a URL can carry is this. */
type QueryValue<T> = unknown extends T ? string | number | boolean : T;

/** Keys that may be left out. A coerced value does not tell by what it takes, but by what it becomes. */
type OptionalKey<In, Out> = {
  [K in keyof In]-?: undefined extends (unknown extends In[K] ? OutputAt<Out, K> : In[K]) ? K : never;
}[keyof In];

type OutputAt<Out, K> = K extends keyof Out ? Out[K] : undefined;
