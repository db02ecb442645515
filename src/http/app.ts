import { type FastifyBaseLogger, type FastifyInstance, fastify, LogController } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { registerBinhostRoutes } from './binhost-routes.ts';
import { takeJsonBodies } from './body.ts';
import { registerDroneRoutes } from './drone-routes.ts';
import { registerOperatorRoutes } from './operator-routes.ts';
import { refuseForeignPages } from './origin.ts';
import { answerProblems } from './problems.ts';
import type { HttpOptions } from './use-cases.ts';

export type HttpLogger = FastifyBaseLogger;
export type HttpServer = FastifyInstance;

/** A peer that does not finish its headers in this time is let go. */
const HEADERS_TIMEOUT_MS = 30_000;
/** A peer that sends nothing for so long in the middle of a body is let go; uploads may take hours. */
const SOCKET_TIMEOUT_MS = 120_000;

/** The HTTP face of the control plane, not listening yet. */
export function buildHttp(options: HttpOptions, logger: FastifyBaseLogger | false): FastifyInstance {
  const app = fastify({
    ...(logger ? { loggerInstance: logger } : {}),
    logController: new LogController({ disableRequestLogging: true }),
    connectionTimeout: SOCKET_TIMEOUT_MS,
    http: { headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: 0 },
    forceCloseConnections: true,
    routerOptions: {
      ignoreTrailingSlash: true,
      ignoreDuplicateSlashes: true,
      maxParamLength: 256,
      querystringParser: firstOfEach,
    },
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  answerProblems(app);
  refuseForeignPages(app);
  takeJsonBodies(app);
  // Nothing is answered from a state that is not recovered yet.
  app.addHook('onRequest', () => options.recovered);
  app.addHook('onSend', async (request, reply) => {
    if (request.url.startsWith('/api/')) reply.header('cache-control', 'no-store');
  });
  registerDroneRoutes(app, options);
  registerOperatorRoutes(app, options);
  registerBinhostRoutes(app, options.binhostDir);
  return app;
}

/** Query parameters as clients know them: a repeated one counts once, the first wins. */
function firstOfEach(text: string): Record<string, string> {
  const first: Record<string, string> = {};
  for (const [key, value] of new URLSearchParams(text)) if (!Object.hasOwn(first, key)) first[key] = value;
  return first;
}
