import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';

/**
 * Does `work` while no other process of this user does work under the same `name` on this machine. The
 * kernel holds the lock (it is the name of an abstract Unix socket) and drops it when its holder dies, so
 * that none is ever left behind. `onWait` is called once if somebody else has it.
 */
export async function withLock<T>(name: string, work: () => Promise<T>, onWait?: () => void): Promise<T> {
  const address = addressOf(name);
  let server = await listen(address);
  if (server === undefined) onWait?.();
  while (server === undefined) {
    await releaseOf(address);
    server = await listen(address);
  }
  try {
    return await work();
  } finally {
    await release(server);
  }
}

/** The leading zero byte keeps it out of the file system; names there hold at most 107 bytes. */
function addressOf(name: string): string {
  const digest = createHash('sha256').update(`${process.getuid?.()}\n${name}`).digest('hex');
  return `\0build-swarm-v3-${digest.slice(0, 32)}`;
}

async function listen(address: string): Promise<Server | undefined> {
  // Those who wait are connected; the end of the connection wakes them.
  const server = createServer((waiting) => {
    server.once('release', () => waiting.destroy());
    waiting.on('error', () => {});
  });
  server.listen({ path: address, backlog: 64 });
  try {
    await once(server, 'listening');
    return server;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EADDRINUSE') return undefined;
    throw cause;
  }
}

async function releaseOf(address: string): Promise<void> {
  const socket = connect({ path: address });
  socket.on('error', () => {}).resume();
  await new Promise((resolve) => socket.once('close', resolve));
}

async function release(server: Server): Promise<void> {
  server.emit('release');
  await new Promise((resolve) => server.close(resolve));
}
