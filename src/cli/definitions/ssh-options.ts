import type { Command, OptionValues } from '@commander-js/extra-typings';
import type { SshFlags } from '../hosts/ssh-flags.ts';

/** What every command takes that logs in to hosts itself. */
export function loggingIn<Args extends unknown[], Own extends OptionValues, Globals extends OptionValues>(
  command: Command<Args, Own, Globals>,
  { jobs }: { jobs: string },
): Command<Args, Own & SshFlags, Globals> {
  const with_ = command
    .option('--user <user>', 'who logs in there; others than root need sudo without a password (default: root)')
    .option('--port <n>', 'port of SSH there (default: as SSH is configured)')
    .option('--identity <file>', 'private key to log in with (default: as SSH is configured)')
    .option('--ssh-config <file>', "configuration of SSH instead of the user's own")
    .option(
      '--accept-host-key <fingerprint>',
      'take this key of a host that is not known (SHA256:…); may be said again',
      more,
    )
    .option('--jobs <n>', jobs, '4');
  // Commander derives the same, but not from options that are not known here.
  return with_ as unknown as Command<Args, Own & SshFlags, Globals>;
}

function more(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

/** What the help of such commands says of keys. */
export const HOST_KEY_HELP = `
SSH is the OpenSSH of this machine, with its configuration, agent, jump hosts and known hosts. The key of a host that is
not known is never taken by itself: on a terminal it is asked for, elsewhere it takes --accept-host-key. A key that
changed is refused.`;
