import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { makeDirectory } from './make-directory.ts';

export type LogFileOptions = {
  readonly path: string;
  /** A file that would grow beyond it is put aside as `.1`, the one before as `.2`; null never does. */
  readonly maxBytes: number | null;
  /** How many of those are kept. */
  readonly keep: number;
  /** Told once when lines cannot be written, and again after it has worked in between. */
  readonly onProblem: (error: Error) => void;
  /** How often it is looked whether the file is still in its place, and how soon a failure is tried again. */
  readonly lookEveryMs?: number;
};

export type LogFile = {
  /** Complete lines, each with its line feed. Written when this turn of the event loop is over. */
  write(line: string): void;
  /** Write now what waits. */
  flush(): void;
  /** Write what waits and let go of the file. */
  close(): void;
};

// Without waiting for the reader of a pipe; readable for the group, which `adm` or `wheel` often is.
const FLAGS = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK;
const MODE = 0o640;

/**
 * A log that never stops the program: what cannot be written is counted, told once, and said in the file
 * when it can be written again. A file that another program has moved away (logrotate) is made anew.
 */
export async function openLogFile({ lookEveryMs = 1_000, ...options }: LogFileOptions): Promise<LogFile> {
  const state: State = { file: undefined, lookAt: 0, rotateAt: 0, lost: 0, told: new Set(), isMidLine: false };
  const waiting: string[] = [];
  const flush = () => {
    if (waiting.length === 0) return;
    try {
      writeLines(waiting.splice(0), state, { ...options, lookEveryMs });
      state.told.delete('writing');
    } catch (error) {
      tellOnce('writing', error as Error, state, options);
    }
  };
  const close = () => {
    process.off('exit', flush);
    flush();
    letGo(state);
  };
  // Its failure shows when the file is opened.
  await makeDirectory(dirname(options.path)).catch(() => {});
  process.on('exit', flush);
  return {
    write: (line) => {
      // One write for all lines of a turn; at the end of the process the listener above does it.
      if (waiting.push(line) === 1) setImmediate(flush);
    },
    flush,
    close,
  };
}

type OpenFile = { readonly descriptor: number; readonly facts: Stats; size: number };

type State = {
  file: OpenFile | undefined;
  /** Not looked at, and not tried again, before this. */
  lookAt: number;
  /** Not put aside before this. */
  rotateAt: number;
  /** Lines that were not written and of which the file does not tell yet. */
  lost: number;
  /** What has been told and did not work since. */
  readonly told: Set<'writing' | 'rotating'>;
  /** Whether the last thing written was the beginning of a line. */
  isMidLine: boolean;
};

type Options = Omit<LogFileOptions, 'lookEveryMs'> & { readonly lookEveryMs: number };

function writeLines(lines: readonly string[], state: State, options: Options): void {
  const lostBefore = state.lost;
  state.lost += lines.length;
  const file = openedFile(state, options);
  if (lostBefore > 0) {
    writeWhole(Buffer.from(lossLine(lostBefore)), state);
    state.lost -= lostBefore;
  }
  for (const batch of batches(lines, file, options)) {
    const bytes = Buffer.from(batch.join(''));
    if (isTooMuch(bytes.length, state, options)) rotate(state, options);
    writeWhole(bytes, state);
    state.lost -= batch.length;
  }
}

function openedFile(state: State, { path, lookEveryMs }: Options): OpenFile {
  const now = performance.now();
  if (now >= state.lookAt) {
    state.lookAt = now + lookEveryMs;
    if (state.file !== undefined && !isInPlace(state.file, path)) letGo(state);
    state.file ??= open(path);
  }
  if (state.file === undefined) throw new Error(`${path} cannot be opened`);
  return state.file;
}

function tellOnce(what: 'writing' | 'rotating', error: Error, { told }: State, { onProblem }: LogFileOptions): void {
  if (!told.has(what)) onProblem(error);
  told.add(what);
}

function open(path: string): OpenFile {
  const descriptor = openSync(path, FLAGS, MODE);
  const facts = fstatSync(descriptor);
  return { descriptor, facts, size: facts.size };
}

function letGo(state: State): void {
  const { file } = state;
  state.file = undefined;
  if (file !== undefined) closeSync(file.descriptor);
}

function isInPlace({ facts }: OpenFile, path: string): boolean {
  const there = statSync(path, { throwIfNoEntry: false });
  return there?.ino === facts.ino && there.dev === facts.dev;
}

function lossLine(lost: number): string {
  const time = new Date().toISOString();
  return `${JSON.stringify({ level: 40, time, lines: lost, msg: 'lines of this log could not be written' })}\n`;
}

/** As many lines at a time as fit into the file, so that a file ends with a whole line. */
function batches(lines: readonly string[], file: OpenFile, { maxBytes }: Options): (readonly string[])[] {
  if (maxBytes === null) return [lines];
  const found: string[][] = [[]];
  let room = maxBytes - file.size;
  for (const line of lines) {
    const size = Buffer.byteLength(line);
    if (size > room && found.at(-1)?.length !== 0) {
      found.push([]);
      room = maxBytes;
    }
    found.at(-1)?.push(line);
    room -= size;
  }
  return found;
}

/** Devices and pipes have no size, and are nobody's to rename. */
function isTooMuch(bytes: number, { file, rotateAt }: State, { maxBytes }: Options): boolean {
  if (maxBytes === null || file === undefined || !file.facts.isFile()) return false;
  return file.size > 0 && file.size + bytes > maxBytes && performance.now() >= rotateAt;
}

/** If the files cannot be renamed the current one goes on: too large is better than lost. */
function rotate(state: State, options: Options): void {
  const { path, keep, lookEveryMs } = options;
  try {
    for (let number = keep - 1; number >= 1; number -= 1) renameIfThere(`${path}.${number}`, `${path}.${number + 1}`);
    if (keep > 0) renameIfThere(path, `${path}.1`);
    else rmSync(path, { force: true });
    const next = open(path);
    letGo(state);
    state.file = next;
    state.told.delete('rotating');
  } catch (error) {
    state.rotateAt = performance.now() + lookEveryMs;
    tellOnce('rotating', error as Error, state, options);
  }
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

function writeWhole(batch: Buffer, state: State): void {
  const { file } = state;
  if (file === undefined) return;
  const bytes = state.isMidLine ? Buffer.concat([Buffer.from('\n'), batch]) : batch;
  let written = 0;
  try {
    while (written < bytes.length) written += writeSync(file.descriptor, bytes, written);
  } finally {
    file.size += written;
    if (written > 0) state.isMidLine = written < bytes.length;
  }
}
