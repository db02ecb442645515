import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SwarmError } from '../core/errors.ts';
import { compareVersions, parseVersion } from './version.ts';

// The order of PMS 3.3, one example for each step of its algorithms.
const ASCENDING: readonly (readonly [smaller: string, greater: string, why: string])[] = [
  ['1', '2', 'first number'],
  ['9', '10', 'numbers are integers, not texts'],
  ['1', '1.0', 'more numbers are more'],
  ['1.0', '1.0.0', 'more numbers are more, also zeros'],
  ['1.9', '1.10', 'later numbers are integers too'],
  ['1.01', '1.1', 'a leading zero makes a fraction'],
  ['1.001', '1.01', 'a leading zero makes a fraction'],
  ['1.09', '1.1', 'a leading zero makes a fraction'],
  ['1.0', '1.01', 'zero is the smallest fraction'],
  ['1.02', '1.10', 'a fraction comes before a number without leading zero'],
  ['12.2b', '12.2.5', 'a further number beats a letter'],
  ['1.2', '1.2a', 'a letter is more than none'],
  ['1.2a', '1.2b', 'letters in order'],
  ['1_alpha', '1_beta', 'suffixes in order'],
  ['1_beta', '1_pre', 'suffixes in order'],
  ['1_pre', '1_rc', 'suffixes in order'],
  ['1_rc', '1', 'a release candidate comes before the release'],
  ['1', '1_p', 'a patch level comes after the release'],
  ['1', '1_p0', 'even patch level 0'],
  ['1_p1', '1_p2', 'suffix numbers'],
  ['1_p9', '1_p10', 'suffix numbers are integers'],
  ['1_alpha', '1_alpha1', 'no number is 0'],
  ['1_alpha_alpha', '1_alpha', 'a second suffix counts'],
  ['1_alpha', '1_alpha_p', 'a second suffix counts'],
  ['1_p1_rc1', '1_p1', 'a second suffix counts'],
  ['1.2a_rc1', '1.2a', 'a letter and a suffix'],
  ['1_rc9', '1_p', 'rc is below p whatever the numbers'],
  ['1', '1-r1', 'revisions'],
  ['1-r9', '1-r10', 'revisions are integers'],
  ['1_p1-r5', '1_p2-r1', 'the revision comes last'],
  ['20260101', '20260102', 'dates'],
  ['99999999999999999998', '99999999999999999999', 'numbers beyond what a float holds'],
  ['1_p99999999999999999998', '1_p99999999999999999999', 'suffix numbers beyond what a float holds'],
];

const EQUAL: readonly (readonly [string, string])[] = [
  ['1', '1'],
  ['1', '1-r0'],
  ['1-r1', '1-r01'],
  ['01', '1'],
  ['1.010', '1.01'],
  ['1.0', '1.00'],
  ['1_p', '1_p0'],
  ['1_alpha01', '1_alpha1'],
];

const digits = fc.stringMatching(/^\d{1,4}$/);
const version = fc
  .tuple(
    fc.array(digits, { minLength: 1, maxLength: 3 }),
    fc.constantFrom('', 'a', 'z'),
    fc.array(fc.tuple(fc.constantFrom('alpha', 'beta', 'pre', 'rc', 'p'), fc.option(digits, { nil: '' })), {
      maxLength: 2,
    }),
    fc.constantFrom('', '-r0', '-r1', '-r12'),
  )
  .map(([numbers, letter, suffixes, revision]) => {
    return `${numbers.join('.')}${letter}${suffixes.map(([kind, number]) => `_${kind}${number}`).join('')}${revision}`;
  });

describe('compareVersions', () => {
  test.each(ASCENDING)('%s comes before %s: %s', (smaller, greater) => {
    expect(compareVersions(smaller, greater)).toBe(-1);
    expect(compareVersions(greater, smaller)).toBe(1);
  });

  test.each(EQUAL)('%s and %s are the same version', (a, b) => {
    expect(compareVersions(a, b)).toBe(0);
    expect(compareVersions(b, a)).toBe(0);
  });

  test('turning the question round turns the answer round', () => {
    fc.assert(fc.property(version, version, (a, b) => compareVersions(a, b) === 0 - compareVersions(b, a)));
  });

  test('every version equals itself', () => {
    fc.assert(fc.property(version, (a) => compareVersions(a, a) === 0));
  });

  test('what comes before what comes before comes before', () => {
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        const [low, middle, high] = [a, b, c].toSorted(compareVersions) as [string, string, string];
        expect(compareVersions(low, middle)).toBeLessThanOrEqual(0);
        expect(compareVersions(middle, high)).toBeLessThanOrEqual(0);
        expect(compareVersions(low, high)).toBeLessThanOrEqual(0);
        if (compareVersions(low, middle) === -1) expect(compareVersions(low, high)).toBe(-1);
      }),
    );
  });

  test.each(['', 'abc', '1.', '1-r', '1_foo', '1.2.x', 'v1', '1 ', '1\n'])('refuses %j as a version', (text) => {
    expect(parseVersion(text)).toBeUndefined();
    expect(() => compareVersions(text, '1')).toThrow(SwarmError);
  });
});

test('a version falls into numbers, letter, suffixes and revision', () => {
  expect(parseVersion('1.02b_rc3_p-r4')).toEqual({
    numbers: ['1', '02'],
    letter: 'b',
    suffixes: [
      { kind: 'rc', number: '3' },
      { kind: 'p', number: '' },
    ],
    revision: '4',
  });
});

test('no text makes the parser throw', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const parsed = parseVersion(text);
      expect(parsed === undefined || compareVersions(text, text) === 0).toBe(true);
    }),
  );
});
