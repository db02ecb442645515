/**
 * Run `task` every `periodMs`, never twice at the same time; a failure is reported and the next run
 * comes as usual. `stop` waits for a run under way.
 */
export function periodically(
  task: () => Promise<void>,
  periodMs: number,
  onError: (error: unknown) => void,
): { stop(): Promise<void> } {
  let running: Promise<void> | undefined;
  const timer = setInterval(() => {
    running ??= task()
      .catch(onError)
      .finally(() => {
        running = undefined;
      });
  }, periodMs);
  return {
    stop: async () => {
      clearInterval(timer);
      await running;
    },
  };
}
