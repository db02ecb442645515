import { expect, test } from 'vitest';
import { type BuildOrder, emergeCommands } from './emerge-commands.ts';

const order = (atom: string, dependencies: string[] | null): BuildOrder => ({
  ...{ atom, dependencies },
  session_id: null,
  binhost: '/binhost/',
});

test('planned dependencies are installed as binaries only, and the package is built and not installed', () => {
  const commands = emergeCommands(order('=app-misc/jq-1.7-r1', ['=dev-libs/onig-6.9']));

  expect(commands?.dependencies).toEqual(expect.arrayContaining(['--getbinpkgonly', '=dev-libs/onig-6.9']));
  expect(commands?.build).toEqual(
    expect.arrayContaining(['--fail-clean=y', '--buildpkgonly', '--usepkg-exclude=app-misc/jq', '=app-misc/jq-1.7-r1']),
  );
});

test('of what cannot be had whole yet exactly the listed part is installed', () => {
  const whole = emergeCommands(order('=app-misc/jq-1.7', ['=dev-libs/onig-6.9']));
  const part = emergeCommands({ ...order('=app-misc/jq-1.7', ['=dev-libs/onig-6.9']), dependencies_alone: true });

  expect(whole?.dependencies).not.toContain('--nodeps');
  expect(part?.dependencies).toEqual(expect.arrayContaining(['--nodeps', '--getbinpkgonly', '=dev-libs/onig-6.9']));
  // What the build needs itself is checked by emerge all the same.
  expect(part?.build).toEqual(whole?.build);
});

test('nothing is run for an empty list of dependencies', () => {
  expect(emergeCommands(order('=app-misc/jq-1.7', []))?.dependencies).toBeUndefined();
});

test('without a plan emerge resolves what the build needs, but never the package itself', () => {
  const commands = emergeCommands(order('app-misc/jq', null));

  expect(commands?.dependencies).toEqual(
    expect.arrayContaining(['--onlydeps', '--onlydeps-with-rdeps=n', '--usepkg-exclude=app-misc/jq', 'app-misc/jq']),
  );
  expect(commands?.build.at(-1)).toBe('app-misc/jq');
  expect(commands?.build).toContain('--buildpkgonly');
});

test('what is no atom is not handed to emerge', () => {
  expect(emergeCommands(order('--sync', null))).toBeUndefined();
  expect(() => emergeCommands(order('=app-misc/jq-1.7', ['--sync']))).toThrow(/--sync/);
});
