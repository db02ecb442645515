import { setTimeout as timer } from 'node:timers/promises';
import { diskSpace } from '../platform/disk-space.ts';
import { findBuildDirectory, sizeOfDirectory } from './build-directory.ts';
import { countMemoryKills, type MemoryKills } from './memory-kills.ts';
import { createNovelty } from './novelty.ts';
import { useOfTree } from './process-tree.ts';
import { createStillness } from './stillness.ts';

/** What was measured of a build; null where there was no time or no way to look. */
export type Measures = {
  readonly peakMemoryMb: number | null;
  readonly diskMb: number | null;
  readonly cpuS: number | null;
  /** The least room there was where it builds. */
  readonly leastDiskMb: number | null;
  /** Processes that the kernel killed meanwhile for want of memory. */
  readonly memoryKills: number;
};

/** How a build gets on. */
export type Glance = {
  /** For how long it has made no progress. */
  readonly stillMs: number;
  /** What its processes have. */
  readonly memoryMb: number;
};

export type BuildWatch = {
  /** What the build prints. */
  readonly hear: (piece: Buffer) => void;
  /** Look at the leader of its processes from now on. */
  readonly begin: (pid: number) => void;
  /** Look at the build directory soon: it is about to be removed. */
  readonly lookNow: () => void;
  /** Aborted when the build has made no progress for too long. */
  readonly silence: AbortSignal;
  readonly stop: () => Promise<Measures>;
};

export type WatchOptions = {
  /** Name and version, as Portage calls the build directory; undefined where there is none to look at. */
  readonly pf: string | undefined;
  /** How long it may be without progress; no limit when undefined. */
  readonly silentMs: number | undefined;
  /** Between two looks at the processes. */
  readonly lookMs: number;
  /** Between two looks at the build directory, at least; a large one is looked at less often. */
  readonly diskMs: number;
  readonly onLook: (glance: Glance) => void;
};

/** A look at the build directory may take this share of the time. */
const DISK_SHARE = 0.05;

const MB = 1024 * 1024;

/** Watches one run of emerge: what it uses, and whether it gets on. Throws nothing. */
export async function startBuildWatch(options: WatchOptions): Promise<BuildWatch> {
  const kills = await countMemoryKills();
  const novelty = createNovelty();
  const said = { isNew: false };
  const [ended, silent] = [new AbortController(), new AbortController()];
  const sample = createSample();
  const disk = createDiskMeter(options, ended.signal);
  const still = createStillness();
  const look = async (pid: number, times: { readonly elapsedMs: number; readonly dueMs: number }) => {
    const { cpuMs, pids, memoryBytes } = await sample.take(pid);
    const hasGrown = await disk.look(pids);
    const stillMs = still({ ...times, saidNew: said.isNew, repeatedLines: novelty.repeated(), cpuMs, hasGrown });
    said.isNew = false;
    options.onLook({ stillMs, memoryMb: megabytes(memoryBytes) ?? 0 });
    if (options.silentMs !== undefined && stillMs > options.silentMs) silent.abort();
  };
  let looking = Promise.resolve();
  return {
    hear: (piece) => {
      said.isNew = novelty.push(piece) || said.isNew;
    },
    begin: (pid) => {
      looking = lookOften(options.lookMs, ended.signal, (times) => look(pid, times));
    },
    lookNow: disk.hurry,
    silence: silent.signal,
    stop: async () => {
      ended.abort();
      await looking;
      return measures(sample.peak(), await disk.end(), kills);
    },
  };
}

/** Looking may take this share of one processor. */
const LOOK_SHARE = 0.05;

/** The first look is soon, since many builds are short. */
async function lookOften(
  lookMs: number,
  signal: AbortSignal,
  look: (times: { readonly elapsedMs: number; readonly dueMs: number }) => Promise<void>,
): Promise<void> {
  let before = performance.now();
  for (let dueMs = Math.min(lookMs, 200); ; ) {
    await timer(dueMs, undefined, { signal, ref: false }).catch(() => undefined);
    if (signal.aborted) return;
    const now = performance.now();
    await look({ elapsedMs: now - before, dueMs });
    before = now;
    dueMs = Math.max(lookMs, (performance.now() - now) / LOOK_SHARE);
  }
}

type Peak = { readonly memoryBytes: number; readonly cpuMs: number } | undefined;

function createSample() {
  let peak: Peak;
  let reading = 0;
  return {
    /** What it uses now; the processor time is that since the last time. */
    take: async (pid: number) => {
      const now = await useOfTree(pid);
      // The time of a process that nobody waited for is lost: the reading falls, and goes on from there.
      const cpuMs = Math.max(0, now.cpuMs - reading);
      reading = now.cpuMs;
      if (now.pids.length > 0) {
        const before = peak ?? { memoryBytes: 0, cpuMs: 0 };
        peak = { memoryBytes: Math.max(before.memoryBytes, now.memoryBytes), cpuMs: before.cpuMs + cpuMs };
      }
      return { pids: now.pids, cpuMs, memoryBytes: now.memoryBytes };
    },
    peak: () => peak,
  };
}

function createDiskMeter({ pf, diskMs }: WatchOptions, signal: AbortSignal) {
  const state: { path?: string | undefined; bytes?: number; leastFree?: number; grown: boolean; notBefore: number } = {
    ...{ grown: false, notBefore: performance.now() + diskMs },
  };
  let measuring: Promise<void> | undefined;
  const measure = async (path: string) => {
    const startedAt = performance.now();
    const bytes = await sizeOfDirectory(path, signal);
    const tookMs = performance.now() - startedAt;
    state.notBefore = performance.now() + Math.max(diskMs, tookMs / DISK_SHARE);
    if (bytes === undefined || signal.aborted) return;
    state.grown ||= state.bytes !== undefined && bytes > state.bytes;
    state.bytes = Math.max(state.bytes ?? 0, bytes);
  };
  return {
    /** Whether it has grown since the last time somebody asked. Does not wait for a look that takes long. */
    look: async (pids: readonly number[]): Promise<boolean> => {
      if (pf === undefined) return false;
      state.path ??= await findBuildDirectory(pids, pf);
      if (state.path === undefined) return false;
      const free = await diskSpace(state.path).catch(() => undefined);
      if (free !== undefined) state.leastFree = Math.min(state.leastFree ?? free.freeBytes, free.freeBytes);
      if (measuring === undefined && performance.now() >= state.notBefore) {
        measuring = measure(state.path).finally(() => {
          measuring = undefined;
        });
      }
      const hasGrown = state.grown;
      state.grown = false;
      return hasGrown;
    },
    hurry: () => {
      state.notBefore = 0;
    },
    end: async () => {
      await measuring;
      return state;
    },
  };
}

async function measures(
  peak: Peak,
  disk: { readonly bytes?: number; readonly leastFree?: number },
  kills: MemoryKills,
): Promise<Measures> {
  return {
    peakMemoryMb: megabytes(peak?.memoryBytes),
    cpuS: peak === undefined ? null : peak.cpuMs / 1000,
    diskMb: megabytes(disk.bytes),
    leastDiskMb: megabytes(disk.leastFree),
    memoryKills: await kills(),
  };
}

function megabytes(bytes: number | undefined): number | null {
  return bytes === undefined ? null : Math.round((bytes / MB) * 10) / 10;
}
