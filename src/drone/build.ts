import type { AttemptId } from '../core/ids.ts';
import type { Glance, Measures } from './build-watch.ts';
import type { DroneSettings } from './config.ts';
import { type BuildOrder, emergeCommands } from './emerge-commands.ts';
import { type EmergeStep, runEmerge, type StepEnd } from './emerge-step.ts';
import { forgetIndexCopies } from './index-copy.ts';
import type { BuildResult } from './journal.ts';
import { messageOf } from './log.ts';
import type { Cause } from './report.ts';
import { newestOf, packageFiles, resultOf } from './result-file.ts';
import { pause, retryPauseMs, type Turnstile } from './waiting.ts';

const ANSWER_WITHIN_MS = 5_000;

export type BuildRequest = {
  readonly settings: DroneSettings;
  readonly attempt: AttemptId;
  readonly order: BuildOrder;
  readonly logFile: string;
  /** Where emerge puts what it makes: of this attempt alone, see `environment` in emerge-step.ts. */
  readonly pkgDir: string;
  readonly installTurn: Turnstile;
  readonly now: () => number;
  readonly signal: AbortSignal;
  readonly onPhase: (phase: string) => void;
  /** The package's own ebuild is at work. */
  readonly onCompiling: () => void;
  /** The leader of each process group, as it starts. */
  readonly onProcess: (pid: number) => Promise<void>;
  /** How its processes get on, every few seconds. */
  readonly onLook: (glance: Glance) => void;
};

export type BuildEnd =
  | {
      readonly kind: 'built';
      readonly result: BuildResult;
      readonly durationS: number;
      readonly measures: Measures;
    }
  | { readonly kind: 'failed'; readonly cause: Cause; readonly durationS: number; readonly measures: Measures }
  /** Its signal was aborted. */
  | { readonly kind: 'ended' }
  /** This drone cannot even try. */
  | { readonly kind: 'impossible'; readonly why: string };

/**
 * Builds the package of an order from source, and nothing else: first its dependencies are installed as
 * binary packages, one drone-wide installation at a time, then it is compiled and packaged, and not
 * installed. The duration is that of the step that decided.
 */
export async function build(request: BuildRequest): Promise<BuildEnd> {
  try {
    const commands = emergeCommands(request.order);
    if (commands === undefined) return { kind: 'impossible', why: `${request.order.atom} is not an atom` };
    if (commands.dependencies !== undefined) {
      request.onPhase('dependencies');
      const end = await installDependencies(request, commands.dependencies);
      if (end.kind !== 'done') return end;
    }
    return await compile(request, commands.build);
  } catch (error) {
    // No emerge, no room for its log: another drone may do better.
    return { kind: 'impossible', why: messageOf(error) };
  }
}

/**
 * A dependency that was published a moment ago may be missing in Portage's copy of the index only, so a
 * failure is not believed before a look at a fresh one; and while the control plane is away there is no index
 * at all, which says nothing of the package.
 */
async function installDependencies(request: BuildRequest, args: readonly string[]): Promise<StepEnd> {
  const step: EmergeStep = { ...request, step: 'dependencies', args };
  return request.installTurn(async () => {
    for (let fresh = 0; ; ) {
      const end = await runEmerge(step);
      if (end.kind !== 'failed' || end.cause.failureClass !== 'dependency') return end;
      const wasAway = await waitForControlPlane(request);
      if (request.signal.aborted || (!wasAway && fresh > 0)) return end;
      if (!wasAway) fresh += 1;
      await forgetIndexCopies(request.settings.prefix);
    }
  });
}

/** Resolves when the control plane answers anything, or the build is to end. Says whether it had to be waited for. */
async function waitForControlPlane({ settings, signal }: BuildRequest): Promise<boolean> {
  for (let failures = 0; !signal.aborted; ) {
    const answers = await fetch(`${settings.url}/api/v1/health`, {
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    }).then(
      () => true,
      () => false,
    );
    if (answers) return failures > 0;
    failures += 1;
    await pause(retryPauseMs(failures, settings.retry), signal);
  }
  return true;
}

async function compile(request: BuildRequest, args: readonly string[]): Promise<BuildEnd> {
  const { pkgDir, order } = request;
  request.onPhase('start');
  const end = await runEmerge({ ...request, step: 'build', args });
  if (end.kind !== 'done') return end;
  const written = newestOf(await packageFiles(pkgDir, order.atom));
  const { durationS, measures } = end;
  if (written === undefined) return { kind: 'failed', cause: nothingWritten(request), durationS, measures };
  return { kind: 'built', result: await resultOf(written.path), durationS, measures };
}

function nothingWritten({ pkgDir, order }: BuildRequest): Cause {
  const errorLine = `emerge ended well, but wrote no package of ${order.atom} below ${pkgDir}`;
  return {
    ...{ failureClass: 'missing_binary', phase: 'package', errorLine, errorLineNumber: null, excerpt: '' },
    ...{ confidence: 'certain', reason: 'emerge ended well and wrote no package' },
  };
}
