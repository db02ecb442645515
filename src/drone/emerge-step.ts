import { open, stat } from 'node:fs/promises';
import type { AttemptId } from '../core/ids.ts';
import { isSystem, portageCommand, prefixEnv } from '../emerge/prefix.ts';
import { type ProcessResult, type RunningProcess, startProcess } from '../platform/process.ts';
import type { OutputSinks } from '../platform/process-output.ts';
import { createBuildOutputParser } from '../portage/emerge-output.ts';
import { causeOf } from '../portage/failure-cause.ts';
import type { DroneSettings } from './config.ts';
import type { BuildOrder } from './emerge-commands.ts';
import { BUILD_MARK } from './process-identity.ts';
import type { Cause } from './report.ts';

export type EmergeStep = {
  readonly settings: DroneSettings;
  readonly attempt: AttemptId;
  readonly order: BuildOrder;
  readonly step: 'dependencies' | 'build';
  readonly args: readonly string[];
  /** PKGDIR of this attempt. */
  readonly pkgDir: string;
  /** What emerge prints is added to it. */
  readonly logFile: string;
  readonly now: () => number;
  readonly signal: AbortSignal;
  readonly onPhase: (phase: string) => void;
  readonly onCompiling: () => void;
  readonly onProcess: (pid: number) => Promise<void>;
};

export type StepEnd =
  | { readonly kind: 'done'; readonly durationS: number }
  | { readonly kind: 'failed'; readonly cause: Cause; readonly durationS: number }
  | { readonly kind: 'ended' };

/** Runs one emerge in a process group that dies with the drone, and tells why it failed if it did. */
export async function runEmerge(step: EmergeStep): Promise<StepEnd> {
  if (step.signal.aborted) return { kind: 'ended' };
  const startedAtMs = step.now();
  const logStart = await sizeOf(step.logFile);
  const result = await run(step);
  const durationS = Math.max(0, (step.now() - startedAtMs) / 1000);
  if (result.aborted) return { kind: 'ended' };
  if (result.exitCode === 0) return { kind: 'done', durationS };
  return { kind: 'failed', cause: causeIn(await textFrom(step.logFile, logStart), step, result), durationS };
}

async function run(step: EmergeStep): Promise<ProcessResult> {
  const { settings, signal, logFile } = step;
  const { prefix } = settings;
  const listen = phaseListener(step);
  let isNoted = Promise.resolve();
  const running = await startProcess({
    command: portageCommand(prefix, 'emerge'),
    args: step.args,
    env: environment(step),
    logFile,
    signal,
    graceMs: settings.graceMs,
    guard: { python: prefix.host.python },
    timeoutMs: settings.buildTimeoutMs,
    silentTimeoutMs: settings.silentTimeoutMs,
    onData: async (chunk, stream) => {
      // Whoever hears of a build finds it in the journal.
      await isNoted;
      await listen?.(chunk, stream);
    },
  });
  isNoted = noted(step, running);
  const [, result] = await Promise.all([isNoted, running.done]);
  return result;
}

/** A build that nobody would end after a crash must not go on. */
async function noted(step: EmergeStep, running: RunningProcess): Promise<void> {
  try {
    await step.onProcess(running.pid);
  } catch (error) {
    await running.kill();
    throw error;
  }
}

/**
 * Each attempt has a PKGDIR of its own. In a shared one an emerge may choose a package that another attempt
 * has just made there, and find it gone when it wants to install it: "Tried to use non-existent binary".
 */
function environment({ settings, attempt, order, pkgDir }: EmergeStep): Record<string, string> {
  const env = { ...prefixEnv(settings.prefix), PKGDIR: pkgDir, [BUILD_MARK]: String(attempt) };
  // A prefix names the swarm's binhost in its own settings; the machine's settings are not ours to change.
  return isSystem(settings.prefix) ? { ...env, PORTAGE_BINHOST: `${settings.url}${order.binhost}` } : env;
}

/** Ebuild phases in which work is being done that is lost when the drone dies. */
const WORKING_PHASES: ReadonlySet<string> = new Set(['unpack', 'prepare', 'configure', 'compile', 'test', 'install']);

/** The output of an installation tells the phases of other packages; they are no business of this one. */
function phaseListener({ step, onPhase, onCompiling }: EmergeStep): OutputSinks['onData'] {
  if (step !== 'build') return undefined;
  const parser = createBuildOutputParser();
  return (chunk, stream) => {
    for (const event of stream === 'stdout' ? parser.push(chunk) : []) {
      if (event.kind !== 'phase') continue;
      onPhase(event.phase);
      if (WORKING_PHASES.has(event.phase)) onCompiling();
    }
  };
}

function causeIn(text: string, { step }: EmergeStep, result: ProcessResult): Cause {
  const { exitCode, signal, timedOut, wentSilent } = result;
  const cause = causeOf(text, { exitCode, signal, step, timedOut, silent: wentSilent });
  return step === 'dependencies' ? { ...cause, phase: 'dependencies' } : cause;
}

/** As much of the end of a log as is searched for a reason: what matters is seldom far from the end. */
const TAIL_BYTES = 512 * 1024;

async function textFrom(path: string, start: number): Promise<string> {
  const end = await sizeOf(path);
  const from = Math.max(start, end - TAIL_BYTES);
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) return '';
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(end - from), 0, end - from, from);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}
