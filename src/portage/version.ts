import { SwarmError } from '../core/errors.ts';

/** A version by PMS 3.2, in parts. Numbers stay texts: Gentoo has versions of twenty digits. */
export type Version = {
  /** The dotted numbers as written: leading zeros count. */
  readonly numbers: readonly string[];
  /** One lower-case letter, or empty. */
  readonly letter: string;
  readonly suffixes: readonly VersionSuffix[];
  /** Digits of `-rN`; empty when none is written, which means the same as `0`. */
  readonly revision: string;
};

export type VersionSuffix = { readonly kind: SuffixKind; readonly number: string };

type SuffixKind = (typeof SUFFIX_KINDS)[number];
type Order = -1 | 0 | 1;

// In ascending order; the end of the list stands between `rc` and `p` (PMS 3.3, algorithm 3.5).
const SUFFIX_KINDS = ['alpha', 'beta', 'pre', 'rc', 'p'] as const;

/** The version syntax of PMS 3.2, revision included, as the source of a regular expression without groups. */
export const VERSION_SYNTAX = String.raw`\d+(?:\.\d+)*[a-z]?(?:_(?:alpha|beta|pre|rc|p)\d*)*` + String.raw`(?:-r\d+)?`;

const VERSION = /^(\d+(?:\.\d+)*)([a-z]?)((?:_(?:alpha|beta|pre|rc|p)\d*)*)(?:-r(\d+))?$/;

/** The parts of `text` if it is a version such as `1.2b_rc3-r1`, else undefined. */
export function parseVersion(text: string): Version | undefined {
  const match = VERSION.exec(text);
  if (match === null) return undefined;
  const [, numbers = '', letter = '', suffixes = '', revision = ''] = match;
  return { numbers: numbers.split('.'), letter, suffixes: parseSuffixes(suffixes), revision };
}

/**
 * Whether version `a` comes before (-1), with (0) or after (1) version `b` in the order of PMS 3.3.
 * Different texts can be equal: `1.0-r0` and `1.0`, `1.10` is not `1.1`, but `1.010` is `1.01`.
 * @throws SwarmError BAD_ATOM if one of them is no version.
 */
export function compareVersions(a: string, b: string): Order {
  const [left, right] = [known(a), known(b)];
  return (
    compareNumbers(left.numbers, right.numbers) ||
    compareText(left.letter, right.letter) ||
    compareSuffixes(left.suffixes, right.suffixes) ||
    compareIntegers(left.revision, right.revision)
  );
}

function parseSuffixes(text: string): VersionSuffix[] {
  const parsed: VersionSuffix[] = [];
  for (const [, word, number = ''] of text.matchAll(/_(alpha|beta|pre|rc|p)(\d*)/g)) {
    const kind = SUFFIX_KINDS.find((candidate) => candidate === word);
    if (kind !== undefined) parsed.push({ kind, number });
  }
  return parsed;
}

function known(text: string): Version {
  const version = parseVersion(text);
  if (version === undefined) throw new SwarmError('BAD_ATOM', `not a version: ${JSON.stringify(text.slice(0, 100))}`);
  return version;
}

function compareNumbers(a: readonly string[], b: readonly string[]): Order {
  const shared = Math.min(a.length, b.length);
  for (let index = 0; index < shared; index += 1) {
    const order = compareComponents(a[index] ?? '', b[index] ?? '', index);
    if (order !== 0) return order;
  }
  return sign(a.length - b.length);
}

/** The first number is an integer; of the others one with a leading zero is read like a decimal fraction. */
function compareComponents(a: string, b: string, index: number): Order {
  const isFraction = index > 0 && (a.startsWith('0') || b.startsWith('0'));
  return isFraction ? compareText(a.replace(/0+$/, ''), b.replace(/0+$/, '')) : compareIntegers(a, b);
}

function compareSuffixes(a: readonly VersionSuffix[], b: readonly VersionSuffix[]): Order {
  const longest = Math.max(a.length, b.length);
  for (let index = 0; index < longest; index += 1) {
    const [left, right] = [a[index], b[index]];
    const order =
      sign(suffixRank(left) - suffixRank(right)) || compareIntegers(left?.number ?? '', right?.number ?? '');
    if (order !== 0) return order;
  }
  return 0;
}

/** No suffix stands above `rc` and below `p`: 1_rc1 < 1 < 1_p0. */
function suffixRank(suffix: VersionSuffix | undefined): number {
  if (suffix === undefined) return SUFFIX_KINDS.indexOf('p') - 0.5;
  return SUFFIX_KINDS.indexOf(suffix.kind);
}

/** Digits of any length, without losing any to a float; no digits are a zero. */
function compareIntegers(a: string, b: string): Order {
  const [left, right] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')];
  return sign(left.length - right.length) || compareText(left, right);
}

function compareText(a: string, b: string): Order {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function sign(difference: number): Order {
  if (difference === 0) return 0;
  return difference < 0 ? -1 : 1;
}
