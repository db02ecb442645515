/** Tells new output from what was printed before. */
export type Novelty = {
  /** The next piece of output. Whether it has a line that was not printed lately. */
  readonly push: (piece: Buffer) => boolean;
  /** Lines since the last new one. */
  readonly repeated: () => number;
};

/** Different lines that are remembered; the one not seen for longest is forgotten first. */
const REMEMBERED = 1_000;
/** What is compared of a line. */
const LINE_LENGTH = 200;

/** Clocks and stop-watches, with which a line that says the same looks new. */
const TIMES = /\d{1,3}(?::\d\d){1,2}(?:\.\d+)?|\b\d+(?:\.\d+)?\s?(?:ms|s|secs?|seconds?|m|mins?|minutes?|h|hours?)\b/g;

/**
 * Remembers the last thousand different lines. A spinner, a line over and over and a line with a running
 * clock are nothing new. Carriage returns end lines, and so does the end of a piece: dots that are added to
 * a line are the same dots.
 */
export function createNovelty(): Novelty {
  const seen = new Set<string>();
  let repeated = 0;
  const isNew = (line: string): boolean => {
    const wasSeen = seen.delete(line);
    seen.add(line);
    if (seen.size > REMEMBERED) seen.delete(seen.values().next().value ?? '');
    return !wasSeen;
  };
  return {
    push: (piece) => {
      let hasNew = false;
      // Only equality counts, so that any bytes will do.
      for (const line of piece.toString('latin1').split(/[\r\n]+/)) {
        if (line === '') continue;
        const isNews = isNew(line.slice(0, LINE_LENGTH).replace(TIMES, 'T'));
        hasNew ||= isNews;
        repeated = isNews ? 0 : repeated + 1;
      }
      return hasNew;
    },
    repeated: () => repeated,
  };
}
