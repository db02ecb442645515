import type { Worker } from 'node:worker_threads';
import type { ForecastColumns, Forecaster } from '../../app/forecast-ports.ts';
import { SwarmError } from '../../core/errors.ts';
import type { Study } from '../../core/simulate/study.ts';
import { startModuleThread } from '../../platform/module-thread.ts';
import type { FromWorker, ToWorker } from './messages.ts';
import { packWorkload } from './packed-workload.ts';

export type ForecasterOptions = {
  /** A simulation that takes longer is ended, with its thread. */
  readonly timeLimitMs: number;
  /** So many questions may wait; one more is refused. */
  readonly waitingAtMost?: number;
};

/** A forecaster whose thread is `workerThread`, for tests that look at it. */
export type OpenForecaster = Forecaster & { readonly workerThread: () => Worker | undefined };

type Job = {
  readonly question: () => ToWorker;
  readonly isForecast: boolean;
  readonly answer: (value: unknown) => void;
  readonly refuse: (error: unknown) => void;
};

const WAITING_AT_MOST = 8;
/** A thread that was asked nothing for so long gives its memory back. */
const IDLE_MS = 60_000;
const MAX_HEAP_MB = 1_024;

/** A thread that simulates, started when it is first needed and again after it was ended. */
export function openForecaster({ timeLimitMs, waitingAtMost = WAITING_AT_MOST }: ForecasterOptions): OpenForecaster {
  const waiting: Job[] = [];
  let running: Job | undefined;
  let worker: Worker | undefined;
  let deadline: NodeJS.Timeout | undefined;
  let idle: NodeJS.Timeout | undefined;
  let isClosed = false;

  const start = (): Worker => {
    const started = startModuleThread(import.meta.url, 'forecast-worker', {
      name: 'forecast',
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
    });
    const end = (reason: string) => {
      if (worker !== started) return;
      worker = undefined;
      finish((job) => job.refuse(failed(reason)));
    };
    started.on('message', (message: FromWorker) => {
      if (worker !== started) return;
      if (message.kind === 'answer') finish((job) => job.answer(message.answer));
      else finish((job) => job.refuse(failed(message.reason)));
    });
    started.once('error', (cause) => end(cause.message));
    started.once('exit', (code) => end(`its thread ended with status ${code}`));
    // A program that forgot to close it still ends.
    started.unref();
    return started;
  };

  const finish = (settle: (job: Job) => void): void => {
    const job = running;
    running = undefined;
    clearTimeout(deadline);
    if (job !== undefined) settle(job);
    if (waiting.length > 0) next();
    else idle = setTimeout(endWorker, IDLE_MS).unref();
  };

  const endWorker = (): void => {
    const ended = worker;
    worker = undefined;
    void ended?.terminate();
  };

  /** End the thread in the middle of what it does. */
  const interrupt = (error: unknown): void => {
    endWorker();
    finish((job) => job.refuse(error));
  };

  const next = (): void => {
    if (running !== undefined || isClosed) return;
    const place = Math.max(
      0,
      waiting.findIndex((job) => job.isForecast),
    );
    const [job] = waiting.splice(place, 1);
    if (job === undefined) return;
    clearTimeout(idle);
    running = job;
    worker ??= start();
    deadline = setTimeout(() => interrupt(tooLong(timeLimitMs)), timeLimitMs);
    try {
      worker.postMessage(job.question());
    } catch (cause) {
      // What cannot be copied to another thread.
      finish(({ refuse }) => refuse(cause));
    }
  };

  const ask = (question: () => ToWorker, isForecast: boolean, signal?: AbortSignal): Promise<unknown> =>
    new Promise((answer, refuse) => {
      if (isClosed) return refuse(failed('the control plane is stopping'));
      if (waiting.length >= waitingAtMost) return refuse(busy(waitingAtMost));
      if (signal?.aborted) return refuse(signal.reason);
      const giveUp = () => {
        if (running === job) return interrupt(signal?.reason);
        waiting.splice(waiting.indexOf(job), 1);
        refuse(signal?.reason);
      };
      const settled =
        <T>(settle: (value: T) => void) =>
        (value: T) => {
          signal?.removeEventListener('abort', giveUp);
          settle(value);
        };
      const job: Job = { question, isForecast, answer: settled(answer), refuse: settled(refuse) };
      signal?.addEventListener('abort', giveUp, { once: true });
      waiting.push(job);
      next();
    });

  return {
    // The thread answers each question with what its kind of question is answered with.
    forecast: async ({ workload, ...rest }) =>
      (await ask(() => ({ kind: 'forecast', workload: packWorkload(workload), ...rest }), true)) as ForecastColumns,
    study: async ({ workload, ...rest }, signal) =>
      (await ask(() => ({ kind: 'study', workload: packWorkload(workload), ...rest }), false, signal)) as Study,
    close: async () => {
      isClosed = true;
      clearTimeout(idle);
      clearTimeout(deadline);
      for (const job of [...(running ? [running] : []), ...waiting.splice(0)]) job.refuse(failed('it is stopped'));
      running = undefined;
      const last = worker;
      worker = undefined;
      await last?.terminate();
    },
    workerThread: () => worker,
  };
}

function busy(count: number): SwarmError {
  return new SwarmError('SIMULATION_BUSY', `${count} simulations wait already`);
}

function tooLong(timeLimitMs: number): SwarmError {
  return new SwarmError('SIMULATION_TIMEOUT', `the simulation took longer than ${timeLimitMs / 1000} s`);
}

function failed(reason: string): SwarmError {
  return new SwarmError('SIMULATION_FAILED', `the simulation failed: ${reason}`);
}
