import { CATEGORY_SYNTAX, isPackageName, parseCpv } from './cpv.ts';

/** A package dependency specification (PMS 8.3), with Portage's `::repository` after the slot. */
export type Atom = {
  /** `!` weak or `!!` strong blocker; empty for what is wanted. */
  readonly blocker: '' | '!' | '!!';
  /** `=*` is `=cat/name-1.2*`: every version that starts so. */
  readonly operator: AtomOperator;
  readonly category: string;
  readonly name: string;
  /** With its revision; null when no version is named. */
  readonly version: string | null;
  readonly slot: string | null;
  readonly subslot: string | null;
  /** `=` bound to the slot it was built with, `*` any slot. */
  readonly slotOperator: '' | '=' | '*';
  readonly repository: string | null;
  readonly use: readonly UseDependency[];
};

export type AtomOperator = '' | '<' | '<=' | '=' | '=*' | '~' | '>=' | '>';

/** One word between the brackets (PMS 8.3.4): `flag`, `-flag`, `flag?`, `!flag?`, `flag=`, `!flag=`. */
export type UseDependency = {
  readonly flag: string;
  readonly prefix: '' | '-' | '!';
  readonly suffix: '' | '?' | '=';
  /** What holds if the other package has no such flag. */
  readonly fallback: '' | '(+)' | '(-)';
};

type Grammar = { readonly blockers?: boolean };

const SLOT = '[A-Za-z0-9_][A-Za-z0-9+_.-]*';
const ATOM = new RegExp(
  [
    '^(?<blocker>!{0,2})(?<operator>[<>]=?|[=~]|)',
    `(?<category>${CATEGORY_SYNTAX})/(?<rest>[A-Za-z0-9_][A-Za-z0-9+_.-]*)(?<star>\\*?)`,
    `(?::(?:(?<slot>${SLOT})(?:/(?<subslot>${SLOT}))?)?(?<slotOperator>[=*]?))?`,
    '(?:::(?<repository>[A-Za-z0-9_][A-Za-z0-9_-]*))?',
    String.raw`(?:\[(?<use>[^\[\]]+)\])?$`,
  ].join(''),
);
const USE_DEPENDENCY = /^(?<prefix>[-!]?)(?<flag>[A-Za-z0-9][A-Za-z0-9+_@-]*)(?<fallback>\([+-]\)|)(?<suffix>[?=]?)$/;

/**
 * The parts of an atom, or undefined if `text` is none. Blockers (`!cat/name`) are atoms only where
 * `blockers` allows them. `formatAtom` of the answer is `text` again.
 */
export function parseAtom(text: string, { blockers = false }: Grammar = {}): Atom | undefined {
  const parts = ATOM.exec(text)?.groups;
  if (parts === undefined || (parts['blocker'] !== '' && !blockers)) return undefined;
  const named = parseName(parts);
  const use = parseUse(parts['use']);
  if (named === undefined || use === undefined) return undefined;
  const atom: Atom = { blocker: parts['blocker'] as Atom['blocker'], ...named, ...parseSlot(parts), use };
  // What the expression lets through without meaning: a lone colon, and any slot of a named slot.
  const isMeaningless = formatAtom(atom) !== text || (atom.slotOperator === '*' && atom.slot !== null);
  return isMeaningless ? undefined : atom;
}

/** The atom as text, as `parseAtom` read it. */
export function formatAtom(atom: Atom): string {
  const version = atom.version === null ? '' : `-${atom.version}`;
  const star = atom.operator === '=*' ? '*' : '';
  const slots = `${atom.slot ?? ''}${atom.subslot === null ? '' : `/${atom.subslot}`}${atom.slotOperator}`;
  const repository = atom.repository === null ? '' : `::${atom.repository}`;
  const use = atom.use.length === 0 ? '' : `[${atom.use.map(formatUse).join(',')}]`;
  const name = `${atom.category}/${atom.name}${version}${star}`;
  return `${atom.blocker}${atom.operator.charAt(0)}${operatorTail(atom)}${name}${slots && `:${slots}`}${repository}${use}`;
}

type Parts = { readonly [part: string]: string | undefined };

/** A version goes with an operator and an operator with a version, never one alone (PMS 8.3.1). */
function parseName(parts: Parts): Pick<Atom, 'category' | 'name' | 'operator' | 'version'> | undefined {
  const { category = '', rest = '', operator = '', star = '' } = parts;
  if (operator === '') return star === '' ? unversioned(category, rest) : undefined;
  const cpv = parseCpv(`${category}/${rest}`);
  if (cpv === undefined || (star !== '' && operator !== '=')) return undefined;
  return { category, name: cpv.name, operator: `${operator}${star}` as AtomOperator, version: cpv.fullVersion };
}

function unversioned(category: string, name: string): ReturnType<typeof parseName> {
  return isPackageName(name) ? { category, name, operator: '', version: null } : undefined;
}

function parseSlot(parts: Parts): Pick<Atom, 'slot' | 'subslot' | 'slotOperator' | 'repository'> {
  return {
    slot: parts['slot'] ?? null,
    subslot: parts['subslot'] ?? null,
    slotOperator: (parts['slotOperator'] ?? '') as Atom['slotOperator'],
    repository: parts['repository'] ?? null,
  };
}

function parseUse(text: string | undefined): UseDependency[] | undefined {
  if (text === undefined) return [];
  const words = text.split(',').map(parseUseDependency);
  return words.every((word) => word !== undefined) ? words : undefined;
}

function parseUseDependency(word: string): UseDependency | undefined {
  const parts = USE_DEPENDENCY.exec(word)?.groups as UseDependency | undefined;
  if (parts === undefined) return undefined;
  const { flag, prefix, suffix, fallback } = parts;
  // `!flag` alone, `-flag?` and `-flag=` are not among the six forms.
  if ((prefix === '!') !== (suffix !== '') && prefix !== '') return undefined;
  return { flag, prefix, suffix, fallback };
}

function formatUse({ prefix, flag, fallback, suffix }: UseDependency): string {
  return `${prefix}${flag}${fallback}${suffix}`;
}

function operatorTail({ operator }: Atom): string {
  return operator === '<=' || operator === '>=' ? '=' : '';
}
