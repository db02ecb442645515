import { type Client, type ClientOptions, createClient } from '../../client/client.ts';
import { type ConnectionFlags, findConnection } from './connection.ts';
import type { Terminal } from './terminal.ts';

/**
 * The control plane that the flags and the environment name. With --verbose every request is told.
 * @throws SwarmError BAD_SETTING
 */
export async function openClient(flags: ConnectionFlags, terminal: Terminal, timeoutMs?: number): Promise<Client> {
  return createClient({ ...(await clientOptions(flags, terminal)), ...(timeoutMs === undefined ? {} : { timeoutMs }) });
}

/**
 * As `openClient`, for what makes its own requests, streams above all.
 * @throws SwarmError BAD_SETTING
 */
export async function clientOptions(flags: ConnectionFlags, terminal: Terminal): Promise<ClientOptions> {
  const { foundBy, ...connection } = await findConnection(flags, terminal.env);
  if (foundBy !== undefined)
    terminal.tell(`Control plane: ${connection.baseUrl} (${WORDS[foundBy]}; --url names another)`);
  return terminal.isVerbose ? { ...connection, fetch: told(terminal) } : connection;
}

const WORDS = { 'known host': 'a known host', 'DNS-SD': 'found by DNS-SD' };

function told({ trace }: Terminal): typeof globalThis.fetch {
  return async (input, init) => {
    const from = performance.now();
    const what = `${init?.method ?? 'GET'} ${input instanceof Request ? input.url : String(input)}`;
    const took = () => `${Math.round(performance.now() - from)} ms`;
    try {
      const response = await globalThis.fetch(input, init);
      trace(`${what} ${response.status} ${took()}`);
      return response;
    } catch (error) {
      trace(`${what} failed after ${took()}`);
      throw error;
    }
  };
}
