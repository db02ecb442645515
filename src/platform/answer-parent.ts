import { Worker } from 'node:worker_threads';
import { PARENT, TAKEN } from './child-pool.ts';

const LOOK_EVERY_MS = 500;

/**
 * The child's side of a `ChildPool`: answers one question after the other. The answer must be something that
 * structured cloning can carry. The process ends with its parent, even in the middle of an answer.
 */
export function answerParent(answer: (question: unknown) => unknown): void {
  endWithParent();
  process.on('message', (question) => {
    const say = async () => process.send?.(await answer(question));
    // One that cannot be answered ends the process, which is how the parent learns of it.
    process.send?.(TAKEN, () => void say());
  });
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
}

/**
 * While an answer is computed, this thread hears nothing; another one looks. It is told who the parent is,
 * since that may be gone before anybody has looked.
 */
function endWithParent(): void {
  const watch = `setInterval(() => {
    if (process.ppid !== ${Number(process.env[PARENT])}) process.kill(process.pid, 'SIGKILL');
  }, ${LOOK_EVERY_MS});`;
  new Worker(watch, { eval: true, execArgv: [], resourceLimits: { maxOldGenerationSizeMb: 8 } }).unref();
}
