import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { houseProblems } from './house.ts';

/** A project with the rooms core ← app ← http, server, cli, and these files. */
function setup(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'house-'));
  const rooms = { core: [], app: ['core'], http: ['app'], server: ['http'], cli: ['core', 'server'] };
  const configs = Object.entries(rooms).map(([name, imports]) => [
    `src/${name}/tsconfig.json`,
    JSON.stringify({ references: imports.map((to) => ({ path: `../${to}` })) }),
  ]);
  for (const [path, text] of [...configs, ...Object.entries(files)] as [string, string][]) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

const UNFINISHED = ['TO', 'DO'].join('');
const MACHINE = ['', 'work', 'main'].join('/');
const REGISTRY = `https://registry.${['npm', 'js'].join('')}.org/`;

test.each([
  ['a name that says nothing', 'src/core/string-utils.ts', '', 'says nothing'],
  ['a folder that says nothing', 'src/core/helpers/atom.ts', '', 'says nothing'],
  ['a module of more than 400 lines', 'src/core/long.ts', 'a;\n'.repeat(401), '401 lines'],
  ['unfinished work', 'docs/guide.md', `\n${UNFINISHED}: write this\n`, 'docs/guide.md:2: finish it'],
  ["a path of somebody's machine", 'README.md', `see ${MACHINE}/x\n`, "somebody's machine"],
  ['the host of a registry', 'package-lock.json', `"resolved": "${REGISTRY}x"\n`, 'package registry'],
  [
    'a room that only a neighbour may import',
    'src/http/a.ts',
    "import { x } from '../core/x.ts';\n",
    'http may not import core',
  ],
  [
    'an import over several lines',
    'src/http/a.ts',
    "import {\n  x,\n} from '../core/x.ts';\n",
    'http may not import core',
  ],
  [
    'a type from a forbidden room',
    'src/http/a.ts',
    "import type { X } from '../core/x.ts';\n",
    'http may not import core',
  ],
  ['a re-export of a forbidden room', 'src/http/a.ts', "export * from '../core/x.ts';\n", 'http may not import core'],
  [
    'a forbidden room loaded lazily',
    'src/http/a.ts',
    "const x = await import('../core/x.ts');\n",
    'http may not import core',
  ],
  ['a file outside of the rooms', 'src/http/a.ts', "import '../../scripts/x.ts';\n", 'is in no room'],
  [
    'the server loaded with the command line',
    'src/cli/a.ts',
    "import { x } from '../server/x.ts';\n",
    'cli loads server lazily',
  ],
  ['I/O in the core', 'src/core/a.ts', "import { x } from 'node:fs';\n", 'core may not use node:fs'],
  ['a library outside of its room', 'src/server/a.ts', "import fastify from 'fastify';\n", 'wrapped by src/http'],
])('%s is refused', (_what, path, text, sentence) => {
  const problems = houseProblems(setup({ [path]: text }));

  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(sentence);
});

test.each([
  ['400 lines', 'src/core/long.ts', 'a;\n'.repeat(400)],
  ['an endpoint whose path looks like a folder', 'docs/api.md', `POST /api/v1/${'wo' + 'rk'}/\n`],
  ['a neighbour', 'src/http/a.ts', "import { x } from '../app/x.ts';\n"],
  ['the server when it is needed', 'src/cli/a.ts', "const { x } = await import('../server/x.ts');\n"],
  ["the server's types", 'src/cli/a.ts', "import type { X } from '../server/x.ts';\n"],
  ["Node's own modules in a use case", 'src/app/a.ts', "import { randomUUID } from 'node:crypto';\n"],
  ['any import in a test', 'src/core/a.test.ts', "import { x } from '../server/x.ts';\n"],
  ['a captured file with the name that it had', 'test/fixtures/app-misc_jq.log', ''],
  ['a word that only contains a vague one', 'src/core/commonality.ts', ''],
])('%s is allowed', (_what, path, text) => {
  expect(houseProblems(setup({ [path]: text }))).toEqual([]);
});
