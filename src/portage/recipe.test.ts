import { describe, expect, test } from 'vitest';
import { SwarmError } from '../core/errors.ts';
import { buildArgs, dependencyInstallArgs } from './recipe.ts';

test('dependencies are installed as binaries, with exact versions and nothing built', () => {
  expect(dependencyInstallArgs({ dependencies: ['=dev-libs/a-1.0', '=dev-libs/b-2.0-r1'], jobs: 4 })).toEqual([
    ...['--oneshot', '--noreplace', '--rebuilt-binaries', '--getbinpkgonly', '--binpkg-respect-use=y'],
    ...['--ignore-default-opts', '--nospinner', '--autounmask=n', '--quiet-fail=n'],
    ...['--jobs=4', '=dev-libs/a-1.0', '=dev-libs/b-2.0-r1'],
  ]);
});

test('without a number of jobs emerge is not told one', () => {
  expect(dependencyInstallArgs({ dependencies: ['=a/b-1'] }).some((option) => option.startsWith('--jobs'))).toBe(false);
});

test('exactly the one package is built, never taken from the binhost', () => {
  expect(buildArgs({ cpv: 'net-libs/swarmhttp-1.8-r2' })).toEqual([
    ...['--oneshot', '--buildpkgonly', '--getbinpkg', '--usepkg-exclude=net-libs/swarmhttp'],
    ...['--ignore-default-opts', '--nospinner', '--autounmask=n', '--quiet-fail=n'],
    '=net-libs/swarmhttp-1.8-r2',
  ]);
});

describe('nothing but exact versions reaches emerge', () => {
  test.each([
    ...['a/b', 'a/b-1', '>=a/b-1', '~a/b-1', '=a/b-1*', '=a/b', '=a/b-1:0', '=a/b-1::r', '=a/b-1[x]'],
    ...['--unmerge', '@world', '', ' =a/b-1', '=a/b-1\n', '=a/b-1;id', '=../b-1'],
  ])('%j is refused as a dependency', (atom) => {
    expect(() => dependencyInstallArgs({ dependencies: ['=a/good-1', atom] })).toThrow(SwarmError);
  });

  test.each(['=a/b-1', 'a/b', '--help', '@world', '', 'a/b-1 c/d-2', 'a/b-1*'])('%j is refused as a package', (cpv) => {
    expect(() => buildArgs({ cpv })).toThrow(SwarmError);
  });

  test('an empty list is refused: emerge without a package would explain itself and fail', () => {
    expect(() => dependencyInstallArgs({ dependencies: [] })).toThrow(SwarmError);
  });
});
