import type { HttpLogger } from '../http/app.ts';

/** Something that ends, by what it is called in the log. */
export type StopStep = readonly [name: string, stop: () => Promise<unknown>];

/** Supervisors kill what takes longer. */
const DEADLINE_MS = 5_000;

/**
 * End one thing after the other; one that fails does not keep the next from ending. When that takes too long
 * it is logged what was left, and the promise resolves all the same: what was acknowledged is on the disk.
 */
export async function stopInOrder(
  logger: Pick<HttpLogger, 'error'>,
  steps: readonly StopStep[],
  deadlineMs = DEADLINE_MS,
): Promise<void> {
  const left = new Set(steps.map(([name]) => name));
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), deadlineMs);
  });
  const outcome = await Promise.race([stopEach(logger, steps, left), deadline]);
  clearTimeout(timer);
  if (outcome === 'late') logger.error({ left: [...left] }, 'could not stop in time; leaving these as they are');
}

async function stopEach(
  logger: Pick<HttpLogger, 'error'>,
  steps: readonly StopStep[],
  left: Set<string>,
): Promise<'done'> {
  for (const [name, stop] of steps) {
    try {
      await stop();
    } catch (err) {
      logger.error({ err, what: name }, 'could not be stopped in order');
    }
    left.delete(name);
  }
  return 'done';
}
