import type { Confidence } from '../core/build-facts.ts';
import type { FailureClass } from '../core/failure-class.ts';
import {
  firstErrorLine,
  hasOwnError,
  isHarmless,
  type FailingLog as Log,
  MESSAGE_LINES,
  NEAR_LINES,
  neighbourhoods,
  readLog,
} from './failing-log.ts';
import {
  BINARY_ERROR,
  ERROR_LINES,
  FAILURE_PATTERNS,
  type FailurePattern,
  type FailurePlace,
  PHASE_CLASSES,
} from './failure-patterns.ts';
import { digestOf, type LogLine } from './log-digest.ts';
import { excerptOf, messageOf } from './log-excerpt.ts';

/** What the drone saw of emerge from outside. */
export type ExitFacts = {
  /** Null if a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** Which of the two commands of the recipe it was. */
  readonly step: 'dependencies' | 'build';
  /** The drone ended it, since it took or was silent too long. */
  readonly timedOut?: boolean;
  readonly silent?: boolean;
  /** Processes that the kernel killed meanwhile since memory ran out, of this build or beside it. */
  readonly memoryKills?: number;
  /** The least room there was meanwhile where it builds, in MB; null where nobody looked. */
  readonly leastDiskMb?: number | null;
};

export type FailureCause = {
  readonly failureClass: FailureClass;
  /** The ebuild phase that died, or was running at the end. */
  readonly phase: string | null;
  /** The first line that says why; null where the log does not. */
  readonly errorLine: string | null;
  /** Its number in the log; the first line is 1. */
  readonly errorLineNumber: number | null;
  /** Some lines around it, or the last ones; for people. */
  readonly excerpt: string;
  readonly confidence: Confidence;
  /** What it was concluded from, as a person would say it. */
  readonly reason: string;
};

/**
 * Why a build failed, from the log of emerge (or the build log of Portage; or a digest of either) and the
 * way it ended. In this order: what the drone knows itself (timeouts, success, the kernel's kills); what
 * stands beside the failure about memory, disk and machine; a signal; and then what Portage says.
 *
 * "Beside the failure" is what keeps a log that merely mentions a full disk from being taken for
 * one. The failing place is the `die` of the ebuild and, since parallel jobs go on printing after
 * the first error, the first failed command of make, ninja or cargo in the same phase. Thirty lines
 * around those are read (ten in a test phase, where running out of things is often what is tested),
 * never beyond the beginning of the phase, and no passed checks, warnings, quoted source or command
 * lines. Without a `die` it is the last sixty lines.
 */
export function causeOf(log: string | readonly LogLine[], facts: ExitFacts): FailureCause {
  const read = readLog(typeof log === 'string' ? digestOf(log) : log);
  const finding = ownKnowledge(facts) ?? resource(read, facts) ?? killed(read, facts) ?? ofStep(refusal(read), facts);
  const at = finding.line === null ? undefined : read.lines[finding.line];
  return {
    failureClass: finding.failureClass,
    phase: read.phase,
    errorLine: at === undefined ? null : messageOf(at.text),
    errorLineNumber: at?.number ?? null,
    excerpt: excerptOf(read.lines, { line: finding.line, die: read.die }),
    confidence: finding.confidence,
    reason: finding.reason,
  };
}

type Finding = {
  readonly failureClass: FailureClass;
  readonly line: number | null;
  readonly confidence: Confidence;
  readonly reason: string;
};

/** Less room than this is none, in MB. */
const NO_ROOM_MB = 16;

function ownKnowledge({ exitCode, timedOut, silent }: ExitFacts): Finding | undefined {
  const known = { line: null, confidence: 'certain' as const };
  if (timedOut === true) return { ...known, failureClass: 'timeout', reason: 'the drone ended it after its time' };
  if (silent === true) return { ...known, failureClass: 'silent', reason: 'the drone ended it for want of progress' };
  // Nobody asks about a success, unless it left no package behind.
  return exitCode === 0
    ? { ...known, failureClass: 'missing_binary', reason: 'emerge ended well and wrote no package' }
    : undefined;
}

/** A telling line beside the failure, and what the kernel and the file system say about it. */
function resource(log: Log, facts: ExitFacts): Finding | undefined {
  const said = besideFailure(log);
  const { memoryKills = 0, leastDiskMb = null } = facts;
  if (said?.failureClass === 'oom' && memoryKills > 0) {
    return { ...said, confidence: 'certain', reason: `${said.reason}, and the kernel did it for want of memory` };
  }
  if (said?.failureClass === 'disk_full' && leastDiskMb !== null && leastDiskMb < NO_ROOM_MB) {
    return { ...said, confidence: 'certain', reason: `${said.reason}, and there was none` };
  }
  if (said !== undefined || hasOwnError(log)) return said;
  // Nothing in the log tells why, and the machine does.
  if (memoryKills > 0 && log.hasBegun) {
    const reason = 'the kernel killed for want of memory meanwhile, and the log has no other reason';
    return { failureClass: 'oom', line: null, confidence: 'likely', reason };
  }
  if (leastDiskMb !== null && leastDiskMb < NO_ROOM_MB) {
    return { failureClass: 'disk_full', line: null, confidence: 'likely', reason: 'there was no room left meanwhile' };
  }
  return undefined;
}

function besideFailure(log: Log): Finding | undefined {
  const patterns = patternsOf('beside', log);
  for (const [from, to] of neighbourhoods(log)) {
    for (let line = Math.max(from, log.phaseStart); line < Math.min(to, log.lines.length); line += 1) {
      const text = log.lines[line]?.text ?? '';
      const match = isHarmless(text) ? undefined : matching(patterns, text);
      if (match !== undefined) return found(match, line);
    }
  }
  return undefined;
}

function killed({ lines }: Log, { exitCode, signal }: ExitFacts): Finding | undefined {
  const line = lines.findLastIndex(({ text }) => /^Exiting on signal \d+$/.test(text));
  // 128 + n is how a shell and Portage tell that signal n ended something.
  const isSignal = signal !== null || (exitCode !== null && exitCode > 128) || line >= 0;
  if (!isSignal) return undefined;
  const reason = `emerge was ended by ${signal ?? 'a signal'}, and not by this drone`;
  return { failureClass: 'killed', line: line < 0 ? null : line, confidence: 'certain', reason };
}

/** While dependencies are installed nothing is the package's own fault, whatever refused. */
function ofStep(finding: Finding, { step }: ExitFacts): Finding {
  return step === 'dependencies' ? { ...finding, failureClass: 'dependency' } : finding;
}

function refusal(log: Log): Finding {
  if (log.die !== null) return ofDie(log, log.die);
  return ofBinary(log) ?? firstMatch(log) ?? unexplained(log);
}

function ofDie(log: Log, die: number): Finding {
  const overruled = saidNear(log, die);
  if (overruled !== undefined) return overruled;
  const line = firstErrorLine(log, die) ?? die + 1;
  const failureClass = PHASE_CLASSES[log.phase ?? ''];
  const reason = `the ebuild died in its ${log.phase ?? ''} phase`;
  return failureClass === undefined
    ? { failureClass: 'unknown', line, confidence: 'guess', reason }
    : { failureClass, line, confidence: 'certain', reason };
}

/** What overrules the phase: said in the message of the `die`, or a little before it. */
function saidNear(log: Log, die: number): Finding | undefined {
  const patterns = patternsOf('die', log);
  for (let line = Math.max(log.phaseStart, die - NEAR_LINES); line < die + MESSAGE_LINES; line += 1) {
    const match = matching(patterns, log.lines[line]?.text ?? '');
    if (match !== undefined) return { ...found(match, line), confidence: 'certain' };
  }
  return undefined;
}

/** A binary package that could not be fetched, verified or unpacked, which is never the fault of what is built. */
function ofBinary({ lines, emerging }: Log): Finding | undefined {
  if (emerging === null || !lines[emerging]?.text.startsWith('>>> Emerging binary ')) return undefined;
  const line = lines.findIndex(({ text }, at) => at > emerging && BINARY_ERROR.test(text));
  const reason = 'a binary package could not be taken';
  return { failureClass: 'dependency', line: line < 0 ? emerging : line, confidence: 'certain', reason };
}

/** Before it began it is the resolver that refuses; what the words of the resolver mean later is another matter. */
function firstMatch(log: Log): Finding | undefined {
  const patterns = [...(log.hasBegun ? [] : patternsOf('resolver', log)), ...patternsOf('portage', log)];
  const from = log.emerging ?? 0;
  for (const each of patterns) {
    const line = log.lines.findIndex(({ text }, at) => at >= from && each.pattern.test(text));
    if (line >= 0) return { ...found(each, line), confidence: each.place === 'resolver' ? 'certain' : 'likely' };
  }
  return undefined;
}

function unexplained({ lines }: Log): Finding {
  const line = lines.findLastIndex(({ text }) => ERROR_LINES.some((kind) => kind.test(text)));
  const reason = 'nothing that is known in the log';
  return { failureClass: 'unknown', line: line < 0 ? null : line, confidence: 'guess', reason };
}

/** The rows of the table for a place, in the phase that the log ends in. */
function patternsOf(place: FailurePlace, { phase }: Log): readonly FailurePattern[] {
  return FAILURE_PATTERNS.filter((row) => row.place === place && (row.phases?.includes(phase) ?? true));
}

function matching(patterns: readonly FailurePattern[], text: string): FailurePattern | undefined {
  return patterns.find(({ pattern }) => pattern.test(text));
}

function found({ failureClass, proves }: FailurePattern, line: number): Finding {
  return { failureClass, line, confidence: 'likely', reason: proves };
}
