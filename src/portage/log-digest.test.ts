import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLogDigest, digestOf, type LogLine } from './log-digest.ts';

const lengthOf = (lines: readonly LogLine[]) => lines.reduce((sum, { text }) => sum + text.length + 1, 0);

/** What is kept of a log of `pieces` pieces. */
function keptOf(piece: string, pieces: number): readonly LogLine[] {
  const digest = createLogDigest();
  for (let count = 0; count < pieces; count += 1) digest.push(piece);
  return digest.finish();
}

test('a short log is kept whole, with the numbers that an editor shows', () => {
  const lines = digestOf('a\r\nb\n\nprogress 1\rprogress 2\rdone\nlast');

  expect(lines).toEqual([
    { number: 1, text: 'a' },
    { number: 2, text: 'b' },
    { number: 3, text: '' },
    { number: 4, text: 'progress 1' },
    { number: 4, text: 'progress 2' },
    { number: 4, text: 'done' },
    { number: 5, text: 'last' },
  ]);
});

test('how a log is cut into pieces changes nothing', () => {
  const text = fc.array(
    fc.constantFrom('\n', '\r', '\r\n', 'é', 'make: *** x', '>>> Test phase: a/b-1', 'x'.repeat(500)),
  );
  const cuts = fc.array(fc.nat({ max: 400 }), { maxLength: 8 });
  fc.assert(
    fc.property(text, cuts, (parts, sizes) => {
      const bytes = Buffer.from(parts.join(''));
      const digest = createLogDigest();
      let at = 0;
      for (const size of sizes) digest.push(bytes.subarray(at, (at += size)));
      digest.push(bytes.subarray(at));

      expect(digest.finish()).toEqual(digestOf(parts.join('')));
    }),
  );
});

test.each<[string, string]>([
  ['short lines', `${'noise '.repeat(10)}\n`.repeat(1000)],
  ['empty lines', '\n'.repeat(60_000)],
  ['one line without end', 'x'.repeat(60_000)],
  ['a progress bar without line ends', '\r[=====>    ] 40 %'.repeat(3000)],
  ['failed commands', 'make[1]: *** [x.o] Error 1\n'.repeat(2000)],
  ['phases', '>>> Test phase: a/b-1\nmake: *** [x.o] Error 1\n'.repeat(1000)],
  ['ebuilds that died', ' * ERROR: a/b-1::x failed (compile phase):\n'.repeat(1000)],
])('of 20 MB of %s no more is kept than of 2 MB', (_, piece) => {
  const some = lengthOf(keptOf(piece, Math.ceil(2e6 / piece.length)));
  const much = lengthOf(keptOf(piece, Math.ceil(20e6 / piece.length)));

  expect(much).toBeLessThan(1.1 * some + 10_000);
  expect(much).toBeLessThan(1_000_000);
});

test('the surroundings of the first failed commands of a phase are kept, those of earlier phases are not', () => {
  const noise = 'noise\n'.repeat(100_000);
  const log = `begin\n${noise}>>> Configuring source in /w ...\nprobe\nmake: *** [probe] Error 1\n${noise}>>> Compiling source in /w ...\n${noise}x.c: error: x\nmake: *** [x] Error 1\n${noise}end\n`;

  const texts = new Set(digestOf(log).map(({ text }) => text));

  expect(texts).toEqual(
    new Set([
      ...['begin', 'noise', '>>> Configuring source in /w ...', '>>> Compiling source in /w ...'],
      ...['x.c: error: x', 'make: *** [x] Error 1', 'end'],
    ]),
  );
});
