import { expect, test } from 'vitest';
import { DIE, PHASE_LINE } from './ebuild-phase.ts';
import {
  BINARY_ERROR,
  ERROR_LINES,
  FAILURE_PATTERNS,
  HARMLESS_LINES,
  TEST_ERROR_LINES,
  TOOL_FAILURES,
} from './failure-patterns.ts';

const EXPRESSIONS = [
  ...[DIE, PHASE_LINE, BINARY_ERROR, ...ERROR_LINES, ...TEST_ERROR_LINES, ...TOOL_FAILURES, ...HARMLESS_LINES],
  ...FAILURE_PATTERNS.map(({ pattern }) => pattern),
];

test.each([...new Set(EXPRESSIONS)])('%s repeats nothing that repeats, and looks nowhere back', ({ source, flags }) => {
  expect(nestedRepetitions(source)).toBe(0);
  expect(source).not.toMatch(/\\[1-9]|\(\?<[=!]/);
  // A state would make an answer depend on the question before.
  expect(flags).not.toMatch(/[gy]/);
});

test('the check finds what it looks for', () => {
  expect(['(a+)+b', '(?:x|(y*))*', '((a|b+)c)*', '(a+b?){2,}'].map(nestedRepetitions).every((count) => count > 0)).toBe(
    true,
  );
  expect(['(a+)?b', '[a+]*', '\\(a+\\)*', '(ab)+', '(\\.\\w+)?:'].map(nestedRepetitions)).toEqual([0, 0, 0, 0, 0]);
});

test('every row says what it proves, and no two rows of a place are the same', () => {
  const keys = FAILURE_PATTERNS.map(({ place, pattern }) => `${place} ${pattern.source}`);

  expect(new Set(keys).size).toBe(keys.length);
  expect(FAILURE_PATTERNS.filter(({ proves }) => proves.length < 5)).toEqual([]);
});

/** Groups that contain an unbounded repetition and are themselves repeated without bound. */
function nestedRepetitions(source: string): number {
  const plain = source.replace(/\\./g, 'x').replace(/\[[^\]]*\]/g, 'x');
  const repeats: boolean[] = [false];
  let count = 0;
  for (let at = 0; at < plain.length; at += 1) {
    const letter = plain[at] ?? '';
    if (letter === '(') repeats.push(false);
    const isClosed = letter === ')' ? (repeats.pop() ?? false) : false;
    const isRepeated = /^[)x\w.][*+]|^[)x\w.]\{\d+,\}/.test(plain.slice(at));
    if (isClosed && isRepeated) count += 1;
    if (isClosed || isRepeated) repeats[repeats.length - 1] = true;
  }
  return count;
}
