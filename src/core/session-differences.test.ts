import { expect, test } from 'vitest';
import { type NamedBuild, packageRuns, sessionDifferences } from './session-differences.ts';

const build = (name: string, version: string, outcome: 'built' | 'failed' = 'built', durationS = 10): NamedBuild => ({
  ...{ name, version, outcome, durationS },
});

test('what only one of them tried is gone or added, what took longest first', () => {
  const a = packageRuns([build('c/short', '1', 'built', 5), build('c/long', '1', 'built', 50), build('c/both', '1')]);
  const b = packageRuns([build('c/both', '1'), build('c/new', '1')]);

  const { gone, added, outcomes, upgraded } = sessionDifferences(a, b);

  expect(gone.map((each) => each.package)).toEqual(['c/long', 'c/short']);
  expect(added.map((each) => each.package)).toEqual(['c/new']);
  expect([outcomes, upgraded]).toEqual([[], []]);
});

test('a package that failed and was built in the end counts as built', () => {
  const runs = packageRuns([build('c/a', '1', 'failed'), build('c/a', '1', 'built', 7), build('c/b', '1', 'failed')]);

  expect(runs.get('c/a')).toEqual({ versions: ['1'], outcome: 'built', builtS: 7 });
  expect(runs.get('c/b')).toMatchObject({ outcome: 'failed', builtS: 0 });
});

test('what fails now comes before what is built again, and other versions are told of', () => {
  const a = packageRuns([build('c/better', '1', 'failed'), build('c/worse', '1'), build('c/up', '1')]);
  const b = packageRuns([build('c/better', '1'), build('c/worse', '1', 'failed'), build('c/up', '2')]);

  const { outcomes, upgraded } = sessionDifferences(a, b);

  expect(outcomes.map((each) => each.package)).toEqual(['c/worse', 'c/better']);
  expect(upgraded.map((each) => [each.package, each.a.versions, each.b.versions])).toEqual([['c/up', ['1'], ['2']]]);
});

test('of several slots each counts: one that fails makes the package failed', () => {
  const runs = packageRuns([build('dev-lang/python', '3.12'), build('dev-lang/python', '3.13', 'failed')]);

  expect(runs.get('dev-lang/python')).toEqual({ versions: ['3.12', '3.13'], outcome: 'failed', builtS: 10 });
});
