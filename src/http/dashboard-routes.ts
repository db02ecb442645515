import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';

/** First words of the addresses of pages. The page itself knows what comes after; every one of them is the same file. */
export const DASHBOARD_PAGES = [
  'fleet',
  'topology',
  'queue',
  'graph',
  'timeline',
  'packages',
  'builds',
  'history',
  'statistics',
  'sessions',
  'wire',
  'replay',
  'events',
  'data',
  'published',
  'settings',
  'architecture',
] as const;

/** Styles are set by scripts too; nothing else comes from anywhere but here. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const FOR_EVERYBODY = { config: { access: 'open' } } as const;

/**
 * The dashboard: files that say nothing of the swarm, so everybody may have them, also where looking takes a token
 * (the page asks for it). Files below assets/ are named by what is in them and never change.
 */
export function registerDashboard(app: FastifyInstance, dashboardDir: string): void {
  void app.register(fastifyStatic, { root: dashboardDir, serve: false, preCompressed: true });
  const page = (reply: FastifyReply) =>
    reply
      .header('content-security-policy', CONTENT_SECURITY_POLICY)
      .header('x-content-type-options', 'nosniff')
      .header('referrer-policy', 'no-referrer')
      .header('cache-control', 'no-cache')
      .sendFile('index.html', { cacheControl: false });
  app.get('/', FOR_EVERYBODY, (_request, reply) => page(reply));
  for (const name of DASHBOARD_PAGES) {
    app.get(`/${name}`, FOR_EVERYBODY, (_request, reply) => page(reply));
    app.get(`/${name}/*`, FOR_EVERYBODY, (_request, reply) => page(reply));
  }
  app.get('/favicon.svg', FOR_EVERYBODY, (_request, reply) => reply.sendFile('favicon.svg', { maxAge: '1d' }));
  app.get('/assets/*', FOR_EVERYBODY, (request, reply) =>
    reply
      .header('x-content-type-options', 'nosniff')
      .sendFile(`assets/${(request.params as { '*': string })['*']}`, { maxAge: '365d', immutable: true }),
  );
}
