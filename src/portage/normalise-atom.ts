import { formatAtom, parseAtom } from './atom.ts';
import { parseCpv } from './cpv.ts';

/** No name in Gentoo comes near it; it keeps every atom a legal file name and log line. */
export const MAX_ATOM_LENGTH = 255;

/**
 * What a person typed as a package, as an atom that emerge takes, or a sentence that says what is
 * wrong with it. A version without operator gets `=`, an `=` without version is dropped; operators,
 * slots, repositories and USE requirements stay as they are. Nothing else gets through.
 */
export function normaliseAtom(text: string): { readonly ok: string } | { readonly problem: string } {
  const problem = shapeProblem(text);
  if (problem !== undefined) return { problem };
  for (const candidate of candidates(text)) {
    const atom = parseAtom(candidate);
    if (atom?.use.some((word) => word.suffix !== '') === true) return { problem: CONDITIONAL(text) };
    if (atom !== undefined) return { ok: formatAtom(atom) };
  }
  return { problem: syntaxProblem(text) };
}

/** What no atom has, checked first for a better sentence than "not an atom". */
function shapeProblem(text: string): string | undefined {
  if (text === '') return 'The package name is empty.';
  if (text.length > MAX_ATOM_LENGTH)
    return `The package name has ${text.length} characters; at most ${MAX_ATOM_LENGTH} are allowed.`;
  if (/\s/.test(text)) return `${shown(text)} contains blanks; one atom has none.`;
  if (text.startsWith('-')) return `${shown(text)} starts with a hyphen, which would make it an option.`;
  if (text.startsWith('@')) return `${shown(text)} is a package set, not a package; sets are planned with "fresh".`;
  if (text.startsWith('!')) return `${shown(text)} is a blocker; only packages to build can be named here.`;
  if (/(^|\/)\.\.?(\/|$)/.test(text)) return `${shown(text)} looks like a path, not like category/name.`;
  return undefined;
}

/** In order of preference: as typed, with the `=` that was forgotten, without the `=` that was too much. */
function candidates(text: string): string[] {
  if (text.startsWith('=')) return [text, text.slice(1)];
  return /^[A-Za-z0-9_]/.test(text) && !text.includes('*') ? [text, `=${text}`] : [text];
}

function syntaxProblem(text: string): string {
  if (!text.includes('/')) return `${shown(text)} has no category; write it as category/name.`;
  const name = text.replace(/^[<>]=?|^~/, '');
  if (name !== text && parseCpv(name) === undefined && parseAtom(name) !== undefined)
    return `${shown(text)} has an operator but no version.`;
  return `${shown(text)} is not an atom such as category/name or =category/name-1.2.`;
}

const CONDITIONAL = (text: string): string =>
  `${shown(text)} has a USE condition, which only has a meaning inside an ebuild.`;

/** The text for a message: quoted, without control characters, not endless. */
function shown(text: string): string {
  const quoted = JSON.stringify(text.length > 80 ? `${text.slice(0, 77)}...` : text);
  return quoted.replace(/\p{Cc}/gu, '\u{FFFD}');
}
