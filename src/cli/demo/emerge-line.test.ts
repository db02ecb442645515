import { expect, test } from 'vitest';
import { fixtureText } from '../../../test/portage/fixture.ts';
import { readEmergeLine } from './emerge-line.ts';

test('a recorded installation from a binhost is 24 packages, each fetched, installed and completed, none compiled', () => {
  const steps = stepsIn('logs/world-client-stdout.txt');

  expect(steps).toEqual({ fetching: 24, installing: 24, completed: 24 });
});

test('a recorded build from source is told from an installation', () => {
  expect(stepsIn('logs/world-jobs2-stdout.txt')['compiling']).toBe(27);
});

test('a line names its place in the merge list and its package, without the repository', () => {
  expect(readEmergeLine('>>> Emerging binary (3 of 24) dev-lang/tinyscript-2.1::swarmtest')).toEqual({
    ...{ step: 'fetching', at: 3, of: 24, package: 'dev-lang/tinyscript-2.1' },
  });
  expect(readEmergeLine('>>> Merging dev-lang/tinyscript-2.1 to /')).toBeUndefined();
});

function stepsIn(name: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const line of fixtureText(name).split('\n')) {
    const step = readEmergeLine(line)?.step;
    if (step !== undefined) counts[step] = (counts[step] ?? 0) + 1;
  }
  return counts;
}
