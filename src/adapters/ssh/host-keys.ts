import { appendFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { HostKeyOffer, HostKeys } from '../../app/host-key-ports.ts';
import type { RemoteHost } from '../../app/provision-ports.ts';
import { SwarmError } from '../../core/errors.ts';
import { runProcess } from '../../platform/process.ts';
import { findProgram } from '../../platform/programs.ts';
import { destinationOf, type OpensshOptions, optionsOf } from './openssh.ts';

const LIMIT_MS = 30_000;

/** Keys of hosts by OpenSSH's own programs, kept where the operator's configuration says. */
export function createHostKeys(openssh: OpensshOptions): HostKeys {
  return {
    offerOf: (host, signal) => offerOf(openssh, host, signal),
    isBehindAnother: async (host, signal) => {
      const settings = await settingsFor(openssh, host, signal);
      return ['proxyjump', 'proxycommand'].some((name) => (settings.get(name) ?? 'none') !== 'none');
    },
  };
}

/**
 * OpenSSH writes down the key of a host before it logs in there. So it is let write into a file of ours, and given
 * nothing to log in with; that line, and no later answer of the host, is what may be accepted.
 */
async function offerOf(openssh: OpensshOptions, host: RemoteHost, signal: AbortSignal) {
  const dir = await mkdtemp(join(tmpdir(), 'build-swarm-host-key-'));
  try {
    const file = join(dir, 'key');
    const probe = optionsOf([
      'StrictHostKeyChecking=accept-new',
      `UserKnownHostsFile=${file}`,
      'GlobalKnownHostsFile=none',
      'PreferredAuthentications=none',
      'UpdateHostKeys=no',
      'ControlPath=none',
      'BatchMode=yes',
      'ConnectTimeout=10',
    ]);
    // Of options that are said twice OpenSSH takes the first.
    const args = ['-T', ...openssh.options, ...destinationOf(host), 'true'];
    await run('ssh', [...probe, ...args], { openssh, signal });
    const line = await readFile(file, 'utf8').catch(() => '');
    if (line.trim() === '') return undefined;
    const listed = await run('ssh-keygen', ['-l', '-f', file], { openssh, signal });
    const [, fingerprint, type] = /^\d+ (\S+) .*\((.+)\)$/.exec(listed[0] ?? '') ?? [];
    if (fingerprint === undefined || type === undefined) return undefined;
    const offer: HostKeyOffer = { fingerprint, type, accept: () => remember(openssh, host, { line, signal }) };
    return offer;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

type Kept = { readonly line: string; readonly signal: AbortSignal };

/** @throws SwarmError SSH_FAILED where OpenSSH is told to remember nothing */
async function remember(openssh: OpensshOptions, host: RemoteHost, { line, signal }: Kept): Promise<void> {
  const settings = await settingsFor(openssh, host, signal);
  const file = (settings.get('userknownhostsfile') ?? '').split(' ')[0] ?? '';
  if (!file.startsWith('/') || file === '/dev/null')
    throw new SwarmError(
      'SSH_FAILED',
      `the key of ${host.address} cannot be remembered: the SSH configuration names no file for it (UserKnownHostsFile is ${file || 'none'})`,
    );
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const before = await readFile(file, 'utf8').catch(() => '');
  const gap = before === '' || before.endsWith('\n') ? '' : '\n';
  await appendFile(file, `${gap}${line.trimEnd()}\n`, { mode: 0o600 });
}

/** What OpenSSH makes of its configuration for this host: names in lower case. */
async function settingsFor(openssh: OpensshOptions, host: RemoteHost, signal: AbortSignal) {
  const lines = await run('ssh', ['-G', ...openssh.options, ...destinationOf(host)], { openssh, signal });
  return new Map(
    lines.map((line): [string, string] => {
      const blank = line.indexOf(' ');
      return [line.slice(0, blank), line.slice(blank + 1)];
    }),
  );
}

type Running = { readonly openssh: OpensshOptions; readonly signal: AbortSignal };

/** The lines of its standard output; none where there is no such program. */
async function run(program: string, args: readonly string[], { openssh, signal }: Running): Promise<string[]> {
  const command = await findProgram(program, openssh.path);
  if (command === undefined) return [];
  const lines: string[] = [];
  const onLine = (line: string, stream: string) => void (stream === 'stdout' && lines.push(line));
  await runProcess({ command, args, input: '', timeoutMs: LIMIT_MS, signal, onLine, graceMs: 1_000 });
  return lines;
}
