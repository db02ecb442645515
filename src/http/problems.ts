import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { SwarmError } from '../core/errors.ts';

/** Every answer that is not a success has the shape `{error}`: a sentence that names the field. */
export function answerProblems(app: FastifyInstance): void {
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: 'Not found' }));
  app.setErrorHandler((error: FastifyError, request, reply) => answer(error, request, reply));
}

function answer(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (hasZodFastifySchemaValidationErrors(error)) {
    const first = error.validation[0];
    const context = error.validationContext ?? 'body';
    return reply
      .code(400)
      .send({ error: sentence(context, first?.instancePath ?? '', first?.message ?? error.message) });
  }
  if (error instanceof SwarmError) {
    if (error.status >= 500) request.log.error({ err: error }, 'request failed');
    return reply.code(error.status).send({ error: error.message });
  }
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    const limit = request.routeOptions.bodyLimit;
    return reply
      .code(413)
      .send({ error: `body: is larger than ${limit} bytes; send the packages in several requests` });
  }
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) {
    return reply.code(error.statusCode).send({ error: error.message });
  }
  request.log.error({ err: error }, 'request failed unexpectedly');
  return reply.code(500).send({ error: 'Internal server error' });
}

/** `packages[2]: …` for the body, `query id: …` elsewhere. */
function sentence(context: string, instancePath: string, message: string): string {
  const field = instancePath
    .split('/')
    .filter(Boolean)
    .map((part, index) => (/^\d+$/.test(part) ? `[${part}]` : index === 0 ? part : `.${part}`))
    .join('');
  // "No packages", "Unknown action: x" and the like are known to clients as they are.
  if (/^(No packages|Unknown action)/.test(message)) return message;
  const place = context === 'body' ? field || 'body' : [context === 'querystring' ? 'query' : context, field].join(' ');
  return `${place}: ${message}`;
}
