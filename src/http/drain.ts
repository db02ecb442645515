import type { Server } from 'node:http';
import type { FastifyInstance } from 'fastify';

type Farewell = {
  /** Answer what waits, end what never ends. */
  readonly sayGoodbye: () => void;
  /** Requests that have not ended by then are cut off. */
  readonly drainMs: number;
  readonly onCut: (connections: number) => void;
};

/** How often connections whose last request was answered are closed. */
const LOOK_EVERY_MS = 20;

/** On closing take no new connections, answer what waits, and let running requests finish, for a while. */
export function drainOnClose(app: FastifyInstance, { sayGoodbye, drainMs, onCut }: Farewell): void {
  app.addHook('preClose', async () => {
    sayGoodbye();
    if (await isDrained(app.server, drainMs)) return;
    onCut(await connectionsOf(app.server));
    app.server.closeAllConnections();
  });
}

/** False when time ran out. A connection is closed between two requests, never within one. */
function isDrained(server: Server, drainMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const finish = (isEmpty: boolean) => {
      clearInterval(looking);
      clearTimeout(deadline);
      resolve(isEmpty);
    };
    const looking = setInterval(() => server.closeIdleConnections(), LOOK_EVERY_MS);
    const deadline = setTimeout(() => finish(false), drainMs);
    // Also called when nothing listened.
    server.close(() => finish(true));
  });
}

function connectionsOf(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.getConnections((_error, count) => resolve(count ?? 0));
  });
}
