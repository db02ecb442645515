import type { FastifyInstance } from 'fastify';
import { PLAN_MEDIA_TYPE } from '../contract/queue.ts';
import { SwarmError } from '../core/errors.ts';

/** Largest JSON body; plans of large worlds need more than the atoms of the first version did. */
export const MAX_BODY_BYTES = 1024 * 1024;
const MAX_PLAN_BYTES = 64 * 1024 * 1024;

/**
 * Bodies are JSON whatever the content type says, as agents and scripts of the first version expect;
 * cross-site forms are kept out by `origin.ts`. Text that is not UTF-8 is refused rather than repaired.
 */
export function takeJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  for (const [mediaType, bodyLimit] of [
    ['*', MAX_BODY_BYTES],
    [PLAN_MEDIA_TYPE, MAX_PLAN_BYTES],
  ] as const) {
    app.addContentTypeParser(mediaType, { parseAs: 'buffer', bodyLimit }, async (_request: unknown, body: Buffer) =>
      parseJson(body),
    );
  }
}

/** Bodies that are files: handed on as they come. */
export function takeRawBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
}

function parseJson(bytes: Buffer): unknown {
  if (bytes.length === 0) return {};
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new SwarmError('BAD_REQUEST', 'body: is not UTF-8');
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new SwarmError('BAD_REQUEST', `body: is not JSON (${(cause as Error).message})`, { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new SwarmError('BAD_REQUEST', 'body: must be a JSON object');
  }
  return value;
}
