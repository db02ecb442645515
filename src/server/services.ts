import type { ServiceState } from '../app/operations-ports.ts';
import type { Clock } from '../app/ports.ts';

/** Something that is done again and again. */
export type ServiceDefinition = {
  readonly name: string;
  readonly periodMs: number;
  /** One run; it should end soon once the signal is given. */
  readonly run: (signal: AbortSignal) => Promise<void>;
};

/** The background services of one control plane. */
export type Services = {
  /** Run each after its period, and then again; never one twice at the same time. */
  start(): void;
  states(): readonly ServiceState[];
  /** Start nothing any more, and wait for what runs. */
  stop(): Promise<void>;
};

type Needs = { readonly clock: Clock; readonly onError: (error: unknown, name: string) => void };

/** A run that fails is reported and the next one comes as usual. Time is measured, not read from the wall clock. */
export function createServices(needs: Needs, definitions: readonly ServiceDefinition[]): Services {
  const services = definitions.map((definition) => createService(needs, definition));
  const stopping = new AbortController();
  let loops: readonly Promise<void>[] = [];
  return {
    start: () => {
      loops = services.map((service) => service.loop(stopping.signal));
    },
    states: () => services.map((service) => service.state()),
    stop: async () => {
      stopping.abort();
      await Promise.all(loops);
    },
  };
}

function createService({ clock, onError }: Needs, { name, periodMs, run }: ServiceDefinition) {
  let nextAt: number | null = null;
  const seen = { isRunning: false, runs: 0, failures: 0, failuresInARow: 0 };
  const last: Pick<ServiceState, 'lastRunAt' | 'lastDurationMs' | 'lastError'> = {
    lastRunAt: null,
    lastDurationMs: null,
    lastError: null,
  };

  const runOnce = async (signal: AbortSignal): Promise<string | null> => {
    try {
      await run(signal);
      return null;
    } catch (error) {
      onError(error, name);
      return error instanceof Error ? error.message : String(error);
    }
  };

  const runAndNote = async (signal: AbortSignal) => {
    const startedAt = clock.elapsed();
    seen.isRunning = true;
    const error = await runOnce(signal);
    seen.isRunning = false;
    seen.runs += 1;
    seen.failures += error === null ? 0 : 1;
    seen.failuresInARow = error === null ? 0 : seen.failuresInARow + 1;
    Object.assign(last, { lastRunAt: clock.now(), lastDurationMs: clock.elapsed() - startedAt, lastError: error });
  };

  return {
    loop: async (signal: AbortSignal): Promise<void> => {
      let dueAt = clock.elapsed();
      while (!signal.aborted) {
        // A run that took longer than its period does not make up for those it missed.
        dueAt = Math.max(dueAt + periodMs, clock.elapsed());
        nextAt = dueAt;
        await clock.sleep(dueAt - clock.elapsed(), signal);
        if (!signal.aborted) await runAndNote(signal);
      }
      nextAt = null;
    },
    state: (): ServiceState => ({
      name,
      periodMs,
      ...seen,
      ...last,
      nextRunInMs: nextAt === null ? null : Math.max(0, nextAt - clock.elapsed()),
    }),
  };
}
