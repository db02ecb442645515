import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { constants, setPriority } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What a question to a child process came to. */
export type ChildAnswer =
  | { readonly kind: 'answered'; readonly value: unknown }
  /** As many questions as there may be children are being worked on. */
  | { readonly kind: 'busy' }
  /** It took too long, and its process was killed. */
  | { readonly kind: 'timeout' }
  /** Whoever asked has gone, and the process was killed. */
  | { readonly kind: 'aborted' }
  /** The process ended before it answered: it ran out of memory, or could not start. `said` is its last words. */
  | { readonly kind: 'died'; readonly said: string };

export type ChildPoolOptions = {
  /** The program: a module that calls `answerParent`. */
  readonly module: URL;
  readonly args: readonly string[];
  /** How many questions are worked on at once, each in a process of its own. */
  readonly size: number;
  /** A process that was asked nothing for so long ends. */
  readonly idleMs: number;
  /** What one process may allocate. The kernel sees to it, where it can. */
  readonly maxDataBytes: number;
  /** The part of that which JavaScript may have. */
  readonly maxHeapBytes: number;
};

export type ChildPool = {
  /** Never rejects. `timeoutMs` counts from when the process has taken the question. */
  ask(question: unknown, limits: { readonly timeoutMs: number; readonly signal?: AbortSignal }): Promise<ChildAnswer>;
  /** Kill them all; resolves when none is left. Questions after that are answered with `died`. */
  close(): Promise<void>;
};

type Child = { readonly process: ChildProcess; readonly gone: Promise<string>; idle?: NodeJS.Timeout };

/** A process that has not said that it is ready by then never will. */
const START_TIMEOUT_MS = 20_000;
const LAST_WORDS = 2_000;

/**
 * Processes that answer questions which may never end, or need more memory than there is: such a question
 * costs its process, which is killed, and nothing else. A process is started when it is first needed.
 */
export function createChildPool(options: ChildPoolOptions): ChildPool {
  const free: Child[] = [];
  const living = new Set<Child>();
  let busy = 0;
  let closed = false;

  const start = (): Child => {
    const process = spawnChild(options);
    const child: Child = { process, gone: lastWordsOf(process) };
    living.add(child);
    void child.gone.then(() => {
      living.delete(child);
      if (free.includes(child)) free.splice(free.indexOf(child), 1);
    });
    return child;
  };

  const keep = (child: Child) => {
    if (closed || !living.has(child)) return;
    child.idle = setTimeout(() => child.process.kill('SIGKILL'), options.idleMs).unref();
    free.push(child);
  };

  const work: ChildPool['ask'] = async (question, limits) => {
    const child = free.pop() ?? start();
    clearTimeout(child.idle);
    const answer = await askChild(child, question, limits);
    if (answer.kind === 'answered') keep(child);
    else await end(child);
    return answer;
  };

  return {
    ask: async (question, limits) => {
      if (closed) return { kind: 'died', said: 'it is being closed' };
      if (busy >= options.size) return { kind: 'busy' };
      busy += 1;
      try {
        return await work(question, limits);
      } finally {
        busy -= 1;
      }
    },
    close: async () => {
      closed = true;
      await Promise.all([...living].map(end));
    },
  };
}

/**
 * Node cannot limit its own memory, the shell can: it sets the limit and becomes node. The limit is on what is
 * written to, so the large address range that V8 only reserves does not count.
 */
const LIMITED = 'ulimit -d "$1" 2>/dev/null; shift; exec "$@"';

function spawnChild({ module, args, maxDataBytes, maxHeapBytes }: ChildPoolOptions): ChildProcess {
  const file = fileURLToPath(module);
  const loader = file.endsWith('.ts') ? ['--import', 'tsx'] : [];
  const heap = `--max-old-space-size=${Math.floor(maxHeapBytes / 2 ** 20)}`;
  const node = [process.execPath, heap, ...loader, file, ...args];
  // An inspector's port, for one, can be had only once.
  const { NODE_OPTIONS: _, ...env } = process.env;
  const child = spawn('/bin/sh', ['-c', LIMITED, 'sh', String(Math.floor(maxDataBytes / 1024)), ...node], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    serialization: 'advanced',
    cwd: dirname(file),
    env: { ...env, [PARENT]: String(process.pid) },
  });
  if (child.pid !== undefined) yieldToOthers(child.pid);
  // An idle child keeps no program alive; one that works has a deadline, which does.
  child.unref();
  child.channel?.unref();
  // A pipe of our own making is always a socket.
  (child.stderr as Socket | null)?.unref();
  return child;
}

/** Whatever it computes, what the server has to do comes first. */
function yieldToOthers(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // It is gone already, which its end will tell, or the system knows no priorities.
  }
}

function lastWordsOf(child: ChildProcess): Promise<string> {
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-LAST_WORDS);
  });
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', () => resolve(said.trim()));
  });
}

async function askChild(
  { process: child, gone }: Child,
  question: unknown,
  { timeoutMs, signal }: { timeoutMs: number; signal?: AbortSignal },
): Promise<ChildAnswer> {
  return new Promise((resolve) => {
    let deadline = setTimeout(() => settle({ kind: 'timeout' }), START_TIMEOUT_MS);
    const settle = (answer: ChildAnswer) => {
      clearTimeout(deadline);
      signal?.removeEventListener('abort', onAbort);
      child.off('message', onMessage);
      resolve(answer);
    };
    const onAbort = () => settle({ kind: 'aborted' });
    const onMessage = (message: unknown) => {
      if (message !== TAKEN) return settle({ kind: 'answered', value: message });
      clearTimeout(deadline);
      deadline = setTimeout(() => settle({ kind: 'timeout' }), timeoutMs);
    };
    if (signal?.aborted) return onAbort();
    signal?.addEventListener('abort', onAbort);
    child.on('message', onMessage);
    void gone.then((said) => settle({ kind: 'died', said }));
    // A channel that is closed already tells by the end of the process.
    child.send(question as object, () => {});
  });
}

async function end(child: Child): Promise<void> {
  clearTimeout(child.idle);
  if (child.process.pid === undefined) return;
  child.process.kill('SIGKILL');
  // Unreferenced, it would not be waited for by a program that has nothing else to do.
  child.process.ref();
  if (child.process.exitCode === null && child.process.signalCode === null) await once(child.process, 'exit');
}

/** The variable that tells a child the process id of its parent. */
export const PARENT = 'BUILD_SWARM_PARENT';

/** Said by a child when it begins with a question. */
export const TAKEN = 'taken';
