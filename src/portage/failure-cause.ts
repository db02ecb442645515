import type { FailureClass } from '../core/failure-class.ts';
import {
  BINARY_ERROR,
  DIE_PATTERNS,
  ERROR_LINES,
  type FailurePattern,
  HARMLESS_LINES,
  PHASE_CLASSES,
  PORTAGE_PATTERNS,
  RESOLVER_PATTERNS,
  RESOURCE_PATTERNS,
  TOOL_FAILURES,
} from './failure-patterns.ts';
import { tailLines } from './log-text.ts';

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
};

export type FailureCause = {
  readonly failureClass: FailureClass;
  /** The ebuild phase that died, or was running at the end. */
  readonly phase: string | null;
  /** The first line that says why; null where the log does not. */
  readonly errorLine: string | null;
  /** Some lines around it, or the last ones; for people. */
  readonly excerpt: string;
};

/**
 * Why a build failed, from the log of emerge (or the build log of Portage; only the last 256 KiB
 * count) and the way it ended. In this order: what the drone knows itself (timeouts, success); what
 * stands beside the failure about memory and disk; a signal; and then what Portage says.
 *
 * "Beside the failure" is what keeps a log that merely mentions a full disk from being taken for
 * one. The failing place is the `die` of the ebuild and, since parallel jobs go on printing after
 * the first error, the first failed command of make, ninja or cargo in the same phase. Thirty lines
 * around those are read (ten in a test phase, where running out of things is often what is tested),
 * never beyond the beginning of the phase, and no passed checks, warnings, quoted source or command
 * lines. Without a `die` it is the last sixty lines.
 */
export function causeOf(logText: string, facts: ExitFacts): FailureCause {
  const log = readLog(logText);
  const finding = ownKnowledge(facts) ?? resource(log) ?? killed(log, facts) ?? ofStep(refusal(log), facts);
  const line = finding.line ?? null;
  return {
    failureClass: finding.failureClass,
    phase: log.phase,
    errorLine: line === null ? null : messageOf(log.lines[line] ?? ''),
    excerpt: excerptOf(log, line),
  };
}

type Log = {
  readonly lines: readonly string[];
  /** Line of the first `die` of an ebuild; null if none died. */
  readonly die: number | null;
  readonly phase: string | null;
  /** First line of the failing phase. */
  readonly phaseStart: number;
  /** Whether emerge got as far as working on a package. */
  readonly hasBegun: boolean;
};

type Finding = { readonly failureClass: FailureClass; readonly line: number | null };

const DIE = /ERROR: \S+\/\S+ failed \(([a-z]+) phase\)/;
const PHASE_LINE =
  /^>>> (?:(Unpack|Prepar|Configur|Compil)ing source|(Test) phase: |(Install) \S+ into |(Running) pre-merge)/;
const PHASE_OF_WORD: Readonly<Record<string, string>> = {
  ...{ Unpack: 'unpack', Prepar: 'prepare', Configur: 'configure', Compil: 'compile' },
  ...{ Test: 'test', Install: 'install', Running: 'pretend' },
};
const BEGUN = /^>>> (Emerging|Running pre-merge|Unpacking|Preparing|Configuring|Compiling|Extracting)|^ \* Package: /;

const NEAR_LINES = 30;
const NEAR_LINES_IN_TESTS = 10;
const NEAR_END_LINES = 60;
const MESSAGE_LINES = 4;
const EXCERPT_LINES = 40;
const SEARCHED_LINES = 400;

function readLog(text: string): Log {
  const lines = tailLines(text);
  const found = lines.findIndex((line) => DIE.test(line));
  const die = found < 0 ? null : found;
  const phaseStart = lines.slice(0, die ?? lines.length).findLastIndex((line) => PHASE_LINE.test(line));
  const running =
    PHASE_LINE.exec(lines[phaseStart] ?? '')
      ?.slice(1)
      .find((word) => word !== undefined) ?? '';
  const phase = DIE.exec(lines[found] ?? '')?.[1] ?? PHASE_OF_WORD[running] ?? null;
  const hasBegun = die !== null || lines.some((line) => BEGUN.test(line));
  return { lines, die, phase, phaseStart: Math.max(0, phaseStart), hasBegun };
}

function ownKnowledge({ exitCode, timedOut, silent }: ExitFacts): Finding | undefined {
  if (timedOut === true) return { failureClass: 'timeout', line: null };
  if (silent === true) return { failureClass: 'silent', line: null };
  // Nobody asks about a success, unless it left no package behind.
  return exitCode === 0 ? { failureClass: 'missing_binary', line: null } : undefined;
}

function resource(log: Log): Finding | undefined {
  for (const [from, to] of neighbourhoods(log)) {
    for (let line = Math.max(from, log.phaseStart); line < Math.min(to, log.lines.length); line += 1) {
      const text = log.lines[line] ?? '';
      const match = HARMLESS_LINES.some((harmless) => harmless.test(text))
        ? undefined
        : matching(RESOURCE_PATTERNS, text);
      if (match !== undefined) return { failureClass: match.failureClass, line };
    }
  }
  return undefined;
}

/** Ranges of lines, each up to but without its second number. */
function neighbourhoods({ lines, die, phase, phaseStart }: Log): [number, number][] {
  if (die === null) return [[lines.length - NEAR_END_LINES, lines.length]];
  const near = phase === 'test' ? NEAR_LINES_IN_TESTS : NEAR_LINES;
  const failed = TOOL_FAILURES.map((tool) =>
    lines.findIndex((line, at) => at >= phaseStart && at < die && tool.test(line)),
  );
  const tools = failed
    .filter((line) => line >= 0)
    .map((line): [number, number] => [line - near, Math.min(line + near, die)]);
  return [...tools, [die - near, die + MESSAGE_LINES]];
}

function killed({ lines }: Log, { exitCode, signal }: ExitFacts): Finding | undefined {
  const line = lines.findLastIndex((text) => /^Exiting on signal \d+$/.test(text));
  // 128 + n is how a shell and Portage tell that signal n ended something.
  const isSignal = signal !== null || (exitCode !== null && exitCode > 128) || line >= 0;
  return isSignal ? { failureClass: 'killed', line: line < 0 ? null : line } : undefined;
}

/** While dependencies are installed nothing is the package's own fault, whatever refused. */
function ofStep(finding: Finding, { step }: ExitFacts): Finding {
  return step === 'dependencies' ? { ...finding, failureClass: 'dependency' } : finding;
}

function refusal(log: Log): Finding {
  if (log.die !== null) return ofDie(log, log.die);
  const patterns = log.hasBegun ? PORTAGE_PATTERNS : [...RESOLVER_PATTERNS, ...PORTAGE_PATTERNS];
  return ofBinary(log) ?? firstMatch(log, patterns) ?? { failureClass: 'unknown', line: lastErrorLine(log) };
}

function ofDie(log: Log, die: number): Finding {
  const message = log.lines.slice(die - NEAR_LINES < 0 ? 0 : die - NEAR_LINES, die + MESSAGE_LINES);
  const overruled = message.map((text) => matching(DIE_PATTERNS, text)).find((match) => match !== undefined);
  const failureClass = overruled?.failureClass ?? PHASE_CLASSES[log.phase ?? ''] ?? 'unknown';
  return { failureClass, line: firstErrorLine(log, die) ?? die + 1 };
}

/** A binary package that could not be fetched, verified or unpacked, which is never the fault of what is built. */
function ofBinary(log: Log): Finding | undefined {
  const start = log.lines.findLastIndex((line) => line.startsWith('>>> Emerging '));
  if (start < 0 || !log.lines[start]?.startsWith('>>> Emerging binary ')) return undefined;
  const line = log.lines.findIndex((text, at) => at > start && BINARY_ERROR.test(text));
  return { failureClass: 'dependency', line: line < 0 ? start : line };
}

function firstMatch({ lines }: Log, patterns: readonly FailurePattern[]): Finding | undefined {
  for (const { failureClass, pattern } of patterns) {
    const line = lines.findIndex((text) => pattern.test(text));
    if (line >= 0) return { failureClass, line };
  }
  return undefined;
}

function matching(patterns: readonly FailurePattern[], text: string): FailurePattern | undefined {
  return patterns.find(({ pattern }) => pattern.test(text));
}

/** The most telling kind of line decides, not the first line of any kind. */
function firstErrorLine({ lines, phaseStart }: Log, die: number): number | undefined {
  const from = Math.max(phaseStart, die - SEARCHED_LINES);
  const section = lines.slice(from, die);
  const found = ERROR_LINES.map((kind) => section.findIndex((line) => kind.test(line))).find((line) => line >= 0);
  return found === undefined ? undefined : from + found;
}

function lastErrorLine({ lines }: Log): number | null {
  const line = lines.findLastIndex((text) => ERROR_LINES.some((kind) => kind.test(text)));
  return line < 0 ? null : line;
}

/** Without the frame that Portage puts around messages. */
function messageOf(line: string): string {
  return line.replace(/^( \* +|!!! +)/, '').trim();
}

function excerptOf({ lines, die }: Log, line: number | null): string {
  const written = lines.findLastIndex((text) => text !== '') + 1;
  const from = Math.max(0, line === null ? written - EXCERPT_LINES : line - 5);
  const to = Math.min(
    written,
    from + EXCERPT_LINES,
    die !== null && line !== null ? Math.max(die + 3, line + 1) : written,
  );
  return lines.slice(from, to).join('\n');
}
