import type { RemoteCommand, RemoteEnd, RemoteHost, RemoteShell } from '../../app/provision-ports.ts';
import { type ProcessResult, runProcess } from '../../platform/process.ts';
import { findProgram } from '../../platform/programs.ts';

export type OpensshOptions = {
  /** PATH that `ssh` is looked for on. */
  readonly path: string;
  /** Further options of `ssh`, before the host: `['-o', 'UserKnownHostsFile=…']`. They win over ours. */
  readonly options: readonly string[];
};

/** A host that says nothing for a minute is gone. Nothing is ever asked; the operator's own settings count. */
const OPTIONS = ['BatchMode=yes', 'ConnectTimeout=5', 'ServerAliveInterval=15', 'ServerAliveCountMax=4'];

/** The control plane has to end within seconds. */
const GRACE_MS = 1_000;

/** Other hosts by the operator's own OpenSSH client, in a process group of its own. Host keys are checked. */
export function createOpenssh({ path, options }: OpensshOptions): RemoteShell {
  return {
    run: async (host, command) => {
      const ssh = await findProgram('ssh', path);
      if (ssh === undefined) return { kind: 'no-ssh' };
      const { input, timeoutMs, signal, onLine } = command;
      const args = argumentsFor(host, command, options);
      return endOf(await runProcess({ command: ssh, args, input, timeoutMs, signal, onLine, graceMs: GRACE_MS }));
    },
  };
}

function argumentsFor(host: RemoteHost, { words }: RemoteCommand, more: readonly string[]): string[] {
  return [
    '-T',
    // Of options that are said twice OpenSSH takes the first.
    ...more,
    ...optionsOf(OPTIONS),
    ...destinationOf(host),
    // What follows the host is joined with blanks and read by a shell there.
    words.map(quoted).join(' '),
  ];
}

/** `-o` before each. */
export function optionsOf(options: readonly string[]): string[] {
  return options.flatMap((option) => ['-o', option]);
}

/** The words by which `ssh` is told where to go; the last ones before the command. */
export function destinationOf({ user, address, port }: RemoteHost): string[] {
  return [...(port === null ? [] : ['-p', String(port)]), '-l', user, '--', address];
}

/** As a POSIX shell takes it for exactly this word. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

function endOf({ exitCode, aborted, timedOut }: ProcessResult): RemoteEnd {
  if (timedOut) return { kind: 'timed-out' };
  if (aborted) return { kind: 'stopped' };
  // Ended by a signal of somebody else: the connection is gone, as ssh itself would say.
  return { kind: 'exited', exitCode: exitCode ?? 255 };
}
