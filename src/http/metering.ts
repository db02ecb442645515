import type { FastifyInstance, onResponseHookHandler } from 'fastify';
import type { Metering, RouteMeter } from '../app/operations-ports.ts';
import { addHook } from './route-hooks.ts';

/**
 * Count every request by its route. Each route gets its counter when it is made; call this before routes are.
 * The whole of a request is timed, waiting for work included.
 */
export function meterRequests(app: FastifyInstance, metering: Metering): void {
  app.addHook('onRoute', (options) => {
    const methods = Array.isArray(options.method) ? options.method : [options.method];
    const [method = 'GET'] = methods;
    addHook(options, 'onResponse', countBy(metering.route(String(method), options.url)));
  });
  const unknown = countBy(metering.route('any', 'unknown'));
  app.addHook('onResponse', function countUnknown(request, reply, done) {
    if (request.is404) unknown.call(this, request, reply, done);
    else done();
  });
  app.addHook('onClose', async () => metering.close());
}

function countBy(meter: RouteMeter): onResponseHookHandler {
  return (_request, reply, done) => {
    meter(reply.statusCode, reply.elapsedTime);
    done();
  };
}
