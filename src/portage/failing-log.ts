import { DIE, phaseBegunBy } from './ebuild-phase.ts';
import { ERROR_LINES, HARMLESS_LINES, TEST_ERROR_LINES, TOOL_FAILURES } from './failure-patterns.ts';
import type { LogLine } from './log-digest.ts';

/** A log with the place where it failed. All places are indexes of `lines`. */
export type FailingLog = {
  readonly lines: readonly LogLine[];
  /** Index of the first `die` of an ebuild; null if none died. */
  readonly die: number | null;
  readonly phase: string | null;
  /** First line of the failing phase. */
  readonly phaseStart: number;
  /** Where emerge says that it begins with a package, the last time; null if it does not. */
  readonly emerging: number | null;
  /** Whether it got as far as working on a package. */
  readonly hasBegun: boolean;
};

const BEGUN = /^>>> (Emerging|Running pre-merge|Unpacking|Preparing|Configuring|Compiling|Extracting)|^ \* Package: /;
const EMERGING = />>> (Emerging|Running pre-merge)/;

/** Lines that count as being beside something. */
export const NEAR_LINES = 30;
const NEAR_LINES_IN_TESTS = 10;
const NEAR_END_LINES = 60;
/** Lines of the message of a `die`. */
export const MESSAGE_LINES = 4;
const SEARCHED_LINES = 400;
/** Finds the failing place in a log. */
export function readLog(lines: readonly LogLine[]): FailingLog {
  const found = lines.findIndex(({ text }) => DIE.test(text));
  const die = found < 0 ? null : found;
  const phaseStart = lines.slice(0, die ?? lines.length).findLastIndex(({ text }) => phaseBegunBy(text) !== undefined);
  const phase = DIE.exec(lines[found]?.text ?? '')?.[1] ?? phaseBegunBy(lines[phaseStart]?.text ?? '') ?? null;
  const emerging = lines.findLastIndex(({ text }) => EMERGING.test(text));
  const hasBegun = die !== null || lines.some(({ text }) => BEGUN.test(text));
  return { lines, die, phase, phaseStart: Math.max(0, phaseStart), emerging: emerging < 0 ? null : emerging, hasBegun };
}

/** What counts as beside the failure: ranges of lines, each up to but without its second number. */
export function neighbourhoods(log: FailingLog): [number, number][] {
  const { lines, die, phase } = log;
  if (die === null) return [[lines.length - NEAR_END_LINES, lines.length]];
  const near = phase === 'test' ? NEAR_LINES_IN_TESTS : NEAR_LINES;
  return [...failedCommands(log, die).map((line) => around(line, near, die)), [die - near, die + MESSAGE_LINES]];
}

/** The first failed command of each tool. */
function failedCommands({ lines, phaseStart }: FailingLog, die: number): number[] {
  const first = TOOL_FAILURES.map((tool) =>
    lines.findIndex(({ text }, at) => at >= phaseStart && at < die && tool.test(text)),
  );
  return first.filter((line) => line >= 0);
}

function around(line: number, near: number, die: number): [number, number] {
  return [line - near, Math.min(line + near, die)];
}

/** Whether a compiler or the like says in the failing phase why it failed. */
export function hasOwnError(log: FailingLog): boolean {
  const [telling] = ERROR_LINES;
  return log.die !== null && telling !== undefined && log.lines.slice(log.phaseStart, log.die).some(isError(telling));
}

/**
 * The most telling kind of line decides, not the first line of any kind: beside the first command that
 * failed, or else in the last lines before the `die`. So it is the first real error, neither the last
 * `make: ***` nor something that went wrong long before without harm.
 */
export function firstErrorLine(log: FailingLog, die: number): number | undefined {
  const kinds = log.phase === 'test' ? TEST_ERROR_LINES : ERROR_LINES;
  const from = Math.max(log.phaseStart, die - SEARCHED_LINES);
  const beside = Math.min(...failedCommands(log, die));
  const range = Number.isFinite(beside) ? around(beside, 2 * NEAR_LINES, die) : undefined;
  const near = range && firstOf(kinds.slice(0, 1), log, [Math.max(log.phaseStart, range[0]), range[1]]);
  return near ?? firstOf(kinds, log, [from, die]);
}

function firstOf(kinds: readonly RegExp[], { lines }: FailingLog, [from, to]: [number, number]): number | undefined {
  const section = lines.slice(from, to);
  const line = kinds.map((kind) => section.findIndex(isError(kind))).find((each) => each >= 0);
  return line === undefined ? undefined : from + line;
}

function isError(kind: RegExp): (line: LogLine) => boolean {
  return ({ text }) => kind.test(text) && !isHarmless(text);
}

/** Whether a line only talks about failures. */
export function isHarmless(text: string): boolean {
  return HARMLESS_LINES.some((harmless) => harmless.test(text));
}
