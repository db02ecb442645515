import { expect, test } from 'vitest';
import { createNovelty } from './novelty.ts';

/** How many of the pieces had something new. */
function newsIn(pieces: readonly string[]): number {
  const novelty = createNovelty();
  return pieces.filter((piece) => novelty.push(Buffer.from(piece))).length;
}

const times = <T>(count: number, of: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => of(index));

test.each<[string, string[], number]>([
  ['the same line over and over', times(50, () => 'waiting for the lock\n'), 1],
  ['a spinner', times(50, (index) => `\r${'|/-\\'[index % 4]}`), 4],
  ['dots that are added to a line', times(50, () => '.'), 1],
  ['a running clock', times(50, (index) => `still waiting, ${index} seconds (12:00:${10 + (index % 50)})\n`), 1],
  ['a counter of files', times(50, (index) => `[${index}/50] CC x.o\n`), 50],
  ['a log', times(50, (index) => `gcc -c file${index}.c\n`), 50],
  ['colours and bytes of any kind', [String.fromCharCode(0, 27, 200), '\u001b[31m\n\n\n'], 2],
  ['nothing', ['', '\n\n', '\r'], 0],
])('%s', (_, pieces, news) => {
  expect(newsIn(pieces)).toBe(news);
});

test('the repeated lines since the last new one are counted', () => {
  const novelty = createNovelty();

  novelty.push(Buffer.from('one\none\none\n'));
  const before = novelty.repeated();
  novelty.push(Buffer.from('two\n'));

  expect([before, novelty.repeated()]).toEqual([2, 0]);
});

test('what was said very long ago is news again, so that memory does not grow', () => {
  expect(newsIn(['first\n', ...times(2_000, (index) => `file${index}.c\n`), 'first\n'])).toBe(2_002);
});
