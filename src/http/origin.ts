import type { FastifyInstance } from 'fastify';
import { api } from '../contract/api.ts';
import { SwarmError } from '../core/errors.ts';

const CHANGES_NOTHING = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Keeps web pages of other sites from driving the swarm through an operator's browser: browsers say
 * where a changing request comes from, programs do not.
 */
export function refuseForeignPages(app: FastifyInstance): void {
  app.addHook('onRequest', async (request) => {
    const { origin, host, 'sec-fetch-site': site } = request.headers;
    // By the route and not by the text of the address, which has many spellings.
    const isWork = request.routeOptions.url === api.work.path;
    // Images and links name no origin, but newer browsers say that another site asks.
    if (isWork && (site === 'cross-site' || site === 'same-site')) {
      throw new SwarmError('FORBIDDEN_ORIGIN', 'requests from pages of other sites are not taken');
    }
    if (origin === undefined || (CHANGES_NOTHING.has(request.method) && !isWork)) return;
    if (URL.canParse(origin) && new URL(origin).host === host) return;
    throw new SwarmError('FORBIDDEN_ORIGIN', `requests from pages of ${origin.slice(0, 200)} are not taken`);
  });
}
