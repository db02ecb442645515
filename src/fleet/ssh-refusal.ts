import type { RemoteEnd, RemoteHost } from '../app/provision-ports.ts';

/** Why one cannot log in, as OpenSSH says it. */
export type SshRefusal =
  | { readonly kind: 'unknown-key' }
  | { readonly kind: 'changed-key'; readonly says: string }
  | { readonly kind: 'other'; readonly says: string };

const MAX_CHARACTERS = 300;

/** What became of a login that did not work. `lines` is what ssh wrote to standard error. */
export function readRefusal(host: RemoteHost, end: RemoteEnd, lines: readonly string[]): SshRefusal {
  const said = lines.map((line) => line.trim()).filter((line) => line !== '');
  const at = host.address;
  if (end.kind === 'no-ssh') return other('there is no ssh program on this machine; install OpenSSH');
  if (end.kind === 'stopped') return other('stopped before it was done');
  if (end.kind === 'timed-out') return other(`${at} let us in and then said nothing`);
  if (said.some((line) => line.includes('HOST IDENTIFICATION HAS CHANGED')))
    return { kind: 'changed-key', says: changedKey(at, said) };
  const isOnTheWay = said.some((line) => line.includes('UNKNOWN port 65535'));
  if (!isOnTheWay && said.some((line) => /No \S+ host key is known for .* strict checking/.test(line)))
    return { kind: 'unknown-key' };
  const way = isOnTheWay ? `on the way to ${at}: ` : '';
  return other(`${way}${reason(said, isOnTheWay)}${advice(host, said, isOnTheWay)}`);
}

function other(says: string): SshRefusal {
  return { kind: 'other', says };
}

/** A key that changed is never taken by us: either the host was installed anew, or it is another one. */
function changedKey(at: string, said: readonly string[]): string {
  const fingerprint = said.map((line) => /^(SHA256:[A-Za-z0-9+/=]+)\.?$/.exec(line)?.[1]).find(Boolean);
  const place = said.map((line) => /^Offending .* key in (.+):(\d+)$/.exec(line)).find(Boolean);
  const remove = said.find((line) => line.startsWith('ssh-keygen -f'));
  return [
    `the host key of ${at} is not the one that is known here`,
    fingerprint === undefined ? '' : `: it shows ${fingerprint}`,
    place === undefined || place === null ? '' : `, and line ${place[2]} of ${place[1]} has another`,
    '. Nothing was sent there. Somebody may be between; if the host was installed anew, remove the old key',
    remove === undefined ? ' with ssh-keygen -R' : ` (${remove})`,
    ' and run this again',
  ].join('');
}

function reason(said: readonly string[], isOnTheWay: boolean): string {
  const lines = isOnTheWay ? said.filter((line) => !/UNKNOWN port 65535|^kex_exchange/.test(line)) : said;
  return (lines.at(-1) ?? said.at(-1) ?? 'ssh ended without a word').replace(/\.$/, '').slice(0, MAX_CHARACTERS);
}

function advice({ user, address, port }: RemoteHost, said: readonly string[], isOnTheWay: boolean): string {
  const target = `${port === null ? '' : `-p ${port} `}${user}@${address}`;
  if (said.some((line) => line.includes('Host key verification failed')))
    return isOnTheWay
      ? `. Log in by hand once (ssh ${target}), compare the key of the host between, and accept it`
      : '';
  if (said.some((line) => line.includes('Permission denied')))
    return `. Let this user log in there with a key: ssh-copy-id ${target}. A key with a passphrase has to be in the agent (ssh-add), another one is named with --identity`;
  return '';
}
