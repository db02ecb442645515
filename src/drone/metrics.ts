import { readFile } from 'node:fs/promises';
import { cpus, freemem, loadavg, totalmem } from 'node:os';
import { diskSpace } from '../platform/disk-space.ts';

/** How busy the machine is, in percent of all of it. */
export type Metrics = {
  readonly cpu_percent: number;
  readonly ram_percent: number;
  readonly load_1m: number;
  /** What a new build could have; left out where it cannot be told. */
  readonly memory_free_mb?: number;
  readonly disk_free_mb?: number;
};

/** Processor time since the start of the machine, all cores together. */
export type CpuTime = { readonly busyMs: number; readonly totalMs: number };

/** Gives the metrics; the processor's share is that of the time since the last call. `buildDir` is where it builds. */
export function createMeter(buildDir: string): () => Promise<Metrics> {
  let before = cpuTime();
  return async () => {
    const now = cpuTime();
    const cpu_percent = cpuPercent(before, now);
    before = now;
    const meminfo = await readFile('/proc/meminfo', 'utf8').catch(() => '');
    return {
      cpu_percent,
      ram_percent: ramPercentIn(meminfo) ?? percent(1 - freemem() / totalmem()),
      load_1m: loadavg()[0] ?? 0,
      ...(await roomIn(meminfo, buildDir)),
    };
  };
}

/** The busy share of the time between two readings, 0 if none has passed. */
export function cpuPercent(before: CpuTime, now: CpuTime): number {
  const totalMs = now.totalMs - before.totalMs;
  return totalMs <= 0 ? 0 : percent((now.busyMs - before.busyMs) / totalMs);
}

/** The share of memory that a new program could not have, by the text of /proc/meminfo. */
export function ramPercentIn(meminfo: string): number | undefined {
  const total = kilobytes(meminfo, 'MemTotal');
  const available = kilobytes(meminfo, 'MemAvailable');
  return total === undefined || available === undefined ? undefined : percent(1 - available / total);
}

function cpuTime(): CpuTime {
  const times = cpus().map((cpu) => cpu.times);
  const totalMs = sum(times.map((time) => time.user + time.nice + time.sys + time.idle + time.irq));
  return { totalMs, busyMs: totalMs - sum(times.map((time) => time.idle)) };
}

/** Memory that holds files can be had at any time; what Node calls free does not count it. */
async function roomIn(meminfo: string, buildDir: string): Promise<Pick<Metrics, 'memory_free_mb' | 'disk_free_mb'>> {
  const memory = kilobytes(meminfo, 'MemAvailable');
  const disk = await diskSpace(buildDir).catch(() => undefined);
  return {
    ...(memory === undefined ? {} : { memory_free_mb: Math.round(memory / 1024) }),
    ...(disk === undefined ? {} : { disk_free_mb: Math.round(disk.freeBytes / 2 ** 20) }),
  };
}

function kilobytes(meminfo: string, name: string): number | undefined {
  const match = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(meminfo);
  return match === null ? undefined : Number(match[1]);
}

function percent(share: number): number {
  return Math.round(Math.min(1, Math.max(0, share)) * 1000) / 10;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
