import { isIP } from 'node:net';
import { z } from 'zod';
import { createHostKeys } from '../../adapters/ssh/host-keys.ts';
import { createOpenssh } from '../../adapters/ssh/openssh.ts';
import { operatorOptions } from '../../adapters/ssh/operator-access.ts';
import type { RemoteHost } from '../../app/provision-ports.ts';
import { SwarmError } from '../../core/errors.ts';
import type { LogInNeeds } from '../../fleet/log-in.ts';
import { integerBetween, readSettings } from '../frame/settings.ts';
import type { Terminal } from '../frame/terminal.ts';
import type { Asking } from './asking.ts';
import type { SshFlags } from './ssh-flags.ts';

/** Hosts as this operator reaches them. */
export type Hosts = LogInNeeds & {
  /** The host that a word of the command line means: `anvil`, `me@10.0.0.7`. @throws SwarmError BAD_SETTING */
  readonly hostOf: (word: string) => RemoteHost;
  /** Hosts that are worked on at the same time. */
  readonly jobs: number;
};

const USER = /^[A-Za-z_][A-Za-z0-9_.-]{0,31}$/;
const FINGERPRINT = /^SHA256:[A-Za-z0-9+/]{43}$/;
const HOST_NAME = /^[A-Za-z0-9_]([A-Za-z0-9._-]{0,251}[A-Za-z0-9_])?$/;

const Flags = z.object({
  '--user': z.string().regex(USER, 'must be the name of a user').default('root'),
  '--port': integerBetween(1, 65_535).optional(),
  '--jobs': integerBetween(1, 64),
  '--accept-host-key': z
    .array(z.string().regex(FINGERPRINT, 'must be a fingerprint as ssh-keygen -l prints it, SHA256:…'))
    .default([]),
});

/**
 * OpenSSH with what the flags say.
 * @throws SwarmError BAD_SETTING
 */
export function openHosts(flags: SshFlags, { env }: Terminal, asking: Asking): Hosts {
  const read = readSettings(Flags, {
    '--user': flags.user,
    '--port': flags.port,
    '--jobs': flags.jobs,
    '--accept-host-key': flags.acceptHostKey,
  });
  const options = operatorOptions({ configFile: flags.sshConfig, identityFile: flags.identity });
  const openssh = { path: env['PATH'] ?? '', options };
  return {
    shell: createOpenssh(openssh),
    keys: createHostKeys(openssh),
    acceptedKeys: read['--accept-host-key'],
    askAboutKey: asking.canAsk
      ? ({ address }, { type, fingerprint }) =>
          asking.confirm(
            `The key of ${address} is not known here. It shows the ${type} key\n  ${fingerprint}`,
            'Is that the key of this host?',
          )
      : undefined,
    hostOf: (word) => hostOf(word, { user: read['--user'], port: read['--port'] ?? null }),
    jobs: read['--jobs'],
  };
}

function hostOf(word: string, { user, port }: { user: string; port: number | null }): RemoteHost {
  const at = word.lastIndexOf('@');
  const named = at < 0 ? user : word.slice(0, at);
  const address = word.slice(at + 1).replace(/^\[(.*)\]$/, '$1');
  const isHost = HOST_NAME.test(address) || isIP(address.replace(/%[\w.]+$/, '')) !== 0;
  if (!isHost || !USER.test(named))
    throw new SwarmError(
      'BAD_SETTING',
      `${JSON.stringify(word)} is no host: an address or a name, as in 10.0.0.7 or me@anvil`,
    );
  return { address, user: named, port };
}
