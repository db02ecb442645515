import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ATTEMPT_STATES, PACKAGE_MOVES } from '../src/core/package-state.ts';
import { ROOT } from './files.ts';

const MAP = readFileSync(join(ROOT, 'ARCHITECTURE.md'), 'utf8');

/** The arrows between states of the diagram below a heading, as `from --> to`. */
function arrowsBelow(heading: string): string[] {
  const diagram = MAP.split(`## ${heading}`)[1]?.split('```')[1] ?? '';
  return [...diagram.matchAll(/^ +(\w+ --> \w+)/gm)].map((match) => match[1] ?? '').sort();
}

test('the diagram of a package has exactly the moves of the table', () => {
  const moves = Object.entries(PACKAGE_MOVES).flatMap(([from, to]) =>
    Object.values(to).map((state) => `${from} --> ${state}`),
  );

  expect(arrowsBelow('The life of a package')).toEqual(moves.sort());
});

test('the diagram of an attempt leads from running to every end', () => {
  const ends = ATTEMPT_STATES.filter((state) => state !== 'running');

  expect(arrowsBelow('The life of an attempt')).toEqual(ends.map((state) => `running --> ${state}`).sort());
});
