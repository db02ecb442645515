import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { SwarmError } from '../core/errors.ts';
import { guardArguments } from './guard.ts';
import { DEFAULT_GRACE_MS, isGroupAlive, killGroup } from './process-group.ts';
import { type Output, type OutputSinks, type OutputStream, openOutput } from './process-output.ts';

/** What to run, and who listens. */
export type ProcessRequest = OutputSinks & {
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment of the child; this process's own when absent. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly cwd?: string | undefined;
  /** Written to its standard input, which is empty otherwise. */
  readonly input?: string | Uint8Array | undefined;
  /** Ends the process when aborted. */
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
  /** Ends the process when it printed nothing for this long. */
  readonly silentTimeoutMs?: number | undefined;
  /** Time between SIGTERM and SIGKILL; ten seconds unless told. */
  readonly graceMs?: number | undefined;
  /** Makes the process and all it started end when this one dies, even by SIGKILL. Needs a python3. */
  readonly guard?: { readonly python: string } | undefined;
};

/** How a process ended: by exit code or signal, and whether it was we who ended it. */
export type ProcessResult = {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly timedOut: boolean;
  readonly wentSilent: boolean;
  readonly aborted: boolean;
};

export type RunningProcess = {
  /** Process id of the leader, and id of its group. */
  readonly pid: number;
  /** Ends the whole group; resolves once none of it is left. */
  kill(): Promise<void>;
  /** Resolves when the leader has ended, none of its group is left and its output has been taken. */
  readonly done: Promise<ProcessResult>;
};

/**
 * Runs a command in a process group of its own, to its end. Nothing that it leaves in its group outlives it.
 * Any exit code is a result; throws `PROCESS_FAILED` when the command cannot be started at all.
 */
export async function runProcess(request: ProcessRequest): Promise<ProcessResult> {
  if (request.signal?.aborted === true) {
    return { exitCode: null, signal: null, timedOut: false, wentSilent: false, aborted: true };
  }
  return (await startProcess(request)).done;
}

/** As `runProcess`, for a caller that goes on while the command runs. */
export async function startProcess(request: ProcessRequest): Promise<RunningProcess> {
  const output = await openOutput(request);
  const child = spawnLeader(request);
  try {
    await once(child, 'spawn');
  } catch (cause) {
    await output.close();
    throw new SwarmError('PROCESS_FAILED', `${request.command} cannot be started: ${messageOf(cause)}`, { cause });
  }
  return supervise(child, request, output);
}

function spawnLeader({ command, args, env, cwd, input, guard }: ProcessRequest): ChildProcess {
  const [program, argv] =
    guard === undefined ? [command, [...args]] : [guard.python, [...guardArguments(), command, ...args]];
  return spawn(program, argv, {
    detached: true,
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe', guard === undefined ? 'ignore' : 'pipe'],
    ...(env === undefined ? {} : { env }),
    ...(cwd === undefined ? {} : { cwd }),
  });
}

function supervise(child: ChildProcess, request: ProcessRequest, output: Output): RunningProcess {
  const pid = child.pid as number; // It has been spawned, so it has one.
  const lifeline = child.stdio[3] as Socket | null; // Node makes a socket of every extra 'pipe'.
  lifeline?.unref();
  // The guard kills what left the group, too.
  const reach = lifeline === null ? {} : { lastResort: () => void lifeline.destroy() };
  const kill = () => killGroup(pid, { graceMs: request.graceMs ?? DEFAULT_GRACE_MS, ...reach });
  const watches = watch(request, output, kill);
  const done = finish(child, { ...request, pid, kill, output, heard: watches.heard })
    .then((end): ProcessResult => ({ ...end, ...watches.verdict() }))
    .finally(watches.stop);
  return { pid, kill, done };
}

type Ending = {
  readonly pid: number;
  readonly input?: string | Uint8Array | undefined;
  readonly output: Output;
  readonly kill: () => Promise<void>;
  readonly heard: () => void;
};

async function finish(child: ChildProcess, { pid, input, output, kill, heard }: Ending) {
  const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  // A child that does not read its input to the end closes the pipe: its own business.
  child.stdin?.on('error', () => {}).end(input);
  const taken = Promise.all([takeFrom(child.stdout, 'stdout'), takeFrom(child.stderr, 'stderr')]);
  // A listener that failed will listen no more: the process is of no use to anybody.
  taken.catch(kill);
  const [exitCode, signal] = await exited;
  if (isGroupAlive(pid)) await kill();
  try {
    await output.drain(taken);
  } finally {
    await output.close();
  }
  return { exitCode, signal };

  async function takeFrom(stream: Readable | null, name: OutputStream): Promise<void> {
    if (stream !== null) await output.take(stream, name, heard);
  }
}

type Verdict = { timedOut: boolean; wentSilent: boolean; aborted: boolean };

/** Ends the process when it takes too long, is silent for too long, or is no longer wanted. */
function watch({ signal, timeoutMs, silentTimeoutMs }: ProcessRequest, output: Output, kill: () => Promise<void>) {
  let reason: keyof Verdict | undefined;
  const end = (why: keyof Verdict) => {
    if (reason !== undefined) return;
    reason = why;
    void kill();
  };
  const abort = () => end('aborted');
  const total = timer(timeoutMs, () => end('timedOut'));
  const silence = timer(silentTimeoutMs, () => (output.isBusy() ? silence?.refresh() : end('wentSilent')));
  signal?.addEventListener('abort', abort);
  if (signal?.aborted === true) abort();
  return {
    heard: () => void silence?.refresh(),
    verdict: (): Verdict => ({
      timedOut: reason === 'timedOut',
      wentSilent: reason === 'wentSilent',
      aborted: reason === 'aborted',
    }),
    stop: () => {
      clearTimeout(total);
      clearTimeout(silence);
      signal?.removeEventListener('abort', abort);
    },
  };
}

/** The longest time a timer can take: with more it would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

function timer(afterMs: number | undefined, then: () => void): NodeJS.Timeout | undefined {
  return afterMs === undefined ? undefined : setTimeout(then, Math.min(afterMs, MAX_TIMER_MS));
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
