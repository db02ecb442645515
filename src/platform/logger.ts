import { destination, type Logger, pino } from 'pino';
import { humanLine } from './human-line.ts';
import { type LogFile, openLogFile } from './log-file.ts';

export type { Logger } from 'pino';

type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export type LogSettings = {
  readonly level: LogLevel;
  /** Beside standard error; null writes none. */
  readonly file: string | null;
  readonly maxBytes: number | null;
  readonly keep: number;
};

/** A log with an end. */
export type Log = {
  readonly logger: Logger;
  /** Write what waits and close the file; lines after it go to standard error only. */
  close(): void;
};

/**
 * Structured log lines (JSON) on standard error, each written before the call returns, so that the last
 * words of a process that dies are there. What nobody reads any more is dropped.
 */
export function createLogger(level: LogLevel = 'info'): Logger {
  return loggerTo(standardError(), level);
}

/**
 * As `createLogger`, and into a file that is put aside when it is large. On a terminal lines are for people.
 * A file that cannot be written is told once on standard error and never stops the program.
 */
export async function openLog({ level, file, maxBytes, keep }: LogSettings): Promise<Log> {
  const stderr = process.stderr.isTTY === true ? forPeople(standardError()) : standardError();
  if (file === null) return { logger: loggerTo(stderr, level), close: () => {} };
  const onStderr = loggerTo(stderr, level);
  const onProblem = (err: Error) => onStderr.warn({ err, file }, 'the log file cannot be written; going on without it');
  const logFile = await openLogFile({ path: file, maxBytes, keep, onProblem });
  return alsoInto(logFile, stderr, level);
}

type Sink = { write(line: string): void };

function standardError(): Sink {
  const stderr = destination({ dest: 2, sync: true });
  stderr.on('error', () => {});
  return stderr;
}

function forPeople(sink: Sink): Sink {
  return { write: (line) => sink.write(humanLine(line)) };
}

function loggerTo(sink: Sink, level: LogLevel): Logger {
  return pino({ level, base: null, timestamp: () => `,"time":"${new Date().toISOString()}"` }, sink);
}

function alsoInto(file: LogFile, stderr: Sink, level: LogLevel): Log {
  let isOpen = true;
  const write = (line: string) => {
    stderr.write(line);
    if (isOpen) file.write(line);
  };
  const close = () => {
    isOpen = false;
    file.close();
  };
  return { logger: loggerTo({ write }, level), close };
}
