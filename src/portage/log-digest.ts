import { DIE, PHASE_LINE } from './ebuild-phase.ts';
import { TOOL_FAILURES } from './failure-patterns.ts';
import { plainLine } from './log-text.ts';

/** A line of a log as a person would see it, with its number in the file (the first one is 1). */
export type LogLine = { readonly number: number; readonly text: string };

/** Reads a log of any length piece by piece, and keeps what can explain a failure. */
export type LogDigest = {
  /** The next piece, cut anywhere. Bytes may be no text at all. */
  readonly push: (piece: Uint8Array | string) => void;
  /** The log has ended: the lines that were kept, in their order, some hundred kilobytes at most. */
  readonly finish: () => readonly LogLine[];
};

/** Kept from the beginning: there the resolver speaks. */
const HEAD_LINES = 100;
/** Kept from the end, in characters: there stands what Portage itself says. */
const TAIL_LENGTH = 256 * 1024;
/** Kept on both sides of a failed command or a `die`, which parallel jobs may have printed far before the end. */
const AROUND_LINES = 60;
/** Failed commands of one phase whose surroundings are kept. */
const FAILURES = 3;
const PHASES = 64;
const MAX_LINE_LENGTH = 4_000;

/**
 * Digests a log, from line `first` of its file on. Every byte is looked at once and every line once by
 * each of a handful of anchored expressions, so the time grows with the length of the log and the memory
 * does not. A bare carriage return (progress of wget, cargo, ninja) ends a line that has the same number
 * as the next.
 */
export function createLogDigest(first = 1): LogDigest {
  const keeper = createKeeper();
  const decoder = new TextDecoder('utf-8');
  let number = first;
  let rest = '';
  const takeLine = (raw: string) => {
    // Only the parts that bare carriage returns end; the common line has none.
    const parts = raw.includes('\r') ? raw.split('\r').filter((part) => part !== '') : [raw];
    for (const part of parts.length === 0 ? [''] : parts) keeper.take(number, part);
  };
  return {
    push: (piece) => {
      const lines = (typeof piece === 'string' ? piece : decoder.decode(piece, { stream: true })).split('\n');
      for (let index = 0; index < lines.length - 1; index += 1) {
        takeLine(index === 0 ? rest + (lines[0] ?? '') : (lines[index] ?? ''));
        number += 1;
      }
      const begun = lines.length === 1 ? rest + (lines[0] ?? '') : (lines.at(-1) ?? '');
      rest = shortened(begun, (done) => keeper.take(number, done));
    },
    finish: () => {
      const last = rest + decoder.decode();
      rest = '';
      if (last !== '') takeLine(last);
      return keeper.lines();
    },
  };
}

/** The digest of a log that is in memory. */
export function digestOf(text: string): readonly LogLine[] {
  const digest = createLogDigest();
  digest.push(text);
  return digest.finish();
}

/** A line without end must not grow for ever: whole parts of it are given away, the middle of an endless one is lost. */
function shortened(begun: string, take: (part: string) => void): string {
  if (begun.length <= MAX_LINE_LENGTH) return begun;
  const parts = begun.split('\r');
  const open = parts.pop() ?? '';
  for (const part of parts) if (part !== '') take(part);
  return open.slice(0, MAX_LINE_LENGTH);
}

type Kept = { readonly number: number; readonly at: number; readonly raw: string };

function createKeeper() {
  const head: Kept[] = [];
  let phases: Kept[] = [];
  let around: Kept[] = [];
  const tail = createTail(TAIL_LENGTH);
  const before = createRing(AROUND_LINES);
  const state = { taken: 0, failures: 0, following: 0, hasDied: false, isBlank: false };
  const keepSurroundings = () => {
    around.push(...before.all());
    state.following = AROUND_LINES;
  };
  const look = (kept: Kept, line: string) => {
    if (state.hasDied) return;
    state.hasDied = DIE.test(line);
    if (!state.hasDied && line.startsWith('>>> ') && PHASE_LINE.test(line)) {
      // What failed in an earlier phase was no failure.
      [around, state.failures, state.following] = [[], 0, 0];
      phases = [...phases.slice(1 - PHASES), kept];
    } else if (state.hasDied || (state.failures < FAILURES && TOOL_FAILURES.some((tool) => tool.test(line)))) {
      state.failures += 1;
      keepSurroundings();
    }
  };
  return {
    take: (number: number, raw: string) => {
      // Of blank lines in a row the first.
      if (raw === '' && state.isBlank) return;
      state.isBlank = raw === '';
      const kept = { number, at: state.taken++, raw: raw.slice(0, MAX_LINE_LENGTH) };
      if (head.length < HEAD_LINES) head.push(kept);
      before.push(kept);
      tail.push(kept);
      if (state.following > 0) {
        around.push(kept);
        state.following -= 1;
      }
      look(kept, kept.raw.includes('\u001b') ? plainLine(kept.raw) : kept.raw);
    },
    lines: () => merged([...head, ...phases, ...around, ...tail.all()]),
  };
}

/** Each line once, in the order of the log: objects are the same where a line was kept twice. */
function merged(kept: readonly Kept[]): LogLine[] {
  const unique = [...new Set(kept)].sort((one, other) => one.at - other.at);
  return unique.map(({ number, raw }) => ({ number, text: plainLine(raw) }));
}

/** The last `size` lines. */
function createRing(size: number) {
  const slots: Kept[] = [];
  let next = 0;
  return {
    push: (kept: Kept) => {
      slots[next] = kept;
      next = (next + 1) % size;
    },
    all: () => (slots.length < size ? slots.slice() : [...slots.slice(next), ...slots.slice(0, next)]),
  };
}

/** The last lines with no more than `length` characters together. Thrown away in bulk, so that a line costs little. */
function createTail(length: number) {
  let lines: Kept[] = [];
  let held = 0;
  const trim = () => {
    let first = lines.length;
    for (held = 0; first > 0 && held <= length; first -= 1) held += cost(lines[first - 1]);
    lines = lines.slice(held > length ? first + 1 : first);
    held = lines.reduce((sum, line) => sum + cost(line), 0);
  };
  return {
    push: (kept: Kept) => {
      lines.push(kept);
      held += cost(kept);
      if (held > 2 * length) trim();
    },
    all: () => {
      trim();
      return lines;
    },
  };
}

/** Empty lines take room too. */
function cost(line: Kept | undefined): number {
  return (line?.raw.length ?? 0) + 1;
}
