import { destination, type Logger, pino } from 'pino';

export type { Logger } from 'pino';

/**
 * Structured log lines (JSON) on standard error, each written before the call returns, so that the last
 * words of a process that dies are there. What nobody reads any more is dropped.
 */
export function createLogger(level: 'debug' | 'info' | 'warn' | 'error' = 'info'): Logger {
  const stderr = destination({ dest: 2, sync: true });
  stderr.on('error', () => {});
  return pino({ level, base: null, timestamp: () => `,"time":"${new Date().toISOString()}"` }, stderr);
}
