import { StringDecoder } from 'node:string_decoder';

/** Longest line kept whole, in UTF-16 units; a longer one is handed on in pieces of this length. */
const MAX_LINE_LENGTH = 64 * 1024;

/** Takes output as it comes and gives it back line by line. */
export type LineSplitter = {
  /** The lines that `chunk` completes, without their line feed. */
  push(chunk: Uint8Array): string[];
  /** What is left when the output ends without a line feed. */
  end(): string[];
};

/**
 * Splits bytes at line feeds, holding at most one line of `maxLength`. Bytes that are not UTF-8 become
 * U+FFFD; a character that lies across two chunks stays whole; other control characters are kept.
 */
export function splitLines(maxLength = MAX_LINE_LENGTH): LineSplitter {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  const take = (text: string): string[] => {
    const parts = (rest + text).split('\n');
    const last = cut(parts.pop() ?? '', maxLength);
    rest = last.pop() ?? '';
    return [...parts.flatMap((part) => cut(part, maxLength)), ...last];
  };
  return {
    push: (chunk) => take(decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))),
    end: () => {
      const lines = take(decoder.end());
      return rest === '' ? lines : [...lines, rest];
    },
  };
}

function cut(line: string, maxLength: number): string[] {
  if (line.length <= maxLength) return [line];
  const pieces: string[] = [];
  for (let at = 0; at < line.length; at += maxLength) pieces.push(line.slice(at, at + maxLength));
  return pieces;
}
