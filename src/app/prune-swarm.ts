import type { Pruner, Retention } from './operations-ports.ts';
import type { Clock } from './ports.ts';

type Needs = { readonly pruner: Pruner; readonly retention: Retention; readonly clock: Clock };

/** Time in which requests are answered between two steps. */
const PAUSE_MS = 5;

/** Remove what is older than it has to be kept, in small steps so that no request waits for it. */
export function pruneSwarm({ pruner, retention, clock }: Needs): (signal: AbortSignal) => Promise<void> {
  return async (signal) => {
    while (!signal.aborted && (await pruner.pruneSome(retention, clock.now())) > 0) {
      await clock.sleep(PAUSE_MS, signal);
    }
  };
}
