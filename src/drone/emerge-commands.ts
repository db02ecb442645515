import type { work } from '../contract/drone-protocol.ts';
import type { ReplyOf } from '../contract/endpoint.ts';
import { parseAtom } from '../portage/atom.ts';
import { buildArgs, dependencyInstallArgs } from '../portage/recipe.ts';

export type BuildOrder = NonNullable<ReplyOf<typeof work>['build']>;

/** The emerge commands for an order. Undefined where there is nothing to do first. */
export type EmergeCommands = { readonly dependencies: string[] | undefined; readonly build: string[] };

/**
 * What emerge is told: install exactly the planned dependencies as binaries, then build exactly the
 * package. Where nothing was planned emerge resolves the dependencies itself, and builds what the
 * binhost lacks. Undefined when the atom of the order is none; throws `BAD_ATOM` for a dependency that is
 * not one exact version.
 */
export function emergeCommands(order: BuildOrder): EmergeCommands | undefined {
  const { atom: text, dependencies } = order;
  const atom = parseAtom(text);
  if (atom === undefined) return undefined;
  const cp = `${atom.category}/${atom.name}`;
  return {
    dependencies:
      dependencies === null ? unplannedArgs(text, cp) : plannedArgs(dependencies, order.dependencies_alone === true),
    build: [
      '--fail-clean=y',
      ...(atom.operator === '=' ? buildArgs({ cpv: `${cp}-${atom.version}` }) : unversionedArgs(text, cp)),
    ],
  };
}

function plannedArgs(dependencies: readonly string[], isAlone: boolean): string[] | undefined {
  return dependencies.length === 0 ? undefined : dependencyInstallArgs({ dependencies, isAlone });
}

/** As the recipe has them. */
const PLAIN = ['--ignore-default-opts', '--nospinner', '--autounmask=n', '--quiet-fail=n'];

function unplannedArgs(atom: string, cp: string): string[] {
  const what = ['--oneshot', '--onlydeps', '--onlydeps-with-rdeps=n', '--getbinpkg', `--usepkg-exclude=${cp}`];
  return [...PLAIN, ...what, atom];
}

function unversionedArgs(atom: string, cp: string): string[] {
  return [...PLAIN, '--oneshot', '--buildpkgonly', '--getbinpkg', `--usepkg-exclude=${cp}`, atom];
}
