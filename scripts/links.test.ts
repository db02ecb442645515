import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { ROOT } from './files.ts';
import { linkProblems } from './links.ts';

const dirs: string[] = [];
afterEach(() => {
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
});

function setup(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'links-'));
  dirs.push(root);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

const GUIDE = '# The guide\n\n## `serve` & friends\n\n## Again\n\n## Again\n\n<a id="op-work"></a>\n';

test.each([
  ['a file beside it', '[guide](docs/guide.md)'],
  ['a folder', '[docs](docs/)'],
  ['a heading', '[guide](docs/guide.md#the-guide)'],
  ['a heading with code and signs in it', '[guide](docs/guide.md#serve--friends)'],
  ['the second heading of one name', '[guide](docs/guide.md#again-1)'],
  ['a place with an id', '[work](docs/guide.md#op-work "the endpoint")'],
  ['a heading of its own page', '# Top\n\n[up](#top)'],
  ['another site', '[site](https://example.org/nothing) <mailto:nobody@example.org>'],
  ['a definition', '[guide][1]\n\n[1]: docs/guide.md'],
  ['nothing, but in code', '`[x](nowhere.md)`\n\n```\n[x](nowhere.md)\n```'],
])('a link to %s is taken', (_what, text) => {
  const root = setup({ 'README.md': `${text}\n`, 'docs/guide.md': GUIDE });

  expect(linkProblems(root)).toEqual([]);
});

test.each([
  ['a file that is not there', '[x](docs/none.md)', 'there is no docs/none.md'],
  ['a heading that is not there', '[x](docs/guide.md#none)', 'docs/guide.md has no heading #none'],
  ['a heading in a block of code', '[x](#code)\n\n```\n# Code\n```', 'README.md has no heading #code'],
  ['the top of the site', '[x](/docs/guide.md)', 'must be relative'],
  ['outside', '[x](../secret.md)', 'leads out of the repository'],
  ['a definition without a file', '[1]: none.md', 'there is no none.md'],
])('a link to %s is a problem, with its line', (_what, text, problem) => {
  const root = setup({ 'README.md': `Words.\n\n${text}\n`, 'docs/guide.md': GUIDE });

  const problems = linkProblems(root);

  expect(problems).toEqual([expect.stringContaining(problem)]);
  expect(problems[0]).toMatch(/^README\.md:3: /);
});

test('every link between our own documents leads somewhere', () => {
  expect(linkProblems(ROOT)).toEqual([]);
});
