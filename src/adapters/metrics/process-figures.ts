import { readdir } from 'node:fs/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Sample } from './registry.ts';

/** What the program itself uses. */
export type ProcessFigures = {
  readonly cpu: () => Sample[];
  readonly residentMemory: () => Sample[];
  readonly heap: () => Sample[];
  readonly openFiles: () => Promise<Sample[]>;
  readonly startTime: () => Sample[];
  readonly loopLag: () => Sample[];
  readonly close: () => void;
};

/** So often the event loop is looked at; it wakes up a sleeping program. */
const RESOLUTION_MS = 50;
const NANOSECONDS = 1e9;
const MICROSECONDS = 1e6;

export function watchProcess(): ProcessFigures {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
  const startedAt = Date.now() / 1000 - process.uptime();
  return {
    cpu: () => {
      const { user, system } = process.cpuUsage();
      return [
        { labels: { mode: 'user' }, value: user / MICROSECONDS },
        { labels: { mode: 'system' }, value: system / MICROSECONDS },
      ];
    },
    residentMemory: () => [{ value: process.memoryUsage.rss() }],
    heap: () => [{ value: process.memoryUsage().heapUsed }],
    openFiles: async () => [{ value: await openFiles() }],
    startTime: () => [{ value: startedAt }],
    loopLag: () => {
      const late = (nanoseconds: number) => Math.max(0, nanoseconds / NANOSECONDS - RESOLUTION_MS / 1000) || 0;
      const samples = [
        { labels: { quantile: 'mean' }, value: late(delays.mean) },
        { labels: { quantile: '0.99' }, value: late(delays.percentile(99)) },
        { labels: { quantile: 'max' }, value: late(delays.max) },
      ];
      delays.reset();
      return samples;
    },
    close: () => void delays.disable(),
  };
}

async function openFiles(): Promise<number> {
  try {
    return (await readdir('/proc/self/fd')).length;
  } catch {
    return 0;
  }
}
