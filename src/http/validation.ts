import { isDeepStrictEqual } from 'node:util';
import type { FastifySchemaCompiler, FastifySerializerCompiler } from 'fastify';
import { z } from 'zod';
import { SwarmError } from '../core/errors.ts';
import { type Written, writtenReply } from './written-reply.ts';

/** Longest sentence about a request that we repeat parts of. */
const MAX_SENTENCE = 500;

/** Check a part of a request against the contract; what does not fit is refused with a sentence that names the field. */
export const checkRequest: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart = 'body' }) => {
  const compiled = z.compile(schema);
  return (data: unknown) => {
    // No body at all is the empty one.
    const result = compiled.safeParse(data === null ? {} : data);
    if (result.success) return { value: result.data };
    return { error: new SwarmError('BAD_REQUEST', sentence(httpPart, result.error.issues[0])) };
  };
};

/** The reply as it is; numbers that are not finite become null, as JSON has no others. */
export const writeReply: FastifySerializerCompiler<z.ZodType> = () =>
  // Declared to give text; Fastify sends bytes as they are.
  writtenReply as (reply: unknown) => string;

/** For tests: a reply that its schema does not describe, field by field, is an error. */
export const writeCheckedReply: FastifySerializerCompiler<z.ZodType> =
  ({ schema, method, url }) =>
  (reply) => {
    const text = textOf(writtenReply(reply));
    const sent: unknown = JSON.parse(text);
    if (!isDeepStrictEqual(sent, JSON.parse(JSON.stringify(reply))))
      throw new Error(`${method} ${url}: what is written is not the reply`);
    const result = schema.safeParse(sent);
    if (!result.success)
      throw new Error(`${method} ${url}: the reply does not fit its schema: ${result.error.message}`);
    const declared: unknown = JSON.parse(JSON.stringify(result.data));
    if (!isDeepStrictEqual(declared, sent)) {
      throw new Error(
        `${method} ${url}: the reply does not fit its schema: it has fields that are not declared in ${text.slice(0, 2000)}`,
      );
    }
    return text;
  };

function textOf(written: Written): string {
  return typeof written === 'string' ? written : Buffer.from(written).toString();
}

/** `packages[2]: …` for the body, `query id: …` elsewhere. */
function sentence(part: string, issue: z.core.$ZodIssue | undefined): string {
  const message = issue?.message ?? 'is not as declared';
  // "No packages", "Unknown action: x", "Missing …" are known to clients as they are.
  if (/^(No packages|Unknown action|Missing )/.test(message)) return message.slice(0, MAX_SENTENCE);
  const field = (issue?.path ?? [])
    .map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${String(key)}`))
    .join('');
  const place = part === 'body' ? field || 'body' : `${part === 'querystring' ? 'query' : part} ${field}`.trim();
  return `${place}: ${message}`.slice(0, MAX_SENTENCE);
}
