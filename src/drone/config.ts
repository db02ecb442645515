import { join } from 'node:path';
import { SwarmError } from '../core/errors.ts';
import { findPortage } from '../emerge/host.ts';
import { isSystem, type PortagePrefix } from '../emerge/prefix.ts';
import type { DroneLog } from './log.ts';
import { SILENT_LOG } from './log.ts';
import type { RetryPolicy } from './waiting.ts';

/** What a drone is told by its owner. Everything but the address, the name and Portage has a default. */
export type DroneConfig = {
  /** The control plane: `http://host:8100`. */
  readonly url: string;
  /** For people: a host name. Unique in the fleet. */
  readonly name: string;
  /** Who the drone is for ever. Default: the machine id, or one made once and kept in `stateDir`. */
  readonly id?: string;
  /** Shown to the control plane as it is; nothing is enrolled or kept. */
  readonly token?: string;
  /** Shown once, for a token of its own, which is kept in `stateDir`. */
  readonly joinToken?: string;
  /** The Portage that builds, and the root it installs dependencies into; the system's own unless given. */
  readonly prefix?: PortagePrefix;
  /** Journals, logs and results that are not delivered yet. */
  readonly stateDir?: string;
  /** Builds side by side; 1. */
  readonly slots?: number;
  /** Between two signs of life; 10 s. The control plane shows a drone offline after 30 s of silence. */
  readonly heartbeatMs?: number;
  /** How long a request for work may be held back by the control plane; 25 s. */
  readonly waitS?: number;
  /** Results that may lie here before the drone takes no more work; 8. */
  readonly spoolLimit?: number;
  /** Between two looks at a growing log; 1 s. */
  readonly logIntervalMs?: number;
  /** Between SIGTERM and SIGKILL for a build; 5 s. */
  readonly graceMs?: number;
  /** Time for handing back and delivering when the drone is stopped; 10 s. */
  readonly stopMs?: number;
  /** A build that takes longer is ended; no limit unless told. */
  readonly buildTimeoutMs?: number;
  /** A build without progress for longer is ended; no limit unless told. */
  readonly silentTimeoutMs?: number;
  /** Between two looks at the processes of a build, to see what they use and whether they get on; 2 s. */
  readonly lookMs?: number;
  /** Between two looks at the size of its build directory, at least; 30 s. */
  readonly diskMs?: number;
  readonly retry?: Partial<RetryPolicy>;
  readonly version?: string;
  readonly log?: DroneLog;
};

/** A configuration with nothing left open but who the drone is. */
export type DroneSettings = {
  readonly url: string;
  readonly name: string;
  readonly prefix: PortagePrefix;
  readonly stateDir: string;
  readonly slots: number;
  readonly heartbeatMs: number;
  readonly waitS: number;
  readonly spoolLimit: number;
  readonly logIntervalMs: number;
  readonly graceMs: number;
  readonly stopMs: number;
  readonly buildTimeoutMs: number | undefined;
  readonly silentTimeoutMs: number | undefined;
  readonly lookMs: number;
  readonly diskMs: number;
  readonly retry: RetryPolicy;
  readonly version: string;
  readonly log: DroneLog;
};

/** Fill in the defaults. Throws `PORTAGE_MISSING` when no prefix is given and the system has no Portage. */
export async function withDefaults(config: DroneConfig): Promise<DroneSettings> {
  const prefix = config.prefix ?? (await systemPrefix());
  return {
    url: config.url.replace(/\/+$/, ''),
    name: config.name,
    prefix,
    stateDir: config.stateDir ?? defaultStateDir(prefix),
    slots: config.slots ?? 1,
    heartbeatMs: config.heartbeatMs ?? 10_000,
    waitS: config.waitS ?? 25,
    spoolLimit: config.spoolLimit ?? 8,
    logIntervalMs: config.logIntervalMs ?? 1_000,
    graceMs: config.graceMs ?? 5_000,
    stopMs: config.stopMs ?? 10_000,
    buildTimeoutMs: config.buildTimeoutMs,
    silentTimeoutMs: config.silentTimeoutMs,
    lookMs: config.lookMs ?? 2_000,
    diskMs: config.diskMs ?? 30_000,
    retry: { firstMs: 250, capMs: 5_000, random: Math.random, ...config.retry },
    version: config.version ?? 'unknown',
    log: config.log ?? SILENT_LOG,
  };
}

async function systemPrefix(): Promise<PortagePrefix> {
  const host = await findPortage({ env: process.env, onProgress: () => {} });
  if (host.kind === 'system') return { dir: '', host };
  throw new SwarmError('PORTAGE_MISSING', 'this is no Gentoo system: a drone needs a Portage prefix here');
}

function defaultStateDir(prefix: PortagePrefix): string {
  return join(isSystem(prefix) ? '/' : prefix.dir, 'var', 'lib', 'build-swarm', 'drone');
}
