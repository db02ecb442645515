import type { FastifyInstance } from 'fastify';

/** So often, and each time as much as takes a millisecond or two: what is written all the time must not cost all the time. */
const EVERY_MS = 125;

/** From time to time, while `app` is open, do some of the work that who asks next would wait for. */
export function prepareAhead(app: FastifyInstance, prepareSome: () => void): void {
  let timer: NodeJS.Timeout | undefined;
  const prepare = () => {
    try {
      prepareSome();
    } catch {
      // Who asks is told what is wrong.
    }
  };
  app.addHook('onReady', async () => {
    timer = setInterval(prepare, EVERY_MS).unref();
  });
  app.addHook('onClose', async () => clearInterval(timer));
}
