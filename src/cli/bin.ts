#!/usr/bin/env node
import { readFailure } from './output/failure.ts';
import { run } from './program.ts';

// A reader that has seen enough (`| head`) is no failure; a command that runs on is asked to stop.
process.stdout.once('error', endQuietly);
process.once('uncaughtException', end);
process.once('unhandledRejection', end);

run(process.argv.slice(2)).then((exitCode) => process.exit(exitCode), end);

function end(error: unknown): void {
  const { text, exitCode } = readFailure(error);
  process.stderr.write(`${text}\n`);
  process.exit(exitCode);
}

function endQuietly(): void {
  process.stdout.on('error', () => {});
  if (process.listenerCount('SIGTERM') === 0) process.exit(0);
  process.emit('SIGTERM');
}
