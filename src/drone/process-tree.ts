import { readdir, readFile } from 'node:fs/promises';

/** What a process and all it started use. */
export type TreeUse = {
  readonly pids: readonly number[];
  /** Processor time, that of ended children included. */
  readonly cpuMs: number;
  /** Memory that is theirs alone: resident, without what lies in files and can be read again. */
  readonly memoryBytes: number;
};

/** What /proc/PID/stat says of a process. */
export type ProcessStat = {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly cpuMs: number;
};

/**
 * Looks at the process tree of `leader`: its descendants and the members of its group, for what loses its
 * parent stays in the group, and what leaves the group (a sandbox does) keeps its parent. Processes that end
 * meanwhile count as nothing.
 */
export async function useOfTree(leader: number): Promise<TreeUse> {
  const names = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const stats = await Promise.all(names.map(async (name) => parseStat(await textOf(`/proc/${name}/stat`))));
  const members = treeOf(
    leader,
    stats.filter((stat) => stat !== undefined),
  );
  const pages = await Promise.all(members.map(async ({ pid }) => ownPages(await textOf(`/proc/${pid}/statm`))));
  return {
    pids: members.map(({ pid }) => pid),
    cpuMs: members.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
    memoryBytes: pages.reduce((sum, each) => sum + each, 0) * (await pageBytes()),
  };
}

/** The members of the tree among `processes`. */
export function treeOf(leader: number, processes: readonly ProcessStat[]): ProcessStat[] {
  const byParent = new Map<number, ProcessStat[]>();
  for (const each of processes) byParent.set(each.parent, [...(byParent.get(each.parent) ?? []), each]);
  const found = new Map<number, ProcessStat>();
  const queue = processes.filter(({ pid, group }) => pid === leader || group === leader);
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (found.has(next.pid)) continue;
    found.set(next.pid, next);
    queue.push(...(byParent.get(next.pid) ?? []));
  }
  return [...found.values()];
}

/** The kernel counts in hundredths of a second for every program, whatever it uses inside (USER_HZ). */
const TICK_MS = 10;

/** Undefined for a text that is none, as of a process that has just ended. */
export function parseStat(text: string): ProcessStat | undefined {
  // The name in parentheses may hold anything; after it comes field 3.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const field = (number: number) => Number(fields[number - 3] ?? Number.NaN);
  const pid = Number.parseInt(text, 10);
  // Its own time in user and kernel mode, and that of children that ended and were waited for.
  const ticks = field(14) + field(15) + field(16) + field(17);
  return Number.isNaN(pid + ticks) ? undefined : { pid, parent: field(4), group: field(5), cpuMs: ticks * TICK_MS };
}

/** What this process has, in pages and in bytes, tells how large a page is; it may have changed in between. */
async function pageBytes(): Promise<number> {
  const [, resident = 0] = (await textOf('/proc/self/statm')).split(' ').map(Number);
  return resident === 0 ? 0 : 2 ** Math.round(Math.log2(process.memoryUsage.rss() / resident));
}

/** Of /proc/PID/statm: all pages, those resident, those of them that lie in files or are shared. */
function ownPages(text: string): number {
  const [, resident = 0, shared = 0] = text.split(' ').map(Number);
  return Math.max(0, resident - shared);
}

function textOf(path: string): Promise<string> {
  return readFile(path, 'latin1').catch(() => '');
}
