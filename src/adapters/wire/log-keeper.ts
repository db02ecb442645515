import { setImmediate as breathe } from 'node:timers/promises';
import { answerQuestion } from './answers.ts';
import { asidePath, isDamage, type LogFile, openLogFile, putAside, reasonOf } from './log-file.ts';
import { batchSize, type FromWorker, type Question, type Value, type WorkerSettings } from './messages.ts';
import { createPruner, type Pruner } from './prune.ts';
import { createWriter, type Writer } from './writer.ts';

/** What the thread does with its file. */
export type LogKeeper = {
  take(firstId: number, values: readonly Value[]): void;
  answer(call: number, question: Question): void;
  prune(now: number): void;
  close(): void;
};

type Open = { readonly file: LogFile; readonly writer: Writer; readonly pruner: Pruner };

/** While there can be no file, it is tried again this often. */
const REOPEN_EVERY_MS = 10_000;

export function createLogKeeper(settings: WorkerSettings, send: (message: FromWorker) => void): LogKeeper {
  const trouble = (message: string, fields: Readonly<Record<string, unknown>>) =>
    send({ kind: 'trouble', message, fields });
  let open: Open | undefined;
  let triedAt = 0;
  let isPruning = false;
  let now = 0;
  let questions: Promise<void> = Promise.resolve();

  const tryOpen = (): Open | undefined => {
    if (open !== undefined || (triedAt !== 0 && Date.now() - triedAt < REOPEN_EVERY_MS)) return open;
    triedAt = Date.now();
    try {
      const file = openLogFile(settings.path, trouble);
      open = { file, writer: createWriter(file), pruner: createPruner(file, settings) };
    } catch (cause) {
      trouble('the protocol log cannot be opened; exchanges are not recorded', {
        path: settings.path,
        reason: reasonOf(cause),
      });
    }
    return open;
  };

  /** A damaged file is left behind; the next batch begins a new one. */
  const leave = (cause: unknown): void => {
    open?.file.close();
    open = undefined;
    triedAt = 0;
    putAside(settings.path);
    trouble('the protocol log is damaged and was put aside; a new one is begun', {
      path: settings.path,
      aside: asidePath(settings.path),
      reason: reasonOf(cause),
    });
  };

  const prune = async (): Promise<void> => {
    if (isPruning || open === undefined) return;
    isPruning = true;
    try {
      while (open?.pruner.step(now)) await breathe();
    } catch (cause) {
      trouble('the protocol log could not be pruned', { reason: reasonOf(cause) });
    } finally {
      isPruning = false;
    }
  };

  const write = (firstId: number, values: readonly Value[]) => {
    const writer = tryOpen()?.writer;
    if (writer === undefined) return { failed: batchSize(values), reason: 'there is no file' };
    try {
      return writer.write(firstId, values);
    } catch (cause) {
      if (isDamage(cause)) {
        leave(cause);
        const again = tryOpen()?.writer;
        if (again !== undefined) return again.write(firstId, values);
      }
      return { failed: batchSize(values), reason: reasonOf(cause) };
    }
  };

  const answerNow = async (question: Question): Promise<unknown> => {
    const opened = tryOpen();
    if (opened === undefined) throw new Error('there is no file');
    return answerQuestion({ ...opened, breathe }, question);
  };

  send({ kind: 'ready', lastId: tryOpen()?.writer.lastId() ?? 0 });
  return {
    take: (firstId, values) => {
      const written = write(firstId, values);
      send({ kind: 'written', firstId, ...written });
      if (open !== undefined && open.pruner.usedBytes() > settings.maxBytes) void prune();
    },
    // One after the other, so that many slow questions together are no slower than each in its turn.
    answer: (call, question) => {
      questions = questions.then(async () => {
        try {
          send({ kind: 'answer', call, answer: await answerNow(question) });
        } catch (cause) {
          if (isDamage(cause)) leave(cause);
          send({ kind: 'refusal', call, reason: reasonOf(cause) });
        }
      });
    },
    prune: (at) => {
      now = at;
      void prune();
    },
    close: () => {
      open?.file.close();
      open = undefined;
    },
  };
}
