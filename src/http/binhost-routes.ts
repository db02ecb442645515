import { stat } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { BINHOST_PATH } from './drone-routes.ts';

/** emerge asks with the TIMESTAMP of its copy plus this many seconds (portage/dbapi/bintree.py). */
const PORTAGE_GRACE_S = 5;
const INDEX_FILES = new Set(['Packages', 'Packages.gz']);

/**
 * Published packages and their index, with ETag, Last-Modified, conditional and range requests. An
 * index is answered 304 only to who has exactly this one: emerge adds five seconds to the time of its
 * copy, so that comparing dates would hide every index published within them.
 */
export function registerBinhostRoutes(app: FastifyInstance, binhostDir: string): void {
  app.addHook('onRequest', (request, _reply, done) => {
    if (!request.url.startsWith(BINHOST_PATH)) return done();
    const name = (request.url.split('?', 1)[0] ?? '').slice(BINHOST_PATH.length);
    if (!INDEX_FILES.has(name)) return done();
    stat(join(binhostDir, name), (_error, stats) => {
      const asked = Date.parse(request.headers['if-modified-since'] ?? '') / 1000;
      const mtime = stats && Math.floor(stats.mtimeMs / 1000);
      if (asked - PORTAGE_GRACE_S !== mtime) delete request.headers['if-modified-since'];
      done();
    });
  });
  void app.register(fastifyStatic, {
    root: binhostDir,
    prefix: BINHOST_PATH,
    index: false,
    list: false,
    dotfiles: 'ignore',
    decorateReply: false,
    // Clients must ask each time; what they have may be confirmed cheaply.
    cacheControl: false,
    setHeaders: (reply) => {
      void reply.header('cache-control', 'no-cache');
    },
  });
}
