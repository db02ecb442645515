import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

/** Time a process group has to end by itself after SIGTERM, unless told otherwise. */
export const DEFAULT_GRACE_MS = 10_000;

/** How long the kernel may need to carry out SIGKILL; more only happens to a process that hangs in a system call. */
const KILL_WAIT_MS = 5_000;

const LAST_RESORT_WAIT_MS = 1_000;

const LONGEST_PAUSE_MS = 200;

/**
 * Ends every process of the group: SIGTERM, and SIGKILL for what is left after `graceMs`. Resolves once
 * none is left, whether or not the leader was there to begin with. Nothing happens for an empty group.
 * `lastResort` is another way to kill it (one that reaches further), which is tried before SIGKILL.
 */
export async function killGroup(
  pgid: number,
  { graceMs = DEFAULT_GRACE_MS, lastResort }: { graceMs?: number; lastResort?: () => void } = {},
): Promise<void> {
  if (!signalGroup(pgid, 'SIGTERM')) return;
  // A stopped process takes no SIGTERM until it goes on.
  signalGroup(pgid, 'SIGCONT');
  if (await isGroupGone(pgid, graceMs)) return;
  if (lastResort !== undefined) {
    lastResort();
    if (await isGroupGone(pgid, LAST_RESORT_WAIT_MS)) return;
  }
  signalGroup(pgid, 'SIGKILL');
  await isGroupGone(pgid, KILL_WAIT_MS);
}

/** Whether the group has a process that still runs; one that ended and was not waited for does not count. */
export function isGroupAlive(pgid: number): boolean {
  return signalGroup(pgid, 0) && hasRunningMember(pgid);
}

/** Sends `signal` to all of the group; false if there is none. */
function signalGroup(pgid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-pgid, signal);
  } catch (cause) {
    // EPERM: they are there, and belong to someone else.
    return (cause as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function isGroupGone(pgid: number, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  for (let pauseMs = 5; isGroupAlive(pgid); pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    const leftMs = deadline - Date.now();
    if (leftMs <= 0) return false;
    await wait(Math.min(pauseMs, leftMs));
  }
  return true;
}

/** In a container whose first process waits for nobody, zombies keep their group for ever. */
function hasRunningMember(pgid: number): boolean {
  try {
    return readdirSync('/proc').some((name) => /^\d+$/.test(name) && isRunningMember(name, pgid));
  } catch {
    return true;
  }
}

function isRunningMember(pid: string, pgid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name before the last parenthesis may hold anything; then come state, parent and group.
    const [state, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(group) === pgid && state !== 'Z' && state !== 'X';
  } catch {
    return false;
  }
}
