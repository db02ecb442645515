import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatAtom, parseAtom } from './atom.ts';

const PLAIN = {
  ...{ blocker: '', operator: '', category: 'dev-libs', name: 'foo', version: null },
  ...{ slot: null, subslot: null, slotOperator: '', repository: null, use: [] },
} as const;

test('an atom falls into all its parts', () => {
  expect(parseAtom('>=dev-libs/foo-1.2-r1:0/3=::gentoo[a,-b,c?,!d?,e=,!f=,g(+),-h(-)]')).toEqual({
    ...PLAIN,
    ...{ operator: '>=', version: '1.2-r1', slot: '0', subslot: '3', slotOperator: '=', repository: 'gentoo' },
    use: [
      { flag: 'a', prefix: '', suffix: '', fallback: '' },
      { flag: 'b', prefix: '-', suffix: '', fallback: '' },
      { flag: 'c', prefix: '', suffix: '?', fallback: '' },
      { flag: 'd', prefix: '!', suffix: '?', fallback: '' },
      { flag: 'e', prefix: '', suffix: '=', fallback: '' },
      { flag: 'f', prefix: '!', suffix: '=', fallback: '' },
      { flag: 'g', prefix: '', suffix: '', fallback: '(+)' },
      { flag: 'h', prefix: '-', suffix: '', fallback: '(-)' },
    ],
  });
});

describe('what stands before and after the name', () => {
  test.each([
    ['dev-libs/foo', {}],
    ['<dev-libs/foo-2', { operator: '<', version: '2' }],
    ['<=dev-libs/foo-2', { operator: '<=', version: '2' }],
    ['=dev-libs/foo-2', { operator: '=', version: '2' }],
    ['=dev-libs/foo-2*', { operator: '=*', version: '2' }],
    ['~dev-libs/foo-2', { operator: '~', version: '2' }],
    ['~dev-libs/foo-2-r1', { operator: '~', version: '2-r1' }],
    ['>=dev-libs/foo-2', { operator: '>=', version: '2' }],
    ['>dev-libs/foo-2', { operator: '>', version: '2' }],
    ['dev-libs/foo:0', { slot: '0' }],
    ['dev-libs/foo:0/1', { slot: '0', subslot: '1' }],
    ['dev-libs/foo:=', { slotOperator: '=' }],
    ['dev-libs/foo:*', { slotOperator: '*' }],
    ['dev-libs/foo:0=', { slot: '0', slotOperator: '=' }],
    ['dev-libs/foo:0/1=', { slot: '0', subslot: '1', slotOperator: '=' }],
    ['dev-libs/foo::local-1', { repository: 'local-1' }],
  ])('%s', (text, parts) => {
    expect(parseAtom(text)).toEqual({ ...PLAIN, ...parts });
  });
});

test('blockers are atoms only where they are allowed', () => {
  expect(parseAtom('!dev-libs/foo')).toBeUndefined();
  expect(parseAtom('!dev-libs/foo', { blockers: true })).toEqual({ ...PLAIN, blocker: '!' });
  expect(parseAtom('!!<dev-libs/foo-1', { blockers: true })).toMatchObject({ blocker: '!!', operator: '<' });
  expect(parseAtom('!!!dev-libs/foo', { blockers: true })).toBeUndefined();
});

test.each([
  ['', 'nothing'],
  ['foo', 'no category'],
  ['dev-libs/foo-1.2', 'a version without operator'],
  ['=dev-libs/foo', 'an operator without version'],
  ['>=dev-libs/foo-1*', 'a star with another operator'],
  ['dev-libs/foo*', 'a star without version'],
  ['dev-libs/foo:0*', 'any slot of a named slot'],
  ['==dev-libs/foo-1', 'two operators'],
  ['dev-libs/foo:', 'an empty slot'],
  ['dev-libs/foo:/1', 'a subslot without slot'],
  ['dev-libs/foo:0/', 'an empty subslot'],
  ['dev-libs/foo:0==', 'two slot operators'],
  ['dev-libs/foo:-0', 'a slot that begins with a hyphen'],
  ['dev-libs/foo::', 'an empty repository'],
  ['dev-libs/foo::a.b', 'a dot in a repository'],
  ['dev-libs/foo[]', 'no flag'],
  ['dev-libs/foo[a,]', 'an empty flag'],
  ['dev-libs/foo[a b]', 'a blank'],
  ['dev-libs/foo[!a]', 'a negation that is none'],
  ['dev-libs/foo[-a?]', 'a condition with a minus'],
  ['dev-libs/foo[a][b]', 'two lists'],
  ['dev-libs/foo[a]:0', 'parts in the wrong order'],
  ['dev-libs/foo ', 'a blank at the end'],
  ['dev-libs/foo\n', 'a line end'],
  ['dev-libs/foo;id', 'a shell character'],
  ['dev-libs/$(id)', 'a shell expression'],
  ['*/foo', 'a wildcard'],
  ['dev-libs/../foo', 'a path'],
  ['-dev/foo', 'a category that begins with a hyphen'],
  ['dev-libs/-foo', 'a name that begins with a hyphen'],
])('%j is no atom: %s', (text) => {
  expect(parseAtom(text)).toBeUndefined();
});

// Texts of the characters that atoms are made of, so that a good part of them is accepted.
const pieces = fc
  .tuple(
    fc.constantFrom('', '', '=', '~', '<', '>=', '!'),
    fc.constantFrom('a/b', 'dev-libs/foo', 'x/c++', 'a/b-r1', '_/0'),
    fc.constantFrom('', '-1', '-1.0-r2', '-2_p1', '*', '-1*'),
    fc.constantFrom('', ':0', ':=', ':0/1=', ':', ':*', ':1.2/_x'),
    fc.constantFrom('', '::r', '::r-2', '::'),
    fc.constantFrom('', '[a]', '[-a,b?]', '[!a=]', '[a(+)]', '[a(-)?]', '[!a]', '[]'),
  )
  .map((parts) => parts.join(''));

test('any atom that is accepted prints back to itself', () => {
  let accepted = 0;
  fc.assert(
    fc.property(pieces, fc.boolean(), (text, blockers) => {
      const atom = parseAtom(text, { blockers });
      if (atom === undefined) return;
      accepted += 1;
      expect(formatAtom(atom)).toBe(text);
    }),
    { numRuns: 2000 },
  );
  expect(accepted).toBeGreaterThan(50);
});

test('no text makes the parser throw', () => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom(...'=<>~!:/[]*-a1.?()') }));
  fc.assert(
    fc.property(text, (anything) => {
      const atom = parseAtom(anything, { blockers: true });
      expect(atom === undefined || formatAtom(atom) === anything).toBe(true);
    }),
    { numRuns: 1000 },
  );
});
