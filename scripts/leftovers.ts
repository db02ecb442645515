import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A process that outlived the tests. */
export type Leftover = { readonly pid: number; readonly command: string };

/**
 * Every process that a run of the tests left behind: it carries the run's directory in its environment, works
 * in it, or names it in its command. Empty where there is no /proc.
 */
export function findLeftovers(runDirectory: string): Leftover[] {
  return processIds()
    .filter((pid) => pid !== process.pid && belongsTo(pid, runDirectory))
    .map((pid) => ({ pid, command: readProc(pid, 'cmdline').replaceAll('\0', ' ').trim() || '(no command)' }));
}

/** End what is left, at once: nothing is owed to a process that nobody waits for. */
export function endLeftovers(leftovers: readonly Leftover[]): void {
  for (const { pid } of leftovers) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself in the meantime.
    }
  }
}

function processIds(): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

function belongsTo(pid: number, runDirectory: string): boolean {
  const traces = [readProc(pid, 'environ'), readProc(pid, 'cmdline'), workingDirectory(pid)];
  return !isZombie(pid) && traces.some((trace) => trace.includes(runDirectory));
}

/** A zombie has ended; only its parent has not asked for its status yet. */
function isZombie(pid: number): boolean {
  return /\) Z /.test(readProc(pid, 'stat'));
}

function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

function workingDirectory(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return '';
  }
}
