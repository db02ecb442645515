import type { RemoteEnd, RemoteHost, RemoteShell } from '../app/provision-ports.ts';

/** A script of ours, and what it is told. Its text goes by standard input, its arguments each as it is. */
export type RemoteScript = {
  readonly text: string;
  readonly args?: readonly string[];
  /** What stands before the text: a variable that no list of processes may show. */
  readonly before?: string;
  /** By sudo, for users who are not root themselves. */
  readonly isRootsWork?: boolean;
};

export type ScriptRun = {
  readonly end: RemoteEnd;
  readonly stdout: readonly string[];
  /** The last lines only. */
  readonly stderr: readonly string[];
};

export type Listening = {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
};

const MAX_LINES = 5_000;
const MAX_ERROR_LINES = 60;

/** Runs a script on a host, to its end. */
export async function runScript(
  shell: RemoteShell,
  host: RemoteHost,
  script: RemoteScript,
  { signal, timeoutMs, onLine }: Listening,
): Promise<ScriptRun> {
  const [stdout, stderr]: [string[], string[]] = [[], []];
  const { text, args = [], before = '', isRootsWork = false } = script;
  const end = await shell.run(host, {
    words: [...(isRootsWork && host.user !== 'root' ? ['sudo', '-n'] : []), 'sh', '-s', '--', ...args],
    input: `${before}${text}`,
    timeoutMs,
    signal,
    onLine: (line, stream) => {
      const lines = stream === 'stdout' ? stdout : stderr;
      lines.push(line);
      if (lines.length > (stream === 'stdout' ? MAX_LINES : MAX_ERROR_LINES)) lines.shift();
      onLine?.(line, stream);
    },
  });
  return { end, stdout, stderr };
}

/** Whether it did what it was told. */
export function isDone({ end }: ScriptRun): boolean {
  return end.kind === 'exited' && end.exitCode === 0;
}

/** `key=value` lines; of a key that comes twice the last. */
export function valuesIn(lines: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    lines.flatMap((line) => {
      const equals = line.indexOf('=');
      return equals < 1 ? [] : [[line.slice(0, equals), line.slice(equals + 1)] as const];
    }),
  );
}
