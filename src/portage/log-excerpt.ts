import type { LogLine } from './log-digest.ts';

const EXCERPT_LINES = 40;
const LINES_BEFORE = 5;
const LINE_LENGTH = 300;
/** Stands for lines of the log that a digest left out. */
const GAP = '[…]';

/** Without the frame that Portage puts around messages. */
export function messageOf(line: string): string {
  return line.replace(/^( \* +|!!! +)/, '').trim();
}

/**
 * The lines from a little before `line` to the message of the `die`, forty at most, each cut to 300
 * characters; the last ones of the log where no line is known. Both are indexes.
 */
export function excerptOf(
  lines: readonly LogLine[],
  { line, die }: { readonly line: number | null; readonly die: number | null },
): string {
  const written = lines.findLastIndex(({ text }) => text !== '') + 1;
  const from = Math.max(0, line === null ? written - EXCERPT_LINES : line - LINES_BEFORE);
  const end = die !== null && line !== null ? Math.max(die + 3, line + 1) : written;
  const excerpt = lines.slice(from, Math.min(written, from + EXCERPT_LINES, end));
  return excerpt.flatMap((each, index) => [...gapBefore(each, excerpt[index - 1]), shortened(each.text)]).join('\n');
}

function gapBefore({ number }: LogLine, before: LogLine | undefined): string[] {
  return before !== undefined && number > before.number + 1 ? [GAP] : [];
}

function shortened(text: string): string {
  return text.length > LINE_LENGTH ? `${text.slice(0, LINE_LENGTH - 1)}…` : text;
}
