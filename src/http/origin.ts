import type { FastifyInstance } from 'fastify';
import { api } from '../contract/api.ts';
import { SwarmError } from '../core/errors.ts';
import type { AllowsOrigin } from './cors.ts';

const CHANGES_NOTHING = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Keeps web pages of other sites from driving the swarm through an operator's browser: browsers say
 * where a changing request comes from, programs do not.
 */
export function refuseForeignPages(app: FastifyInstance, allows: AllowsOrigin, asksForTokens: boolean): void {
  app.addHook('onRequest', (request, _reply, done) => {
    const { origin, host, 'sec-fetch-site': site } = request.headers;
    if (origin === undefined && site === undefined) return done();
    if (origin !== undefined && allows(origin)) return done();
    // By the route and not by the text of the address, which has many spellings.
    const isWork = request.routeOptions.url === api.work.path;
    // Images and links name no origin, but newer browsers say that another site asks.
    if (isWork && (site === 'cross-site' || site === 'same-site')) {
      return done(new SwarmError('FORBIDDEN_ORIGIN', 'requests from pages of other sites are not taken'));
    }
    if (origin === undefined || (CHANGES_NOTHING.has(request.method) && !isWork)) return done();
    if (URL.canParse(origin) && new URL(origin).host === host) {
      if (asksForTokens || isLocalName(new URL(origin).hostname)) return done();
      return done(
        new SwarmError(
          'FORBIDDEN_ORIGIN',
          `pages of ${origin.slice(0, 200)} may ask only when SWARM_CORS_ORIGINS names it, or with SWARM_AUTH=token`,
        ),
      );
    }
    done(new SwarmError('FORBIDDEN_ORIGIN', `requests from pages of ${origin.slice(0, 200)} are not taken`));
  });
}

/**
 * A name of the Internet may be pointed at this machine by whoever owns it (DNS rebinding), and then his pages
 * are "ours". An address, or a name that only the local network has, cannot.
 */
function isLocalName(hostname: string): boolean {
  const isAddress = hostname.startsWith('[') || /^\d+(\.\d+){3}$/.test(hostname);
  return isAddress || !hostname.includes('.') || /\.(localhost|local|lan|internal|home\.arpa)$/.test(hostname);
}
