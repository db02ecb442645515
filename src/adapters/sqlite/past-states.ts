import { extname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PastState, PastStates } from '../../app/past-states.ts';
import type { Policy } from '../../core/policy.ts';
import { createChildPool } from '../../platform/child-pool.ts';
import type { PastQuestion } from './past-state.ts';

/** A week of changes of a large swarm takes seconds, in a process of its own. */
const TIMEOUT_MS = 15_000;
const IDLE_MS = 60_000;
const MAX_DATA_BYTES = 768 * 2 ** 20;
const MAX_HEAP_BYTES = 384 * 2 ** 20;
/** Snapshots that wait for the one that is being made. */
const MOST_WAITING = 8;
const TOO_MANY: PastState = { problem: 'busy', said: 'other snapshots are being made' };

/** The history of the state in the database at `path`, read in a process that is started when somebody asks. */
export function openPastStates(path: string, { staleUntilMs }: Pick<Policy, 'staleUntilMs'>): PastStates {
  const pool = createChildPool({
    module: new URL(`./past-child${extname(fileURLToPath(import.meta.url))}`, import.meta.url),
    args: [resolve(path)],
    size: 1,
    idleMs: IDLE_MS,
    maxDataBytes: MAX_DATA_BYTES,
    maxHeapBytes: MAX_HEAP_BYTES,
  });
  const inLine = oneAfterTheOther(MOST_WAITING);
  const ask = async (question: PastQuestion, signal: AbortSignal): Promise<PastState> => {
    const answer = await pool.ask(question, { timeoutMs: TIMEOUT_MS, signal });
    switch (answer.kind) {
      case 'answered':
        // Of past-child.ts.
        return answer.value as PastState;
      case 'busy':
        return TOO_MANY;
      case 'timeout':
        return { problem: 'failed', said: `it took longer than ${TIMEOUT_MS / 1000} s` };
      case 'aborted':
        return { problem: 'failed', said: 'whoever asked has gone' };
      case 'died':
        return { problem: 'failed', said: reasonOf(answer.said) };
    }
  };
  return {
    at: async ({ time, isWithQueue }, signal) =>
      (await inLine(() => ask({ at: time / 1000, isWithQueue, staleUntilMs }, signal))) ?? TOO_MANY,
    close: () => pool.close(),
  };
}

/** Undefined, and nothing done, when too many wait already. */
function oneAfterTheOther(mostWaiting: number): <T>(task: () => Promise<T>) => Promise<T | undefined> {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  return async (task) => {
    if (waiting > mostWaiting) return undefined;
    waiting += 1;
    const mine = last.then(task);
    last = mine.catch(() => {});
    try {
      return await mine;
    } finally {
      waiting -= 1;
    }
  };
}

/** Of what Node says when it ends by an error: the error. */
function reasonOf(said: string): string {
  return /^\w*Error.*$/m.exec(said)?.[0] ?? said.split('\n').at(-1) ?? '';
}
