import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAtom } from './atom.ts';
import { MAX_ATOM_LENGTH, normaliseAtom } from './normalise-atom.ts';

describe('what people type becomes what emerge takes', () => {
  test.each([
    ['cat/pkg', 'cat/pkg'],
    ['cat/pkg-1.2', '=cat/pkg-1.2'],
    ['cat/pkg-1.2-r3', '=cat/pkg-1.2-r3'],
    ['cat/pkg-1.2:0', '=cat/pkg-1.2:0'],
    ['cat/pkg-1.2::gentoo', '=cat/pkg-1.2::gentoo'],
    ['=cat/pkg', 'cat/pkg'],
    ['=cat/pkg:0/2', 'cat/pkg:0/2'],
    ['=cat/pkg[ssl]', 'cat/pkg[ssl]'],
    ['=cat/pkg-1.2', '=cat/pkg-1.2'],
    ['=cat/pkg-1.2*', '=cat/pkg-1.2*'],
    ['>=cat/pkg-1.2', '>=cat/pkg-1.2'],
    ['~cat/pkg-1.2', '~cat/pkg-1.2'],
    ['<cat/pkg-1.2:3', '<cat/pkg-1.2:3'],
    ['cat/pkg:3', 'cat/pkg:3'],
    ['cat/pkg[ssl,-gtk]', 'cat/pkg[ssl,-gtk]'],
    ['x11-libs/gtk+', 'x11-libs/gtk+'],
  ])('%s becomes %s', (typed, atom) => {
    expect(normaliseAtom(typed)).toEqual({ ok: atom });
  });
});

describe('what is no package is refused with a reason', () => {
  test.each([
    ['', 'empty'],
    ['pkg', 'no category'],
    ['; rm -rf /', 'blanks'],
    ['cat/pkg;id', 'not an atom'],
    ['cat/$(id)', 'not an atom'],
    ['cat/`id`', 'not an atom'],
    ['cat/pkg|sh', 'not an atom'],
    ['cat/pkg>file', 'not an atom'],
    ["cat/pkg'", 'not an atom'],
    ['../../etc/passwd', 'path'],
    ['cat/..', 'path'],
    ['/etc/passwd', 'not an atom'],
    ['a b', 'blanks'],
    ['cat/pkg\n', 'blanks'],
    ['cat/pkg\0', 'not an atom'],
    ['--pretend', 'option'],
    ['-cat/pkg', 'option'],
    ['@world', 'set'],
    ['!cat/pkg', 'blocker'],
    ['cat/*', 'not an atom'],
    ['cat/pkg-1*', 'not an atom'],
    ['>=cat/pkg', 'no version'],
    ['~cat/pkg', 'no version'],
    ['cat/pkg[ssl?]', 'USE condition'],
    ['cat/pkg-1[ssl?]', 'USE condition'],
    ['cat/kéy', 'not an atom'],
    [`cat/${'a'.repeat(MAX_ATOM_LENGTH)}`, 'characters'],
  ])('%j: %s', (typed, reason) => {
    expect(normaliseAtom(typed)).toEqual({ problem: expect.stringContaining(reason) as string });
  });
});

test('a refusal never repeats control characters', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (typed) => {
      const result = normaliseAtom(typed);
      if ('problem' in result) expect(result.problem).not.toMatch(/\p{Cc}/u);
    }),
  );
});

test('what was made right once is right for ever', () => {
  const typed = fc.stringMatching(/^[=<>~]{0,2}[a-z-]{1,4}\/[a-z+-]{1,4}(-\d(\.\d)?(-r1)?)?(:\d)?$/);
  let accepted = 0;
  fc.assert(
    fc.property(typed, (text) => {
      const first = normaliseAtom(text);
      if (!('ok' in first)) return;
      accepted += 1;
      expect(normaliseAtom(first.ok)).toEqual(first);
      expect(parseAtom(first.ok)).toBeDefined();
    }),
    { numRuns: 500 },
  );
  expect(accepted).toBeGreaterThan(20);
});
