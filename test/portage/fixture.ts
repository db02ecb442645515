import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Where a captured file lies; `name` is relative to test/fixtures/portage. */
export function fixturePath(name: string): string {
  return fileURLToPath(new URL(`../fixtures/portage/${name}`, import.meta.url));
}

/** The bytes of a captured file. */
export function fixtureBytes(name: string): Buffer {
  return readFileSync(fixturePath(name));
}

/** A captured file as text. */
export function fixtureText(name: string): string {
  return readFileSync(fixturePath(name), 'utf8');
}

/** The names of the captured files in `directory`, as the other functions take them. */
export function fixturesIn(directory: string): string[] {
  return readdirSync(fixturePath(directory))
    .toSorted()
    .map((name) => `${directory}/${name}`);
}
