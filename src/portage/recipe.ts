import { SwarmError } from '../core/errors.ts';
import { parseAtom } from './atom.ts';
import { parseCpv } from './cpv.ts';

/**
 * How a drone calls emerge so that it builds exactly one package from source and nothing else, in
 * two commands (tried with Portage 3.0.60 to 3.0.83). These are the arguments of `emerge`, for a
 * process without a shell.
 */

/** Make a run depend on nothing but its arguments: no EMERGE_DEFAULT_OPTS, no questions, no guesses. */
const PLAIN_OPTIONS = ['--ignore-default-opts', '--nospinner', '--autounmask=n', '--quiet-fail=n'] as const;

export type DependencyInstall = {
  /** `=category/name-version` each; at least one. */
  readonly dependencies: readonly string[];
  /** Nothing that they bring along: part of it cannot be had yet. False unless told. */
  readonly isAlone?: boolean;
  /** Packages installed at the same time. */
  readonly jobs?: number;
};

/**
 * The first command: installs these versions and, unless they are to be `isAlone`, what they need at run time, as
 * binaries only. No
 * ebuild is looked at, so nothing can get built; a binary with other USE flags than configured is an
 * error; what is installed stays unless the binhost has a newer build of it.
 * @throws SwarmError BAD_ATOM if a dependency is not of that form, or there is none: then there is nothing to run.
 */
export function dependencyInstallArgs({ dependencies, isAlone = false, jobs }: DependencyInstall): string[] {
  if (dependencies.length === 0) throw new SwarmError('BAD_ATOM', 'no dependencies to install');
  return [
    '--oneshot',
    ...['--noreplace', '--rebuilt-binaries', '--getbinpkgonly', '--binpkg-respect-use=y'],
    // Portage refuses to install a binary while one that it names at run time is nowhere to be had.
    ...(isAlone ? ['--nodeps'] : []),
    ...PLAIN_OPTIONS,
    ...(jobs === undefined ? [] : [`--jobs=${jobCount(jobs)}`]),
    ...dependencies.map(exactAtom),
  ];
}

/**
 * The second command: builds `cpv` and packages it, and merges nothing. It refuses if a build
 * dependency is not installed. The binhost is only asked for the next free build id; the package
 * itself never comes from there.
 * @throws SwarmError BAD_ATOM if `cpv` is not a `category/name-version`.
 */
export function buildArgs({ cpv }: { readonly cpv: string }): string[] {
  const parsed = parseCpv(cpv);
  if (parsed === undefined) throw new SwarmError('BAD_ATOM', `not a category/name-version: ${JSON.stringify(cpv)}`);
  return [
    ...['--oneshot', '--buildpkgonly', '--getbinpkg', `--usepkg-exclude=${parsed.cp}`],
    ...PLAIN_OPTIONS,
    exactAtom(`=${cpv}`),
  ];
}

/** Anything else would leave the choice of the version to the drone. */
function exactAtom(text: string): string {
  const atom = parseAtom(text);
  const isExact = atom?.operator === '=' && text === `=${atom.category}/${atom.name}-${atom.version}`;
  if (!isExact) throw new SwarmError('BAD_ATOM', `not of the form =category/name-version: ${JSON.stringify(text)}`);
  return text;
}

function jobCount(jobs: number): number {
  return Math.max(1, Math.floor(jobs) || 1);
}
