import { stripVTControlCharacters } from 'node:util';

/** What is looked at of a log: its end says why it ended. In characters. */
export const LOG_TAIL_LENGTH = 256 * 1024;

const MAX_LINE_LENGTH = 2000;

/**
 * The lines of the end of a log, as a person would see them: no colours, no control characters, no
 * endless lines. A bare carriage return (progress of wget, cargo, ninja) ends a line too. A first
 * line that was cut in two is left out.
 */
export function tailLines(text: string): string[] {
  const tail = text.length > LOG_TAIL_LENGTH ? text.slice(-LOG_TAIL_LENGTH).replace(/^[^\n]*\n/, '') : text;
  return tail.split(/\r\n|\n|\r/).map(plainLine);
}

/** One line without colours and control characters; tabs stay. */
export function plainLine(line: string): string {
  return stripVTControlCharacters(line.slice(0, 2 * MAX_LINE_LENGTH))
    .replace(/[^\P{Cc}\t]/gu, '')
    .slice(0, MAX_LINE_LENGTH)
    .trimEnd();
}
