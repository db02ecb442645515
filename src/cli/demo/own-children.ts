import { readdirSync, readFileSync } from 'node:fs';
import { killGroup } from '../../platform/process-group.ts';

/** Politeness towards installers and emerges: time between SIGTERM and SIGKILL. */
const GRACE_MS = 3_000;

/** Ends whatever this process has started and that still runs, each with its process group. */
export async function endOwnChildren(): Promise<void> {
  for (let children = ownChildren(); children.length > 0; children = ownChildren()) {
    await Promise.all(children.map((pid) => killGroup(pid, { graceMs: GRACE_MS })));
    // One that shares our group is not the leader of its own.
    for (const pid of ownChildren()) kill(pid);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** As `endOwnChildren`, at once, for the moment in which the process ends. */
export function killOwnChildren(): void {
  for (const pid of ownChildren()) {
    kill(-pid);
    kill(pid);
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

function ownChildren(): number[] {
  const names = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return names.filter(isOwnChild).map(Number);
}

function isOwnChild(pid: string): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(parent) === process.pid && state !== 'Z' && state !== 'X';
  } catch {
    return false;
  }
}
