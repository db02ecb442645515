import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { AttemptId } from '../core/ids.ts';
import { isSystem, portageCommand, prefixEnv } from '../emerge/prefix.ts';
import { type ProcessResult, type RunningProcess, startProcess } from '../platform/process.ts';
import type { OutputSinks } from '../platform/process-output.ts';
import { parseAtom } from '../portage/atom.ts';
import { createBuildOutputParser } from '../portage/emerge-output.ts';
import { causeOf } from '../portage/failure-cause.ts';
import { createLogDigest, type LogLine } from '../portage/log-digest.ts';
import { type BuildWatch, type Glance, type Measures, startBuildWatch } from './build-watch.ts';
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
  readonly onLook: (glance: Glance) => void;
};

export type StepEnd =
  | { readonly kind: 'done'; readonly durationS: number; readonly measures: Measures }
  | { readonly kind: 'failed'; readonly cause: Cause; readonly durationS: number; readonly measures: Measures }
  | { readonly kind: 'ended' };

/** Runs one emerge in a process group that dies with the drone, and tells why it failed if it did. */
export async function runEmerge(step: EmergeStep): Promise<StepEnd> {
  if (step.signal.aborted) return { kind: 'ended' };
  const startedAtMs = step.now();
  const logStart = await sizeOf(step.logFile);
  const { lookMs, diskMs } = step.settings;
  const { silentMs } = limitsOf(step);
  const watch = await startBuildWatch({ lookMs, diskMs, silentMs, pf: directoryName(step), onLook: step.onLook });
  const result = await run(step, watch).catch(async (error: unknown) => {
    await watch.stop();
    throw error;
  });
  const measures = await watch.stop();
  const durationS = Math.max(0, (step.now() - startedAtMs) / 1000);
  if (step.signal.aborted && result.aborted) return { kind: 'ended' };
  if (result.exitCode === 0) return { kind: 'done', durationS, measures };
  const wentSilent = result.aborted && watch.silence.aborted;
  const cause = causeIn(await digestFrom(step.logFile, logStart), step, { ...result, wentSilent, measures });
  return { kind: 'failed', cause, durationS, measures };
}

/** What the control plane says and what the owner of the drone says: the shorter time. */
function limitsOf({ settings, order }: EmergeStep) {
  const shorter = (ms: number | undefined, s: number | undefined) =>
    ms === undefined && s === undefined ? undefined : Math.min(ms ?? Infinity, (s ?? Infinity) * 1000);
  return {
    timeoutMs: shorter(settings.buildTimeoutMs, order.timeout_s),
    silentMs: shorter(settings.silentTimeoutMs, order.silent_timeout_s),
  };
}

/** While dependencies are installed there is no build directory that would tell anything. */
function directoryName({ step, order }: EmergeStep): string | undefined {
  const atom = step === 'build' ? parseAtom(order.atom) : undefined;
  return atom === undefined || atom.operator !== '=' ? undefined : `${atom.name}-${atom.version}`;
}

async function run(step: EmergeStep, watch: BuildWatch): Promise<ProcessResult> {
  const { settings, signal, logFile } = step;
  const { prefix } = settings;
  const listen = phaseListener(step, watch);
  let isNoted = Promise.resolve();
  const running = await startProcess({
    command: portageCommand(prefix, 'emerge'),
    args: step.args,
    env: environment(step),
    logFile,
    signal: AbortSignal.any([signal, watch.silence]),
    graceMs: settings.graceMs,
    guard: { python: prefix.host.python },
    timeoutMs: limitsOf(step).timeoutMs,
    onData: async (chunk, stream) => {
      watch.hear(chunk);
      // Whoever hears of a build finds it in the journal.
      await isNoted;
      await listen?.(chunk, stream);
    },
  });
  watch.begin(running.pid);
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
  const named = isSystem(settings.prefix) ? { ...env, PORTAGE_BINHOST: `${settings.url}${order.binhost}` } : env;
  // Ninja, cargo and the others get their number from it too. It wins over make.conf.
  return order.max_jobs === undefined ? named : { ...named, MAKEOPTS: `-j${order.max_jobs}` };
}

/** Ebuild phases in which work is being done that is lost when the drone dies. */
const WORKING_PHASES: ReadonlySet<string> = new Set(['unpack', 'prepare', 'configure', 'compile', 'test', 'install']);

/** In these there is the most in the build directory: what was compiled, and what is going to be packaged. */
const LARGEST_PHASES: ReadonlySet<string> = new Set(['install', 'package']);

/** The output of an installation tells the phases of other packages; they are no business of this one. */
function phaseListener({ step, onPhase, onCompiling }: EmergeStep, watch: BuildWatch): OutputSinks['onData'] {
  if (step !== 'build') return undefined;
  const parser = createBuildOutputParser();
  return (chunk, stream) => {
    for (const event of stream === 'stdout' ? parser.push(chunk) : []) {
      if (event.kind !== 'phase') continue;
      onPhase(event.phase);
      if (LARGEST_PHASES.has(event.phase)) watch.lookNow();
      if (WORKING_PHASES.has(event.phase)) onCompiling();
    }
  };
}

type Outcome = Pick<ProcessResult, 'exitCode' | 'signal' | 'timedOut' | 'wentSilent'> & { readonly measures: Measures };

function causeIn(log: readonly LogLine[], { step }: EmergeStep, outcome: Outcome): Cause {
  const { exitCode, signal, timedOut, wentSilent, measures } = outcome;
  const { memoryKills, leastDiskMb } = measures;
  const cause = causeOf(log, { exitCode, signal, step, timedOut, silent: wentSilent, memoryKills, leastDiskMb });
  return step === 'dependencies' ? { ...cause, phase: 'dependencies' } : cause;
}

/** What explains a failure in the log from byte `start` on; the lines have the numbers of the whole file. */
async function digestFrom(path: string, start: number): Promise<readonly LogLine[]> {
  let lines = 0;
  // Whole lines were written before, if anything.
  for await (const chunk of piecesOf(path, { start: 0, end: start - 1 })) lines += lineEndsIn(chunk);
  const digest = createLogDigest(lines + 1);
  for await (const chunk of piecesOf(path, { start })) digest.push(chunk);
  return digest.finish();
}

async function* piecesOf(
  path: string,
  range: { readonly start: number; readonly end?: number },
): AsyncGenerator<Buffer> {
  if (range.end !== undefined && range.end < range.start) return;
  try {
    // Without an encoding a stream gives buffers.
    yield* createReadStream(path, range) as AsyncIterable<Buffer>;
  } catch {
    // A log that cannot be read explains nothing; the way it ended does.
  }
}

function lineEndsIn(chunk: Buffer): number {
  let count = 0;
  for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) count += 1;
  return count;
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}
