import { stripVTControlCharacters } from 'node:util';

const MAX_LINE_LENGTH = 2000;

/** One line without colours and control characters; tabs stay. */
export function plainLine(line: string): string {
  return stripVTControlCharacters(line.slice(0, 2 * MAX_LINE_LENGTH))
    .replace(/[^\P{Cc}\t]/gu, '')
    .slice(0, MAX_LINE_LENGTH)
    .trimEnd();
}
