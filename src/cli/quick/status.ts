import type { Api } from '../../contract/api.ts';
import type { ReplyOf } from '../../contract/endpoint.ts';
import { findConnection } from '../frame/connection.ts';
import { openTerminal } from '../frame/terminal.ts';
import { showStatus } from '../output/show-status.ts';
import { type BundledEndpoint, bundledEndpoints } from './bundled-endpoints.ts';
import { conforming } from './conforming.ts';
import { createQuickGet, type QuickReply } from './get.ts';
import type { QuickLine } from './line.ts';

/** Longer than a control plane waits for a forecast. The whole program asks again, and has more patience. */
const TIMEOUT_MS = 5000;

/** `status` as the whole program prints it. Throws, before anything is printed, where that has more to say. */
export async function quickStatus({ flags, globals }: QuickLine): Promise<number> {
  if (globals.color === false) process.env['NO_COLOR'] = '1';
  const connection = await findConnection(flags, process.env);
  if (connection.foundBy !== undefined) throw new Error('the whole program says what it found');
  const ask = createQuickGet(connection, TIMEOUT_MS);
  const { status, estimates } = bundledEndpoints();
  const terminal = openTerminal(globals);
  return showStatus(
    {
      // The schema is that of the contract, so what fits it is what the contract says.
      status: async () => answer(status, await ask(status.path)) as ReplyOf<Api['status']>,
      estimates: async (session) => {
        const reply = await ask(`${estimates.path}?${new URLSearchParams({ session, limit: '1' }).toString()}`);
        return reply.status === 404 ? undefined : (answer(estimates, reply) as ReplyOf<Api['estimates']>);
      },
    },
    flags,
    terminal,
  );
}

function answer(endpoint: BundledEndpoint, { status, body }: QuickReply): unknown {
  if (status < 200 || status > 299) throw new Error('the whole program explains what was refused');
  return conforming(endpoint.reply, body);
}
