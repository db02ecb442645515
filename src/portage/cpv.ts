import { parseVersion, VERSION_SYNTAX } from './version.ts';

/** One ebuild version by name: `category/name-version[-rN]`, in parts (PMS 3.1, 3.2). */
export type Cpv = {
  readonly category: string;
  /** The package name without its version, PN. */
  readonly name: string;
  /** Version with its revision as written, PVR: `1.2-r1`. */
  readonly fullVersion: string;
  /** Version without the revision, PV. */
  readonly version: string;
  /** N of `-rN`; 0 when none is written. */
  readonly revision: number;
  /** `category/name`. */
  readonly cp: string;
  /** `name-version[-rN]`, PF. */
  readonly pf: string;
  readonly cpv: string;
};

/** What names a category (PMS 3.1.1), as the source of a regular expression without groups. */
export const CATEGORY_SYNTAX = '[A-Za-z0-9_][A-Za-z0-9+_.-]*';
// PMS 3.1.2, but for the rule on endings that look like a version: see `isPackageName`.
const NAME_SYNTAX = '[A-Za-z0-9_][A-Za-z0-9+_-]*';

// Both parts lazy, so that `foo-1-r2` is version `1-r2` of `foo` and not version `r2` of something.
const CPV = new RegExp(`^(${CATEGORY_SYNTAX})/(${NAME_SYNTAX}?)-(${VERSION_SYNTAX})$`);
const NAME = new RegExp(`^${NAME_SYNTAX}$`);
const VERSION_ENDING = new RegExp(`-${VERSION_SYNTAX}$`);

/** The parts of `category/name-version`, or undefined if `text` is not exactly that. */
export function parseCpv(text: string): Cpv | undefined {
  const [, category = '', name = '', fullVersion = ''] = CPV.exec(text) ?? [];
  const parsed = parseVersion(fullVersion);
  if (parsed === undefined || !isPackageName(name)) return undefined;
  const version = fullVersion.replace(/-r\d+$/, '');
  return {
    ...{ category, name, fullVersion, version, revision: Number(parsed.revision) },
    ...{ cp: `${category}/${name}`, pf: `${name}-${fullVersion}`, cpv: text },
  };
}

/** Whether `text` may name a package: no dots, and no ending that reads like a version (PMS 3.1.2). */
export function isPackageName(text: string): boolean {
  return NAME.test(text) && !VERSION_ENDING.test(text);
}
