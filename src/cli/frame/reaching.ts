import type { Command, OptionValues } from '@commander-js/extra-typings';
import type { ConnectionFlags } from './connection.ts';

type Reaching = ConnectionFlags & { json?: boolean | undefined };

/** What every command that asks the control plane takes. `token` says which token it needs, in the words of its help. */
export function reaching<Args extends unknown[], Own extends OptionValues, Globals extends OptionValues>(
  command: Command<Args, Own, Globals>,
  token = 'a token (default: SWARM_TOKEN, else the one in the data directory)',
): Command<Args, Own & Reaching, Globals> {
  const reached = command
    .option(
      '--url <url>',
      'address of the control plane (default: SWARMV3_URL, else this machine, else known hosts and DNS-SD)',
    )
    .option('--token <token>', token)
    .option('--data <dir>', 'data directory of a control plane on this machine (default: by user)')
    .option('--json', 'print the answer as JSON');
  // Commander derives the same, but not from options that are not known here.
  return reached as unknown as Command<Args, Own & Reaching, Globals>;
}
