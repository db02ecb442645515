import type { RemoteHost, RemoteShell } from './provision-ports.ts';

/** Whether one can log in. `seenAs` is the address that we have for that host, where it says so. */
export type SshTest =
  | { readonly kind: 'ok'; readonly seenAs: string | null }
  | { readonly kind: 'ssh_failed' | 'ssh_timeout'; readonly error: string }
  | { readonly kind: 'ssh_not_found'; readonly error: string };

const LIMIT_MS = 10_000;
const MAX_ERROR_CHARACTERS = 500;

/** Logs in and out again, within ten seconds. */
export async function testSsh(shell: RemoteShell, host: RemoteHost, signal: AbortSignal): Promise<SshTest> {
  const heard = { stdout: [] as string[], stderr: [] as string[] };
  const end = await shell.run(host, {
    words: ['sh', '-c', 'echo ok; echo "$SSH_CONNECTION"'],
    input: '',
    timeoutMs: LIMIT_MS,
    signal,
    onLine: (line, stream) => void heard[stream].push(line),
  });
  if (end.kind === 'no-ssh') return { kind: 'ssh_not_found', error: 'ssh: there is no such program here' };
  if (end.kind === 'timed-out') return { kind: 'ssh_timeout', error: `SSH test: no answer in ${LIMIT_MS / 1000} s` };
  if (end.kind === 'exited' && end.exitCode === 0 && heard.stdout.includes('ok')) {
    return { kind: 'ok', seenAs: seenAs(heard.stdout) };
  }
  return refusal(host, heard.stderr, end.kind === 'exited' ? end.exitCode : null);
}

/** `CLIENT PORT SERVER PORT`, of which the client is us. */
function seenAs(lines: readonly string[]): string | null {
  return /^([0-9a-fA-F.:]+) \d+ [0-9a-fA-F.:%a-z]+ \d+$/.exec(lines.at(-1) ?? '')?.[1] ?? null;
}

function refusal(host: RemoteHost, stderr: readonly string[], exitCode: number | null): SshTest {
  const said = stderr.filter((line) => line.trim() !== '');
  const last =
    said.at(-1)?.trim().replace(/\.$/, '').slice(0, MAX_ERROR_CHARACTERS) ?? `ssh ended with status ${exitCode}`;
  if (/timed out/i.test(last)) return { kind: 'ssh_timeout', error: `SSH test: ${last}` };
  return { kind: 'ssh_failed', error: `SSH test failed: ${last}${adviceFor(host, said)}` };
}

/** A key is accepted by a person who looks at it, never by us. */
function adviceFor({ user, address, port }: RemoteHost, said: readonly string[]): string {
  const command = `ssh ${port === null ? '' : `-p ${port} `}${user}@${address}`;
  if (said.some((line) => line.includes('HOST IDENTIFICATION HAS CHANGED')))
    return `. The key of this host is not the one it had: find out why, then remove the old one with ssh-keygen -R`;
  if (said.some((line) => line.includes('Host key verification failed')))
    return `. The key of this host is not known here: as the user of the control plane, log in once with "${command}", compare the key and accept it`;
  if (said.some((line) => line.includes('Permission denied')))
    return `. Let the user of the control plane log in with a key: ssh-copy-id ${command.slice('ssh '.length)}`;
  return '';
}
