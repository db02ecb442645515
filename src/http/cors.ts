import type { FastifyInstance } from 'fastify';

/** Whether pages of this origin were allowed by the operator; nobody is unless he names them. */
export type AllowsOrigin = (origin: string) => boolean;

/** What pages of allowed sites may send. */
const ALLOWED_METHODS = 'GET, HEAD, POST, PUT, DELETE, OPTIONS';
const ALLOWED_HEADERS = 'Content-Type, Authorization, X-Admin-Key, Last-Event-ID';
/** How long a browser may remember our answer. */
const MAX_AGE_S = '600';

/** @param origins such as `https://dash.example`, or `*` for every site */
export function originsAllowed(origins: readonly string[]): AllowsOrigin {
  if (origins.includes('*')) return () => true;
  const allowed = new Set(origins.map((origin) => (URL.canParse(origin) ? new URL(origin).origin : origin)));
  return (origin) => allowed.has(origin);
}

/**
 * Cross-origin requests: off unless an origin is allowed. OPTIONS is answered 204 at once on every path,
 * with an explicit length: the first version's answer never ended.
 */
export function answerOrigins(app: FastifyInstance, allows: AllowsOrigin, isConfigured: boolean): void {
  app.addHook('onRequest', (request, reply, done) => {
    const { origin } = request.headers;
    if (isConfigured) reply.header('vary', 'Origin');
    if (origin !== undefined && allows(origin)) {
      reply.header('access-control-allow-origin', origin);
      if (request.method === 'OPTIONS') {
        reply.header('access-control-allow-methods', ALLOWED_METHODS);
        reply.header('access-control-allow-headers', ALLOWED_HEADERS);
        reply.header('access-control-max-age', MAX_AGE_S);
      }
    }
    if (request.method !== 'OPTIONS') return done();
    reply.code(204).header('content-length', '0').send();
  });
}
