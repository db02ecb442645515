import { readdir, readFile } from 'node:fs/promises';
import { killGroup } from '../platform/process-group.ts';

/** A process that cannot be mistaken for a later one with the same number. */
export type ProcessIdentity = {
  readonly pid: number;
  /** Clock ticks from the start of the machine to that of the process: field 22 of /proc/PID/stat. */
  readonly startTime: string;
  /** Which start of the machine. */
  readonly bootId: string;
};

/** Set for every build, so that what it left behind can be told from what is none of our business. */
export const BUILD_MARK = 'BUILD_SWARM_ATTEMPT';

/** Who `pid` is; undefined if there is no such process. */
export async function identityOf(pid: number): Promise<ProcessIdentity | undefined> {
  const stat = await statOf(pid);
  return stat === undefined ? undefined : { pid, startTime: stat.startTime, bootId: await bootId() };
}

/** Whether exactly this process still exists. */
export async function isStillThere(process: ProcessIdentity): Promise<boolean> {
  const now = await identityOf(process.pid);
  return now?.startTime === process.startTime && now.bootId === process.bootId;
}

/**
 * Ends what is left of the process group that `leader` was given when the drone before this one died.
 * Says whether there was anything. A stranger that has got the number since is left alone.
 */
export async function endLeftOver(leader: ProcessIdentity, graceMs: number): Promise<boolean> {
  if (!(await isOurs(leader))) return false;
  await killGroup(leader.pid, { graceMs });
  return true;
}

async function isOurs(leader: ProcessIdentity): Promise<boolean> {
  if ((await bootId()) !== leader.bootId) return false;
  const now = await identityOf(leader.pid);
  if (now !== undefined) return now.startTime === leader.startTime;
  // Without its leader a group has no start time to compare. Daemons live in such groups, too.
  return (await membersOf(leader.pid)).some((member) => member.isBuild);
}

type Member = { readonly pid: number; readonly isBuild: boolean };

async function membersOf(pgid: number): Promise<Member[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const stats = await Promise.all(pids.map(async (pid) => ({ pid, stat: await statOf(pid) })));
  const members = stats.filter(({ stat }) => stat?.group === pgid);
  return Promise.all(members.map(async ({ pid }) => ({ pid, isBuild: await isBuild(pid) })));
}

/** Portage takes our mark out of the environment of an ebuild's phases, and puts this in. */
async function isBuild(pid: number): Promise<boolean> {
  const environ = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '');
  return environ.split('\0').some((line) => line.startsWith(`${BUILD_MARK}=`) || line.startsWith('PORTAGE_BUILDDIR='));
}

async function statOf(pid: number): Promise<{ startTime: string; group: number } | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (stat === undefined) return undefined;
  // The name in parentheses may hold anything; after it comes field 3.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { startTime: fields[22 - 3] ?? '', group: Number(fields[5 - 3]) };
}

async function bootId(): Promise<string> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '')).trim();
}
