import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { DroneConfig } from '../drone/config.ts';
import type { DroneLog } from '../drone/log.ts';
import { createBell } from '../drone/waiting.ts';
import {
  type FakeAttempt,
  type FakeControlPlane,
  type FakeRunning,
  startFakeControlPlane,
} from './fake-control-plane.ts';

const FAKE_PORTAGE = fileURLToPath(new URL('../../test/fixtures/fake-portage/bin', import.meta.url));
const DRONE_PROCESS = fileURLToPath(new URL('drone-process.ts', import.meta.url));

/** A fresh prefix with the fake emerge, a fake control plane, and what a test wants to know of both. */
export type DroneWorld = {
  readonly plane: FakeControlPlane;
  readonly prefixDir: string;
  readonly stateDir: string;
  /** For a drone that loses no time. Plain data, but for what the test adds. */
  readonly config: DroneConfig;
  /** What emerge was asked for: `install =a/b-1`, `build =c/d-2`. */
  runs(): Promise<string[]>;
  /** Make the pipe on which the build of a package `gated…` waits; the answer lets it go on. */
  gate(name: string): Promise<() => Promise<void>>;
  /** Binary packages of attempts that are not forgotten yet. */
  packageFiles(): Promise<string[]>;
  /** What the drone has not forgotten yet. */
  spooled(): Promise<string[]>;
  /** Processes that emerge or anything below it left running. */
  leftRunning(): Promise<number[]>;
  /** A drone as a process of its own, which may die at a fault point. */
  spawnDrone(fault?: string): ChildProcess;
  readonly close: () => Promise<void>;
};

export async function droneWorld(more: Partial<DroneConfig> = {}): Promise<DroneWorld> {
  const prefixDir = await mkdtemp(join(tmpdir(), 'drone-'));
  const fake = join(prefixDir, 'fake');
  await mkdir(fake);
  const plane = await startFakeControlPlane();
  const stateDir = join(prefixDir, 'state');
  const config: DroneConfig = {
    url: plane.url,
    name: 'anvil',
    id: 'anvil-id',
    stateDir,
    waitS: 1,
    heartbeatMs: 50,
    logIntervalMs: 20,
    graceMs: 500,
    version: '3.2.0',
    retry: {
      firstMs: 10,
      capMs: 50,
    },
    prefix: {
      dir: prefixDir,
      host: {
        kind: 'virtualenv',
        python: 'python3',
        binDir: FAKE_PORTAGE,
        version: '3.0.82',
      },
    },
    ...more,
  };
  const mark = `PORTAGE_OVERRIDE_EPREFIX=${prefixDir}`;
  const children: ChildProcess[] = [];
  return {
    plane,
    prefixDir,
    stateDir,
    config,
    runs: async () => lines(await readFile(join(fake, 'runs'), 'utf8').catch(() => '')),
    gate: async (name) => {
      const path = join(fake, `gate-${name}`);
      await promisify(execFile)('mkfifo', [path]);
      return () => writeFile(path, 'go\n');
    },
    packageFiles: async () => {
      const names = await readdir(join(stateDir, 'attempts'), { recursive: true }).catch(() => []);
      return names.filter((name) => name.endsWith('.gpkg.tar'));
    },
    spooled: () => readdir(join(stateDir, 'attempts')),
    leftRunning: () => processesWith(mark),
    spawnDrone: (fault) => {
      const env = {
        ...process.env,
        ...(fault === undefined ? {} : { BUILD_SWARM_FAULT: fault }),
      };
      const child = spawn(process.execPath, ['--import', 'tsx', DRONE_PROCESS, JSON.stringify(config)], {
        env,
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      children.push(child);
      return child;
    },
    close: async () => {
      await Promise.all(children.map(ended));
      await plane.goAway();
      // Only a test that failed leaves any.
      for (const pid of await processesWith(mark)) process.kill(pid, 'SIGKILL');
      await rm(prefixDir, {
        recursive: true,
        force: true,
      });
    },
  };
}

/** Resolves with an attempt once it was reported. */
export function reported({ plane }: DroneWorld, attempt: number): Promise<FakeAttempt> {
  return plane.when(() => {
    const one = plane.attempts.get(attempt);
    return one !== undefined && one.reports.length > 0 && one;
  });
}

/** Resolves when the drone says that it compiles for these attempts, with all that it says it works on. */
export function compiling({ plane }: DroneWorld, ...attempts: number[]): Promise<readonly FakeRunning[]> {
  return plane.when(() => {
    const running = plane.registrations.at(-1)?.running ?? [];
    return attempts.every((id) => running.some((one) => one.attempt === id && one.phase === 'compile')) && running;
  });
}

/** A log of the drone that can be waited for. */
export function createDiary(): { readonly log: DroneLog; readonly has: (message: string) => Promise<void> } {
  const written = new Set<string>();
  const bell = createBell();
  const write = (_: unknown, message: string) => {
    written.add(message);
    bell.ring();
  };
  const { signal } = new AbortController();
  return {
    log: { info: write, warn: write, error: write },
    has: async (message) => {
      while (!written.has(message)) await bell.next(signal);
    },
  };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

async function processesWith(line: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const environ = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '');
      return environ.split('\0').includes(line) ? Number(pid) : undefined;
    }),
  );
  return found.filter((pid) => pid !== undefined);
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}
