import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { SwarmError } from '../core/errors.ts';
import { challengeOf } from './auth.ts';

export type ProblemOptions = {
  /** Whether the cause of an unexpected error is told to the caller; for tests. */
  readonly tellsCause?: boolean | undefined;
};

/** Every answer that is not a success has the shape `{error}`: a sentence that names the field. */
export function answerProblems(app: FastifyInstance, { tellsCause = false }: ProblemOptions): void {
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: 'Not found' }));
  app.setErrorHandler((error: FastifyError, request, reply) => {
    if (isExpected(error)) return answerProblem(error, request, reply);
    // Nobody is there to be answered, and it happens every day.
    if (isBrokenOff(request)) return reply.code(400).send({ error: 'body: did not arrive whole' });
    logProblem(error, request, 'request failed unexpectedly');
    return reply.code(500).send({ error: tellsCause ? error.message : 'Internal server error' });
  });
}

/** What we threw, and what Fastify says about a request that it could not take. */
export function answerProblem(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof SwarmError) {
    if (error.status >= 500) logProblem(error, request, 'request failed');
    if (error.status === 401) void reply.header('www-authenticate', challengeOf(request));
    return reply.code(error.status).send({ error: error.message });
  }
  return reply.code(error.statusCode ?? 400).send({ error: error.message });
}

function isExpected(error: FastifyError): boolean {
  return (
    error instanceof SwarmError || (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500)
  );
}

function isBrokenOff({ raw }: FastifyRequest): boolean {
  return raw.destroyed && !raw.complete;
}

function logProblem(error: Error, { log, method, routeOptions }: FastifyRequest, message: string): void {
  log.error({ err: error, method, path: routeOptions.url }, message);
}
