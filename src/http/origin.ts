import type { FastifyInstance } from 'fastify';
import { SwarmError } from '../core/errors.ts';

const CHANGES_NOTHING = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Keeps web pages of other sites from driving the swarm through an operator's browser: browsers say
 * where a changing request comes from, programs do not.
 */
export function refuseForeignPages(app: FastifyInstance): void {
  app.addHook('onRequest', async (request) => {
    const { origin, host } = request.headers;
    const isWork = request.url.startsWith('/api/v1/work');
    if (origin === undefined || (CHANGES_NOTHING.has(request.method) && !isWork)) return;
    if (URL.canParse(origin) && new URL(origin).host === host) return;
    throw new SwarmError('FORBIDDEN_ORIGIN', `requests from pages of ${origin.slice(0, 200)} are not taken`);
  });
}
