import { readFileSync } from 'node:fs';

/** The version of this program, as its package says. */
export function programVersion(): string {
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  // Our own file, shipped beside the program.
  return (JSON.parse(text) as { version: string }).version;
}
