import { type FileHandle, open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { SwarmError } from '../core/errors.ts';
import { splitLines } from './lines.ts';

export type OutputStream = 'stdout' | 'stderr';

/**
 * Who takes the output of a process. Where a listener returns a promise, no more is read until it has
 * settled, so that a slow listener slows the process down and no output piles up in memory. No two
 * calls overlap.
 */
export type OutputSinks = {
  /** Each line without its line feed; one longer than 64 KiB comes in pieces. */
  readonly onLine?: ((line: string, stream: OutputStream) => void | Promise<void>) | undefined;
  /** The bytes as they come. */
  readonly onData?: ((chunk: Buffer, stream: OutputStream) => void | Promise<void>) | undefined;
  /** Both streams are appended to this file, in the order they arrive. */
  readonly logFile?: string | undefined;
};

export type Output = {
  /** Takes `stream` to its end, or until it was given up. `heard` is called for each chunk. */
  take(stream: Readable, name: OutputStream, heard: () => void): Promise<void>;
  /** Whether a listener is at work, so that silence says nothing about the process. */
  isBusy(): boolean;
  /**
   * Waits for `taken` after the process has ended. A stranger that left the group and still holds the
   * pipe open is not waited for.
   */
  drain(taken: Promise<unknown>): Promise<void>;
  close(): Promise<void>;
};

/** After the end of a process, a pipe that is quiet for this long is held open by somebody else. */
const QUIET_MS = 1_000;

/** And one that is still talking after this long talks about something else. */
const STRANGER_MS = 30_000;

/** Prepares to take the output of one process. Throws `DIRECTORY_UNUSABLE` if the log file cannot be opened. */
export async function openOutput(sinks: OutputSinks): Promise<Output> {
  const log = sinks.logFile === undefined ? undefined : await openLog(sinks.logFile);
  const streams = new Set<Readable>();
  const state = { busy: 0, heardAt: Date.now(), isGivenUp: false };
  let turn = Promise.resolve();
  // The two streams take turns, so that a listener is never called while it is still at work.
  const inTurn = async (work: () => Promise<void>) => {
    state.busy += 1;
    turn = turn.then(work, work);
    await turn.finally(() => {
      state.busy -= 1;
      state.heardAt = Date.now();
    });
  };
  const tellLines = async (lines: readonly string[], name: OutputStream) => {
    for (const line of lines) await sinks.onLine?.(line, name);
  };
  return {
    isBusy: () => state.busy > 0,
    close: async () => log?.close(),
    take: async (stream, name, heard) => {
      streams.add(stream);
      const splitter = splitLines();
      try {
        // Without an encoding a stream gives buffers.
        for await (const chunk of stream as AsyncIterable<Buffer>) {
          heard();
          await inTurn(async () => {
            await log?.appendFile(chunk);
            await sinks.onData?.(chunk, name);
            if (sinks.onLine !== undefined) await tellLines(splitter.push(chunk), name);
          });
        }
      } catch (cause) {
        if (!state.isGivenUp) throw cause;
      }
      await inTurn(() => tellLines(splitter.end(), name));
    },
    drain: async (taken) => {
      const settled = taken.then(() => true);
      const endedAt = Date.now();
      state.heardAt = endedAt;
      while (!(await Promise.race([settled, wait(100, false)]))) {
        const isStranger = Date.now() - state.heardAt > QUIET_MS || Date.now() - endedAt > STRANGER_MS;
        if (state.busy > 0 || !isStranger) continue;
        state.isGivenUp = true;
        for (const stream of streams) stream.destroy();
      }
    },
  };
}

async function openLog(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'a');
  } catch (cause) {
    throw new SwarmError('DIRECTORY_UNUSABLE', `the log file ${path} cannot be written`, { cause });
  }
}
